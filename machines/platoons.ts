/**
 * Platoons on their way from neighbours: what is told of who will leave towards them, and what is
 * made of what they tell, so that an intersection knows of vehicles before its sensors do (as in
 * SURTRAC: Xie et al. 2012, *Schedule-driven coordination for real-time traffic network control*).
 * Pure neighbour of `arrivals.ts`.
 *
 * A forecast does harm where it is wrong: vehicles park, come of side streets, turn otherwise. So of
 * those who were told only such a part is expected as really came of late, none before that is known,
 * and only those who will be seen soon. The planner heeds them while nobody is in sight (`planner.ts`).
 */
import type { Intersection, Link } from '../protocol/district.ts';
import { FORECAST_S_MAX, type Message } from '../protocol/event.ts';
import { isGreen, type Lamps } from '../protocol/lamp.ts';
import { type Read, SENSED_M_MAX } from '../protocol/readings.ts';
import { HEADWAY_S } from './board.ts';
import { type Expected, FREE } from './expectation.ts';
import { spread } from './spread.ts';

/** What a neighbour said of one street to here. */
export interface Platoon {
  readonly from: string;
  /** When each leaves or left. In milliseconds, in their order. */
  readonly departMs: readonly number[];
  /** How many have left in a second on the average of the last minutes; over so many steps. */
  readonly perS: number;
  readonly steps: number;
  /** How many have left so far. */
  readonly gone: number;
}

/** An intersection, and the links to it and from it. */
export interface Street {
  readonly intersection: Intersection;
  readonly links: readonly Link[];
}

export type Forecast = Extract<Message, { type: 'arrivals.forecast' }>;

/** Who will be seen within that is told to the planner. In seconds. */
const AHEAD_S = 10;
/** Over so many steps averages are taken; none is used before so many. */
const STEPS_MAX = 600;
const STEPS_MIN = 120;
/** Who left so long ago has arrived, or never will. In milliseconds. */
const FORGET_MS = 180_000;
const DEPARTURES_MAX = 100;

/** What is told to all: who leaves towards each neighbour at the greens of this moment. */
export const departuresOf = (
  { intersection: { id }, links }: Street,
  { expected, lamps }: { expected: Pick<Expected, 'lanes'>; lamps: Lamps },
): Forecast['streets'] => {
  const leaving = expected.lanes.flatMap(({ vehicles }) => {
    let leftS = Number.NEGATIVE_INFINITY;
    const sure: { groups: readonly string[]; inS: number }[] = [];
    for (const { groups, etaS } of vehicles) {
      const inS = Math.max(etaS, leftS + HEADWAY_S);
      if (inS > FORECAST_S_MAX || !groups.some((group) => isGreen(lamps[group]))) break;
      leftS = inS;
      sure.push({ groups, inS });
    }
    return sure;
  });
  return links
    .filter(({ from, to }) => from === id && to !== id)
    .map(({ to, fromGroups }) => ({
      to,
      departS: leaving
        .filter(({ groups }) => groups.some((group) => fromGroups?.includes(group)))
        .map(({ inS }) => Math.round(inS * 10) / 10)
        .sort((a, b) => a - b),
    }))
    .filter(({ departS }) => departS.length > 0);
};

/** The platoons after a neighbour spoke: what it foresaw before counts as far as it has come true. */
export const platoonsAfter = (
  platoons: readonly Platoon[],
  { intersection: { id }, links }: Street,
  { forecast, at }: { forecast: Forecast; at: number },
): Platoon[] => {
  const { intersection: from, streets } = forecast;
  if (!links.some((link) => link.from === from && link.to === id)) return [...platoons];
  const told = streets.filter(({ to }) => to === id).flatMap(({ departS }) => departS);
  const known = platoons.find((one) => one.from === from);
  if (!known && told.length === 0) return [...platoons];
  const was = known ?? { from, departMs: [], perS: 0, steps: 0, gone: 0 };
  const past = was.departMs.filter((ms) => ms <= at);
  const departMs = [...past, ...told.map((inS) => at + inS * 1000)].slice(-DEPARTURES_MAX);
  return [...platoons.filter((one) => one.from !== from), { ...was, departMs }];
};

