/**
 * The offsets of a plan: streets get their green bands one after the other, the busiest first. Streets
 * that cross are brought together by shifting as a whole all that is in step with one of them
 * already. Pure neighbour of `green-wave.ts`.
 */
import type { Intersection, Link } from '../protocol/district.ts';
import type { IntersectionPlan } from '../protocol/plan.ts';
import { litBy } from '../protocol/stage.ts';
import { type Green, type Stop, widestBand } from './band.ts';
import type { Corridor } from './corridors.ts';
import type { Flows } from './streams.ts';
import { greensOf, type Turn } from './timetable.ts';

/** An intersection with its splits. */
export interface Placed {
  readonly intersection: Intersection;
  readonly splits: IntersectionPlan['splits'];
  readonly turns: readonly Turn[];
  readonly flows: Flows | undefined;
}

/** Offsets by street, the first intersection of all that are in step with each other at 0. */
export const offsetsOf = (
  planned: readonly Placed[],
  corridors: readonly Corridor[],
  cycleS: number,
): Map<string, number> => {
  const places = new Map(planned.map((one) => [one.intersection.id, one]));
  const offsets = new Map(planned.map(({ intersection }) => [intersection.id, 0]));
  /** Who is in step with whom; those that are have one list. */
  const inStep = new Map(planned.map(({ intersection: { id } }) => [id, [id]]));
  for (const corridor of busiestFirst(corridors, places)) {
    for (const piece of piecesApart(corridor, inStep)) {
      const { stops, ratio } = stopsOf(piece, { places, offsets, cycleS });
      const { offsetsS } = widestBand(stops, cycleS, ratio);
      const together = piece.stops.flatMap((stop, k) => {
        const others = inStep.get(stop) ?? [];
        for (const id of others) offsets.set(id, (offsets.get(id) ?? 0) + (offsetsS[k] ?? 0));
        return others;
      });
      for (const id of together) inStep.set(id, together);
    }
  }
  const begun = new Map<string, number>();
  for (const others of new Set(inStep.values())) {
    const first = others.reduce((a, b) => (b < a ? b : a));
    for (const id of others) {
      const fromS = (offsets.get(id) ?? 0) - (offsets.get(first) ?? 0);
      begun.set(id, (Math.round((((fromS % cycleS) + cycleS) % cycleS) * 10) / 10) % cycleS);
    }
  }
  return begun;
};

type Places = ReadonlyMap<string, Placed>;

const busiestFirst = (corridors: readonly Corridor[], places: Places): Corridor[] => {
  const flow = ({ out, back }: Corridor) => flowOn(out, places) + flowOn(back, places);
  const flows = new Map(corridors.map((corridor) => [corridor, flow(corridor)]));
  return [...corridors].sort((a, b) => (flows.get(b) ?? 0) - (flows.get(a) ?? 0));
};

/** Vehicles an hour, of all links together, that go along them to their ends. */
const flowOn = (links: readonly Link[], places: Places): number =>
  links.reduce(
    (sum, { to, toGroups = [] }) =>
      sum +
      toGroups.reduce((all, group) => all + (places.get(to)?.flows?.get(group)?.perHour ?? 0), 0),
    0,
  );

/** The parts of a corridor no two intersections of which are in step already. */
const piecesApart = (
  { stops, out, back }: Corridor,
  inStep: ReadonlyMap<string, readonly string[]>,
): Corridor[] => {
  const starts: number[] = [0];
  stops.forEach((stop, k) => {
    const since = stops.slice(starts.at(-1) ?? 0, k);
    if (since.some((other) => inStep.get(other) === inStep.get(stop))) starts.push(k);
  });
  return starts
    .map((from, k) => ({ from, until: starts[k + 1] ?? stops.length }))
    .filter(({ from, until }) => until - from > 1)
    .map(({ from, until }) => ({
      stops: stops.slice(from, until),
      out: out.slice(from, until - 1),
      back: back.slice(from, until - 1),
    }));
};

/** What the band must know of each stop, its greens as they lie with the offsets so far. */
const stopsOf = (
  { stops: ids, out, back }: Corridor,
  given: { places: Places; offsets: ReadonlyMap<string, number>; cycleS: number },
): { stops: Stop[]; ratio: number } => {
  const isTwoWay = back.length > 0;
  let [outS, backS] = [0, 0];
  const stops = ids.map((id, k): Stop => {
    const green = (before: Link | undefined, after: Link | undefined) =>
      greenAt(id, { before, after }, given);
    const [before, returning] = [out[k - 1], back[k - 1]];
    if (before) outS += before.lengthM / before.speedMps;
    if (returning) backS += returning.lengthM / returning.speedMps;
    const there = { out: green(before, out[k]), outS };
    return isTwoWay ? { ...there, back: green(back[k], returning), backS } : there;
  });
  const [outFlow, backFlow] = [flowOn(out, given.places), flowOn(back, given.places)];
  return { stops, ratio: outFlow > 0 && backFlow > 0 ? backFlow / outFlow : 1 };
};

/** The green of those who come by one link and go on by another: of the group that most take. */
const greenAt = (
  id: string,
  { before, after }: { before: Link | undefined; after: Link | undefined },
  {
    places,
    offsets,
    cycleS,
  }: { places: Places; offsets: ReadonlyMap<string, number>; cycleS: number },
): Green => {
  const { turns = [], flows } = places.get(id) ?? {};
  const first = turns[0] ? litBy(turns[0].stage) : [];
  const from = before?.toGroups;
  const into = after?.fromGroups;
  const groups = from && into ? from.filter((group) => into.includes(group)) : (from ?? into);
  const greens = (groups ?? first).flatMap((group) =>
    greensOf(turns, group, cycleS).map((green) => ({
      green,
      flow: flows?.get(group)?.perHour ?? 0,
    })),
  );
  const best = greens.reduce(
    (a, b) => (b.flow > a.flow || (b.flow === a.flow && b.green.lengthS > a.green.lengthS) ? b : a),
    { green: { fromS: 0, lengthS: 0 }, flow: -1 },
  );
  return { ...best.green, fromS: best.green.fromS + (offsets.get(id) ?? 0) };
};
