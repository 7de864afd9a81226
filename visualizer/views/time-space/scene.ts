/**
 * What a time-space diagram shows of a corridor at a moment: strips, bands and their widths, in the
 * time of the journal and in metres. Pure; `diagram.tsx` puts it on the screen.
 */
import type { Plan } from '../../../protocol/plan.ts';
import { leaderOf, type Picture } from '../../picture.ts';
import { type PlannedBand, plannedBand, reachOf } from './band.ts';
import type { Corridor, Stop, Way } from './corridor.ts';
import {
  type Change,
  greensOf,
  type Interval,
  plannedStrip,
  type Span,
  shownStrip,
  type Timetable,
} from './strip.ts';

/** What is looked at where no plan says how long a cycle is. In seconds. */
const CYCLE_DEFAULT_S = 60;
/** Of a cycle: what is left free after now where nothing is planned. */
const MARGIN = 0.05;

/** A journal that ends longer before the moment is still coming: until then nothing is known. */
const SILENCE_MS_MAX = 2000;

/** A plan in force, in the journal's time. */
export interface Schedule extends Timetable {
  readonly sinceMs: number;
}

export interface StopScene {
  readonly stop: Stop;
  readonly shown: readonly Interval[];
  readonly planned: readonly Interval[];
}

export interface BandScene extends Span {
  /** Neither its beginning nor its end lies outside of what is looked at. */
  readonly isWhole: boolean;
  /** Its last vehicle has passed the last stop, so that all of it was shown. */
  readonly isPast: boolean;
}

export interface WayScene {
  readonly way: Way;
  readonly stops: readonly StopScene[];
  /** Through how many stops the bands lead. */
  readonly reach: number;
  readonly bands: readonly BandScene[];
  /** Undefined where no plan is known. */
  readonly planned: PlannedBand | undefined;
  /** The last band that was shown from end to end through all stops. */
  readonly shownMs: number | undefined;
}

export interface Scene {
  readonly span: Span;
  readonly nowMs: number;
  /** Up to where the journal tells what was shown: now, but while it is still coming. */
  readonly shownUntilMs: number;
  readonly schedule: Schedule | undefined;
  /** When the district's cycles begin. */
  readonly cycleStarts: readonly number[];
  readonly ways: readonly WayScene[];
}

/** The plan, where it is known when its cycles begin. */
export const scheduleOf = (picture: Picture): Schedule | undefined => {
  const { plan } = picture;
  const nodes = [leaderOf(picture), ...picture.nodes.values()];
  const aheadMs = nodes.find((node) => node?.groupAheadMs !== undefined)?.groupAheadMs;
  return plan && aheadMs !== undefined ? { ...plan, aheadMs } : undefined;
};

/** So many cycles up to now, and one that is planned. */
export const spanOf = (nowMs: number, cycles: number, plan: Plan | undefined): Span => {
  const cycleMs = (plan?.cycleS ?? CYCLE_DEFAULT_S) * 1000;
  return { fromMs: nowMs - cycles * cycleMs, toMs: nowMs + cycleMs * (plan ? 1 : MARGIN) };
};

/** How far back lamps must be known for the bands at the beginning of the span. */
export const recordedFrom = ({ fromMs }: Span, { ways }: Corridor): number =>
  fromMs - Math.max(0, ...ways.map(({ stops }) => stops.at(-1)?.travelMs ?? 0));

export interface Seen {
  readonly corridor: Corridor;
  readonly changes: ReadonlyMap<string, readonly Change[]>;
  readonly picture: Picture;
  readonly nowMs: number;
  /** Of the journal's last line. */
  readonly lastMs: number;
  readonly cycles: number;
}

export const sceneOf = (seen: Seen): Scene => {
  const { corridor, changes, picture, nowMs, lastMs, cycles } = seen;
  const schedule = scheduleOf(picture);
  const span = spanOf(nowMs, cycles, schedule?.plan);
  const known = { fromMs: recordedFrom(span, corridor), toMs: span.toMs };
  const shownUntilMs = nowMs - lastMs > SILENCE_MS_MAX ? lastMs : nowMs;
  const look = { changes, schedule, nowMs, shownUntilMs, known };
  return {
    span,
    ...{ nowMs, shownUntilMs, schedule },
    cycleStarts: schedule ? startsOf(schedule, span) : [],
    ways: corridor.ways.map((way) => wayScene(way, look, picture.plan?.plan)),
  };
};

interface Look {
  readonly changes: Seen['changes'];
  readonly schedule: Schedule | undefined;
  readonly nowMs: number;
  readonly shownUntilMs: number;
  readonly known: Span;
}

const wayScene = (way: Way, look: Look, plan: Plan | undefined): WayScene => {
  const { known, nowMs, shownUntilMs } = look;
  const stops = way.stops.map((stop): StopScene => ({ stop, ...stripsOf(stop, look) }));
  const { stops: reach, bands } = reachOf(
    stops.map(({ stop, shown, planned }) => ({
      travelMs: stop.travelMs,
      greens: greensOf([...shown, ...planned.flatMap((one) => later(one, nowMs))]),
    })),
  );
  const reached = way.stops.slice(0, reach);
  const lastMs = reached.at(-1)?.travelMs ?? 0;
  const scenes = bands.map((band) => ({
    ...band,
    isWhole: band.fromMs > known.fromMs && band.toMs + lastMs < known.toMs,
    // What ends where the journal does may go on in lines that are still coming.
    isPast: band.toMs + lastMs < shownUntilMs,
  }));
  const last = scenes.findLast(({ isWhole, isPast }) => isWhole && isPast);
  return {
    ...{ way, stops, reach, bands: scenes },
    planned: plan && plannedBand(way, plan),
    shownMs: last && reach === way.stops.length ? last.toMs - last.fromMs : undefined,
  };
};

/** What some groups of an intersection showed, and what they were and are planned to show. */
export const stripsOf = (
  { intersection, groups }: Pick<Stop, 'intersection' | 'groups'>,
  { changes, schedule, shownUntilMs, known }: Omit<Look, 'nowMs'>,
) => {
  const past = { fromMs: known.fromMs, toMs: shownUntilMs };
  const shown = shownStrip(changes.get(intersection.id) ?? [], groups, past);
  if (!schedule) return { shown, planned: [] };
  const inForce = { fromMs: Math.max(known.fromMs, schedule.sinceMs), toMs: known.toMs };
  return { shown, planned: plannedStrip(intersection, groups, schedule, inForce) };
};

const later = (one: Interval, nowMs: number): Interval[] =>
  one.toMs > nowMs ? [{ ...one, fromMs: Math.max(one.fromMs, nowMs) }] : [];

const startsOf = ({ plan, aheadMs }: Schedule, { fromMs, toMs }: Span): number[] => {
  const cycleMs = plan.cycleS * 1000;
  const first = Math.ceil((fromMs + aheadMs) / cycleMs);
  const count = Math.floor((toMs + aheadMs) / cycleMs) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, k) => (first + k) * cycleMs - aheadMs);
};
