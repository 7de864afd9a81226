/**
 * Sightings: of every vehicle the next lamps that it obeys and how far they are, however far that is.
 * What is drawn and counted of a run is made of these; no node hears of them.
 */
import type { Sensing } from '../protocol/readings.ts';
import type { MatchedLight } from './sumo-heads.ts';
import type { Command } from './traci-commands.ts';
import { type Observations, watch } from './traci-observations.ts';
import { vehicle } from './traci-variables.ts';

/** A vehicle and the lamps that it comes to next. */
export interface Sighting {
  readonly vehicle: string;
  readonly intersection: string;
  readonly group: string;
  /** To the stop line. In metres. */
  readonly distanceM: number;
}

export interface Spotter {
  /** What is asked of SUMO before the first step, with the vehicles that drive by then. */
  begin(vehicles: readonly string[]): readonly Command<unknown>[];
  /** What must be asked before the next step. Each is given once. */
  next(): readonly Command<unknown>[];
  /** What a step says, in which these vehicles came that are still there. */
  see(observations: Observations, departed: readonly string[]): Sighting[];
}

const ahead = watch(vehicle, ['signalsAhead']);

/** Sees all vehicles. `lights` are matched once SUMO runs. */
export const spotterOf = (sensing: Sensing, lights: () => readonly MatchedLight[]): Spotter => {
  // Sensors of vehicles watch what lies ahead of them anyway.
  const isWatched = sensing === 'vehicles';
  let places: ReadonlyMap<string, Pick<Sighting, 'intersection' | 'group'>> | undefined;
  let newcomers: readonly string[] = [];
  return {
    begin: (present) => (isWatched ? [] : present.map(ahead.on)),
    next: () => {
      const commands = newcomers.map(ahead.on);
      newcomers = [];
      return commands;
    },
    see: (observations, departed) => {
      if (!isWatched) newcomers = departed;
      places ??= placesOf(lights());
      const sightings: Sighting[] = [];
      for (const [id, { signalsAhead }] of ahead.in(observations)) {
        const [next] = signalsAhead;
        const place = next && places.get(`${next.link} ${next.light}`);
        if (!next || !place) continue;
        sightings.push({ vehicle: id, ...place, distanceM: Math.max(0, next.distanceM) });
      }
      return sightings;
    },
  };
};

const placesOf = (lights: readonly MatchedLight[]) =>
  new Map(
    lights.flatMap(({ light, intersection, heads }) =>
      heads.flatMap((head, link) =>
        head ? [[`${link} ${light}`, { intersection, group: head.group }] as const] : [],
      ),
    ),
  );