/** The platoons a step later. */
export const platoonsLater = (
  platoons: readonly Platoon[],
  { at, stepS }: { at: number; stepS: number },
): Platoon[] =>
  platoons.map((platoon) => {
    const left = platoon.departMs.filter((ms) => ms <= at && ms > at - stepS * 1000).length;
    const steps = Math.min(STEPS_MAX, platoon.steps + 1);
    const perS = platoon.perS + (left / stepS - platoon.perS) / steps;
    const departMs = platoon.departMs.filter((ms) => ms > at - FORGET_MS);
    return { ...platoon, departMs, perS, steps, gone: platoon.gone + left };
  });

/** Those who are on their way and cannot be seen yet, lane by lane as in `arrivals.expected`. */
export const comingOf = (
  platoons: readonly Platoon[],
  { intersection, links }: Street,
  { expected, read, at }: { expected: Pick<Expected, 'flows'>; read: Read; at: number },
): Expected['lanes'] => {
  const lanes = new Map<string, Expected['lanes'][number]>();
  for (const { from, departMs, perS, steps, gone } of platoons) {
    const link = links.find((one) => one.from === from && one.to === intersection.id);
    if (!link || steps < STEPS_MIN || perS <= 0) continue;
    const ends = expected.flows.filter(({ group }) => link.toGroups?.includes(group));
    const comePerS = ends.reduce((sum, one) => sum + one.perS, 0);
    const part = Math.min(1, comePerS / perS);
    const freeMps = link.speedMps * FREE;
    const seenS = seenM(read) / freeMps;
    const left = departMs.filter((ms) => ms <= at).length;
    departMs.forEach((ms, k) => {
      const etaS = (ms - at) / 1000 + link.lengthM / freeMps;
      // Each vehicle keeps its lot as long as it is on its way.
      const lot = spread(gone - left + k);
      if (etaS <= seenS || etaS > seenS + AHEAD_S || lot >= part) return;
      const group = chosenOf(ends, (lot / part) * comePerS);
      const lane = laneOf(intersection, group, lanes);
      const known = lanes.get(lane) ?? { lane, vehicles: [] };
      lanes.set(lane, known);
      known.vehicles.push({ groups: [group], etaS, waitedS: 0 });
    });
  }
  for (const { vehicles } of lanes.values()) vehicles.sort((a, b) => a.etaS - b.etaS);
  return [...lanes.values()].sort((a, b) => (a.lane < b.lane ? -1 : 1));
};

/** How far upstream these sensors see. In metres. */
const seenM = ({ readings }: Read): number =>
  readings.reduce((most, one) => {
    if (one.kind === 'vehicle') return most;
    return Math.max(most, one.kind === 'loop' ? one.distanceM : one.farM);
  }, 0) || SENSED_M_MAX;

/** The group in whose part of the whole flow this lies. */
const chosenOf = (ends: Expected['flows'], within: number): string => {
  let left = within;
  for (const { group, perS } of ends) {
    left -= perS;
    if (left < 0) return group;
  }
  return ends.at(-1)?.group ?? '';
};

/** Of the lanes from which the group can be driven, the one with fewest on their way. */
const laneOf = (
  { groups }: Intersection,
  group: string,
  lanes: ReadonlyMap<string, Expected['lanes'][number]>,
): string => {
  const own = groups.find(({ id }) => id === group)?.movements?.map(({ from }) => from) ?? [];
  const load = (lane: string) => lanes.get(lane)?.vehicles.length ?? 0;
  return [...new Set(own)].sort((a, b) => load(a) - load(b))[0] ?? `to ${group}`;
};
