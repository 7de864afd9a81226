/**
 * How traffic lines change the picture: the last two samples are kept, so that who drives can be
 * drawn between them, and which lane he came from, so that his way over an intersection can be.
 */
import type { JournalLine } from '../protocol/journal.ts';
import { VEHICLE_NUMBERS } from '../protocol/traffic.ts';
import type { Sample, TrafficPicture } from './traffic-picture.ts';

/** Beyond so much of a road nobody is at its beginning any more. */
export const BEGINNING = 1 / 3;

type Line = Extract<JournalLine, { kind: 'roads' | 'traffic' }>;

export const seeTraffic = (
  before: TrafficPicture | undefined,
  line: Line,
): TrafficPicture | undefined => {
  if (line.kind === 'roads') {
    const { roads, ordinaryPerHour } = line;
    return { roads, ordinaryPerHour, samples: undefined, cameFrom: {}, figures: undefined };
  }
  if (!before) return undefined;
  const { t, vehicles, kind: _, node: __, ...figures } = line;
  if (!vehicles) return { ...before, figures };
  const now: Sample = { t, vehicles };
  const was = before.samples?.[1] ?? { t, vehicles: [] };
  return { ...before, figures, samples: [was, now], cameFrom: cameFrom(before, was, now) };
};

/** Id, lane and decimetres of the vehicle whose numbers begin there. */
const vehicleIn = ({ vehicles }: Sample, k: number): readonly [number, number, number] => [
  vehicles[k] as number,
  vehicles[k + 1] as number,
  vehicles[k + 2] as number,
];

/** Each vehicle of a sample: where its numbers begin. */
const placesOf = ({ vehicles }: Sample): Map<number, number> => {
  const places = new Map<number, number>();
  for (let k = 0; k < vehicles.length; k += VEHICLE_NUMBERS) places.set(vehicles[k] as number, k);
  return places;
};

const cameFrom = ({ roads, cameFrom: known }: TrafficPicture, was: Sample, now: Sample) => {
  const beginnings = beginningsOf(roads);
  const former = placesOf(was);
  const found: Record<number, number> = {};
  for (let k = 0; k < now.vehicles.length; k += VEHICLE_NUMBERS) {
    const [id, lane, dm] = vehicleIn(now, k);
    if (dm > (beginnings[lane] ?? 0)) continue;
    const place = former.get(id);
    const before = place === undefined ? lane : (was.vehicles[place + 1] as number);
    const from = before === lane ? known[id] : before;
    if (from !== undefined) found[id] = from;
  }
  return found;
};

/** Where the beginning of each lane ends. In decimetres. */
const beginningsOf = (roads: TrafficPicture['roads']): number[] => {
  const found: number[] = [];
  for (const { lanes, lengthM } of roads) {
    for (const lane of lanes) found[lane] = lengthM * 10 * BEGINNING;
  }
  return found;
};

/** Somebody on the road, as he is drawn. */
export interface Driver {
  readonly lane: number;
  /** The lane he came from, while he is at the beginning of his road. */
  readonly from: number | undefined;
  readonly m: number;
  readonly stands: boolean;
}

/** Where everybody is at an instant: on his way from where he was told last but one to where he was
 *  told last, so that nobody is shown where he has not been. */
export const driversAt = (traffic: TrafficPicture, atMs: number): Driver[] => {
  if (!traffic.samples) return [];
  const [was, now] = traffic.samples;
  const former = placesOf(was);
  const lengths: number[] = [];
  for (const { lanes, lengthM } of traffic.roads) for (const lane of lanes) lengths[lane] = lengthM;
  const part = Math.min(1, Math.max(0, (atMs - now.t) / Math.max(1, now.t - was.t)));
  const drivers: Driver[] = [];
  for (let k = 0; k < now.vehicles.length; k += VEHICLE_NUMBERS) {
    const [id, lane, dm] = vehicleIn(now, k);
    const place = former.get(id);
    const m = dm / 10;
    const from = traffic.cameFrom[id];
    if (place === undefined) {
      // Who has just come was nowhere before.
      drivers.push({ lane, from, m: m * part, stands: false });
      continue;
    }
    const [, laneBefore, dmBefore] = vehicleIn(was, place);
    const mBefore = dmBefore / 10;
    if (laneBefore === lane) {
      drivers.push({ lane, from, m: mBefore + (m - mBefore) * part, stands: m === mBefore });
      continue;
    }
    const length = lengths[laneBefore] ?? 0;
    const along = mBefore + (length - mBefore + m) * part;
    if (along < length)
      drivers.push({ lane: laneBefore, from: undefined, m: along, stands: false });
    else drivers.push({ lane, from: laneBefore, m: along - length, stands: false });
  }
  return drivers;
};
