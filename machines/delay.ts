/**
 * What a plan can be expected to cost its traffic, so that plans can be compared. Pure neighbour of
 * `coordination.ts`. It ranks plans; nothing that must be safe rests on it.
 *
 * Source: Webster (1958) for the delay of those who come evenly and find no queue left over; Highway
 * Capacity Manual 2000, chapter 16, for queues that are left over in a quarter of an hour (equation
 * 16-12) and for how much less those wait who come when it is green (16-10).
 */
import type { State } from '../protocol/command.ts';
import type { Intersection, Link } from '../protocol/district.ts';
import type { IntersectionPlan, Plan } from '../protocol/plan.ts';
import type { Green } from './band.ts';
import { intersectionsOf } from './district-state.ts';
import { type Flows, SATURATION_VPH, START_S, type Stream, streamsOf } from './streams.ts';
import { greensOf, type Turn, turnsOf } from './timetable.ts';

/** Vehicles an hour by intersection and signal group, as far as they are measured. */
export type Measured = ReadonlyMap<string, Flows>;

/** For how long the flows are taken to last. In hours. */
const PERIOD_H = 0.25;
/** No green is used to more than that in what follows: the queue is as long as can be told. */
const USE_MAX = 3;

interface Planned {
  readonly intersection: Intersection;
  readonly plan: IntersectionPlan;
  readonly turns: readonly Turn[];
  readonly flows: Flows;
}

/** Seconds that a vehicle waits at an intersection on the average; null, where nothing is measured. */
export const expectedDelayS = (state: State, plan: Plan, measured: Measured): number | null => {
  const known = new Map(intersectionsOf(state).map((one) => [one.id, one]));
  const planned = new Map<string, Planned>();
  for (const one of plan.intersections) {
    const [intersection, flows] = [known.get(one.id), measured.get(one.id)];
    if (!intersection || !flows) continue;
    planned.set(one.id, {
      ...{ intersection, flows, plan: one },
      turns: turnsOf(intersection, one.splits),
    });
  }
  const arriving = new Map<string, Link[]>();
  for (const link of state.members.flatMap(({ links }) => links)) {
    const others = arriving.get(link.to);
    if (others) others.push(link);
    else arriving.set(link.to, [link]);
  }
  let [lostS, vehicles] = [0, 0];
  for (const place of planned.values()) {
    const { intersection, turns, flows } = place;
    const stages = turns.map(({ stage }) => stage);
    for (const stream of streamsOf(intersection, stages, flows)) {
      if (stream.perHour <= 0) continue;
      const feeders = (arriving.get(intersection.id) ?? []).filter((link) => feeds(link, stream));
      const onGreen = arrivalsOnGreen(stream, { place, feeders, planned, cycleS: plan.cycleS });
      lostS += stream.perHour * delayOf(stream, { turns, cycleS: plan.cycleS, onGreen });
      vehicles += stream.perHour;
    }
  }
  return vehicles > 0 ? lostS / vehicles : null;
};

const feeds = ({ toGroups }: Link, { groups }: Stream) =>
  toGroups?.some((group) => groups.includes(group)) === true;

const delayOf = (
  { perHour, ratio, worth }: Stream,
  { turns, cycleS, onGreen }: { turns: readonly Turn[]; cycleS: number; onGreen: number | null },
): number => {
  const greenS = turns.reduce(
    (sum, turn) => sum + (worth.get(turn.stage.id) ?? 0) * turn.greenS,
    -START_S,
  );
  const share = Math.min(1, Math.max(greenS / cycleS, 1e-3));
  if (share === 1) return 0;
  const use = Math.min(USE_MAX, ratio / share);
  const progression = onGreen === null ? 1 : Math.min(2, (1 - onGreen) / (1 - share));
  const evenS = (0.5 * cycleS * (1 - share) ** 2) / (1 - Math.min(1, use) * share);
  const letsGo = (perHour / ratio || SATURATION_VPH) * share;
  const over = use - 1;
  const queueS = 900 * PERIOD_H * (over + Math.sqrt(over ** 2 + (4 * use) / (letsGo * PERIOD_H)));
  return evenS * progression + queueS;
};

/** The part of a stream that comes in platoons when it is green; null, when nothing tells. */
const arrivalsOnGreen = (
  { groups }: Stream,
  {
    place,
    feeders,
    planned,
    cycleS,
  }: {
    place: Planned;
    feeders: readonly Link[];
    planned: ReadonlyMap<string, Planned>;
    cycleS: number;
  },
): number | null => {
  let [onGreen, all] = [0, 0];
  const here = greensAt(place, groups, cycleS);
  for (const { from, fromGroups = [], lengthM, speedMps } of feeders) {
    const source = planned.get(from);
    for (const group of source ? fromGroups : []) {
      const weight = source?.flows.get(group)?.perHour ?? 0;
      if (!source || weight <= 0) continue;
      for (const green of greensAt(source, [group], cycleS)) {
        const platoon = { ...green, fromS: green.fromS + lengthM / speedMps };
        const met = here.reduce((sum, one) => sum + overlapS(platoon, one, cycleS), 0);
        onGreen += weight * Math.min(1, met / Math.max(green.lengthS, 1e-3));
        all += weight;
      }
    }
  }
  return all > 0 ? onGreen / all : null;
};

/** The greens of the group that has most, in the cycle of the district. */
const greensAt = ({ turns, plan }: Planned, groups: readonly string[], cycleS: number): Green[] => {
  const lengthOf = (greens: readonly Green[]) => greens.reduce((sum, one) => sum + one.lengthS, 0);
  const all = groups.map((group) => greensOf(turns, group, cycleS));
  const longest = all.reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a), []);
  return longest.map(({ fromS, lengthS }) => ({ fromS: fromS + plan.offsetS, lengthS }));
};

/** For how long both are green in one cycle. */
const overlapS = (a: Green, b: Green, cycleS: number): number => {
  const startS = (((b.fromS - a.fromS) % cycleS) + cycleS) % cycleS;
  const within = Math.min(a.lengthS, startS + b.lengthS) - startS;
  const around = Math.min(a.lengthS, startS + b.lengthS - cycleS);
  return Math.max(0, within) + Math.max(0, around);
};
