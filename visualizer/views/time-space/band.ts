/**
 * Green bands: the instants of departure from the first intersection at which a vehicle at the
 * speed of the links meets green at each one. Pure; the width of a band is how long it lasts.
 */
import type { Plan } from '../../../protocol/plan.ts';
import type { Way } from './corridor.ts';
import { greensOf, plannedStrip, type Span } from './strip.ts';

/** Narrower ones carry nobody: a vehicle takes about two seconds of green. In milliseconds. */
export const BAND_MS_MIN = 1000;

/** What a way is to a band: when each stop is green, and how long it takes to come there. */
export interface Passage {
  readonly greens: readonly Span[];
  readonly travelMs: number;
}

/** Departures that meet green everywhere. */
export const bandsOf = (passages: readonly Passage[], leastMs = BAND_MS_MIN): Span[] => {
  const [first, ...others] = passages.map(({ greens, travelMs }) =>
    greens.map(({ fromMs, toMs }) => ({ fromMs: fromMs - travelMs, toMs: toMs - travelMs })),
  );
  const common = others.reduce(overlaps, first ?? []);
  return common.filter(({ fromMs, toMs }) => toMs - fromMs >= leastMs);
};

const overlaps = (some: readonly Span[], others: readonly Span[]): Span[] =>
  some.flatMap((a) =>
    others
      .map((b) => ({ fromMs: Math.max(a.fromMs, b.fromMs), toMs: Math.min(a.toMs, b.toMs) }))
      .filter(({ fromMs, toMs }) => toMs > fromMs),
  );

export interface Reach {
  /** How many stops it leads through; as many as there are, if there is a band at all. */
  readonly stops: number;
  readonly bands: readonly Span[];
}

/** The bands through all stops; where there are none, those through as many as have one. */
export const reachOf = (passages: readonly Passage[]): Reach => {
  for (let stops = passages.length; stops > 1; stops -= 1) {
    const bands = bandsOf(passages.slice(0, stops));
    if (bands.length > 0) return { stops, bands };
  }
  return { stops: 1, bands: [] };
};

export interface PlannedBand {
  /** How many stops it leads through. */
  readonly stops: number;
  /** Of the widest in a cycle. In milliseconds; 0 where it leads through one stop only. */
  readonly widthMs: number;
}

/** What a plan gives to a way in each cycle, whenever that is. */
export const plannedBand = (way: Way, plan: Plan): PlannedBand => {
  const cycleMs = plan.cycleS * 1000;
  const longestMs = way.stops.at(-1)?.travelMs ?? 0;
  const span = { fromMs: -cycleMs, toMs: 2 * cycleMs + longestMs };
  const passages = way.stops.map(({ intersection, groups, travelMs }) => ({
    greens: greensOf(plannedStrip(intersection, groups, { plan, aheadMs: 0 }, span)),
    travelMs,
  }));
  const { stops, bands } = reachOf(passages);
  // What is always green is a band of one cycle, not of as many as were looked at.
  const widths = bands
    .filter(({ fromMs, toMs }) => fromMs < cycleMs && toMs > 0)
    .map(({ fromMs, toMs }) => Math.min(cycleMs, toMs - fromMs));
  return { stops, widthMs: Math.max(0, ...widths) };
};
