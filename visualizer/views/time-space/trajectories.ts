/**
 * The ways of vehicles along a corridor, as a time-space diagram has them: one line for each, steep
 * where it drives and level where it waits. It reads a journal on where it stopped, as `Recording`
 * does. Pure.
 */
import { VEHICLE_NUMBERS } from '../../../protocol/traffic.ts';
import type { History } from '../../history.ts';
import type { TrafficPicture } from '../../traffic-picture.ts';
import type { Corridor } from './corridor.ts';
import { extend, GONE_MS, type Point } from './line.ts';
import type { Span } from './strip.ts';

/** Of each vehicle, the points of its line. */
export type Lines = readonly (readonly Point[])[];

/** Where a lane lies in the diagram. */
interface LanePlace {
  readonly way: number;
  /** Where its road begins, and 1 up the diagram, -1 down it. */
  readonly fromM: number;
  readonly sign: 1 | -1;
}

export class Trajectories {
  #history: History | undefined;
  #corridor: Corridor | undefined;
  #roads: TrafficPicture['roads'] | undefined;
  #span: Span = { fromMs: 0, toMs: 0 };
  #lanes: (LanePlace | undefined)[] = [];
  /** By way: the lines of those who drive on it, the last of each by vehicle. */
  #lines: { readonly all: Point[][]; readonly open: Map<number, Point[]> }[] = [];

  /** The lines of each way within a span. */
  read(history: History, corridor: Corridor, traffic: TrafficPicture, wanted: Span): Lines[] {
    // What stands beyond the end of the journal is still to come.
    const span = { fromMs: wanted.fromMs, toMs: Math.min(wanted.toMs, history.lastMs) };
    const { fromMs, toMs } = this.#span;
    const isSame =
      history === this.#history && corridor === this.#corridor && traffic.roads === this.#roads;
    const goesOn = isSame && span.fromMs >= fromMs && span.toMs >= toMs && span.fromMs <= toMs;
    if (!goesOn) {
      this.#history = history;
      this.#corridor = corridor;
      this.#roads = traffic.roads;
      this.#lanes = lanesOf(corridor, traffic.roads);
      this.#lines = corridor.ways.map(() => ({ all: [], open: new Map() }));
    }
    for (const line of history.between(goesOn ? toMs : span.fromMs, span.toMs)) {
      if (line.kind === 'traffic' && line.vehicles) this.#add(line.t, line.vehicles);
    }
    this.#span = span;
    for (const { all, open } of this.#lines) {
      const isPast = (line: Point[]) => (line.at(-1)?.ms ?? 0) < span.fromMs;
      for (const [id, line] of open) if (isPast(line)) open.delete(id);
      all.splice(0, all.length, ...all.filter((line) => !isPast(line)));
    }
    return this.#lines.map(({ all }) => all);
  }

  #add(ms: number, vehicles: readonly number[]): void {
    for (let k = 0; k < vehicles.length; k += VEHICLE_NUMBERS) {
      const place = this.#lanes[vehicles[k + 1] as number];
      const lines = place && this.#lines[place.way];
      if (!lines) continue;
      const id = vehicles[k] as number;
      const point = { ms, m: place.fromM + (place.sign * (vehicles[k + 2] as number)) / 10 };
      const line = lines.open.get(id);
      if (line && ms - (line.at(-1)?.ms ?? 0) < GONE_MS) extend(line, point);
      else {
        const fresh = [point];
        lines.open.set(id, fresh);
        lines.all.push(fresh);
      }
    }
  }
}

const lanesOf = ({ ways }: Corridor, roads: TrafficPicture['roads']): LanePlace[] => {
  const found: LanePlace[] = [];
  ways.forEach(({ stops }, way) => {
    stops.slice(1).forEach((stop, k) => {
      const before = stops[k];
      if (!before) return;
      const road = roads.find(
        ({ from, to }) => from === before.intersection.id && to === stop.intersection.id,
      );
      const sign = stop.distanceM >= before.distanceM ? 1 : -1;
      for (const lane of road?.lanes ?? []) found[lane] = { way, fromM: before.distanceM, sign };
    });
  });
  return found;
};
