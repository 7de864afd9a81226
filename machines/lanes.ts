/**
 * Keeps account of who is on each lane, where sensors count vehicles and do not tell them apart:
 * loops, and cameras that see a stretch of lane. Pure neighbour of `expectation.ts`.
 */
import type { LaneReading, LoopReading, Read } from '../protocol/readings.ts';
import { byAreas, metresOn } from './lane-areas.ts';
import { byLoops } from './lane-loops.ts';
import {
  type Car,
  type LaneTrack,
  newTrack,
  type Surroundings,
  sharedOut,
  type Told,
} from './lane-track.ts';

/** The lanes after a step. */
export const trackLanes = (
  before: readonly LaneTrack[],
  { readings, stepS }: Read,
  surroundings: Surroundings,
): LaneTrack[] => {
  const loops = readings.filter((one) => one.kind === 'loop');
  const areas = readings.filter((one) => one.kind === 'lane');
  const lanes = [...new Set([...loops, ...areas].flatMap((one) => one.lanes))].sort();
  const known = new Map(before.map((track) => [track.lane, track]));
  const told = lanes.map((lane): Told => {
    const own = [...loops, ...areas].filter((one) => one.lanes.includes(lane));
    const groups = [...(nearest(own)?.groups ?? [])];
    const was = known.get(lane) ?? newTrack(lane, groups);
    return { lane, groups, was, stepS, ...surroundings };
  });
  return areas.length > 0 ? tracksByAreas(told, areas) : tracksByLoops(told, loops);
};

/** The reading nearest to the stop line knows best which groups the lane has. */
const nearest = (own: readonly (LoopReading | LaneReading)[]) => {
  const distance = (one: LoopReading | LaneReading) =>
    one.kind === 'loop' ? one.distanceM : one.nearM;
  return own.reduce<LoopReading | LaneReading | undefined>(
    (best, one) => (best === undefined || distance(one) < distance(best) ? one : best),
    undefined,
  );
};

const tracksOf = (told: readonly Told[], lanes: readonly string[]): LaneTrack[] =>
  told.flatMap(({ lane, was }) => (lanes.includes(lane) ? [was] : []));

const tracksByAreas = (told: readonly Told[], areas: readonly LaneReading[]): LaneTrack[] => {
  const behind = new Map<string, Car[]>();
  for (const area of areas.filter(({ lanes }) => lanes.length > 1)) {
    const sharing = tracksOf(told, area.lanes).map((one) => ({ ...one, credit: 0 }));
    const { to } = sharedOut(sharing, area.vehicles);
    const metres = metresOn(area);
    to.forEach(({ lane }, k) => {
      const speedMps = told.find((one) => one.lane === lane)?.speedOf(lane) ?? 1;
      const car = { etaS: (metres[k] ?? 0) / speedMps, waitedS: 0 };
      behind.set(lane, [...(behind.get(lane) ?? []), car]);
    });
  }
  return told.map((one) => {
    const own = areas.filter(({ lanes }) => lanes.includes(one.lane));
    return byAreas(one, own, behind.get(one.lane) ?? []);
  });
};

const tracksByLoops = (told: readonly Told[], loops: readonly LoopReading[]): LaneTrack[] => {
  const came = new Map<string, number>();
  const credits = new Map<string, number>();
  const advances = loops.filter(({ place }) => place === 'advance');
  for (const { lanes, passed } of advances) {
    const shared = sharedOut(tracksOf(told, lanes), passed);
    for (const { lane } of shared.to) came.set(lane, (came.get(lane) ?? 0) + 1);
    for (const [{ lane }, credit] of shared.credits) credits.set(lane, credit);
  }
  const accounts = told.map((one) => {
    const own = loops.filter(({ lanes }) => lanes.includes(one.lane));
    return byLoops(one, own, came.get(one.lane) ?? 0);
  });
  return accounts.map(({ track }) => {
    const lanes = advances.find((one) => one.lanes.includes(track.lane))?.lanes ?? [];
    const siblings = accounts.filter((one) => lanes.includes(one.track.lane));
    const standing = siblings.filter((one) => one.track.stands);
    const missing = siblings.reduce((sum, one) => sum + one.missing, 0);
    const found = standing[0]?.track === track ? missing : 0;
    const cars = [...track.cars, ...Array.from({ length: found }, () => ({ etaS: 0, waitedS: 0 }))];
    cars.sort((a, b) => a.etaS - b.etaS);
    return { ...track, cars, credit: credits.get(track.lane) ?? track.credit };
  });
};
