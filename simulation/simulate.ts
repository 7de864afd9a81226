/**
 * Runs one seed: a city, the faults of the seed, and then a quiet time in which it must settle.
 * The same options give the same run.
 */
import type { District } from '../protocol/check-district.ts';
import { isShared } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import { type City, createCity } from './city.ts';
import { type Fault, inject } from './faults.ts';
import type { Violation } from './invariants.ts';
import { callers, load, readers } from './load.ts';
import { clocksAt, type FaultLevel, partedAtFirst, scheduleOf } from './schedule.ts';
import { progressOf, SETTLED_MS_MAX, unsettled } from './settling.ts';
import { evenly, mixedBy, type Sharers, sharedTown } from './shared-town.ts';
import { town } from './town.ts';

/** What is simulated, and which faults happen. */
export interface SimulateOptions {
  readonly seed: number;
  /** Of a made-up town. */
  readonly nodes: number;
  /** What is simulated in the place of a made-up town. */
  readonly district?: District;
  /** How long faults go on; the quiet time comes on top. In virtual milliseconds. */
  readonly durationMs: number;
  readonly faults: FaultLevel;
  /** Intersections are shared, each by so many nodes, or by as many as the seed says: `true`. */
  readonly shared?: boolean | Sharers;
  /** The district does not say how many nodes to expect, and is founded while it is parted. */
  readonly apart?: boolean;
  /** Which faults of the seed's schedule happen, by place; all by default. */
  readonly only?: readonly number[];
  readonly journal?: (line: JournalLine) => void;
  /** Told now and then how far virtual time has come, and of how much. */
  readonly progress?: (nowMs: number, untilMs: number) => void;
}

/** What a run of one seed came to. */
export interface Outcome {
  readonly kind: 'summary';
  readonly seed: number;
  readonly nodes: number;
  readonly virtualSeconds: number;
  readonly faults: number;
  readonly leaderChanges: number;
  readonly crashes: number;
  readonly wipes: number;
  readonly partitions: number;
  readonly cuts: number;
  readonly stalls: number;
  readonly suspensions: number;
  readonly commits: number;
  /** Reads that a leader answered under its lease. */
  readonly reads: number;
  readonly groups: number;
  /** Nodes that left their group for another. */
  readonly yields: number;
  /** Lives that others knew to be outlived, and that began anew above. */
  readonly outbids: number;
  /** Shared intersections, how long they were watched, and what was granted and lit there. */
  readonly intersectionHours: number;
  readonly grants: number;
  readonly releases: number;
  readonly greens: number;
  /** How long after the last fault it took to settle. In virtual seconds. */
  readonly settledSeconds: number | null;
  readonly events: number;
  readonly violations: readonly Violation[];
}

/** A proposal every so often keeps the log moving. In virtual milliseconds. */
const LOAD_MS = 3_000;
/** And all are asked to read so often, also just after one leader followed another. */
const READ_MS = 730;
/** And at every shared intersection somebody calls for a green so often. */
const CALL_MS = 240_000;
const PROGRESS_MS = 30_000;
/** How often it is looked whether a city has settled. */
const LOOK_MS = 100;

/** The schedule of the seed, as far as it happens. */
export const faultsOf = (options: SimulateOptions): Fault[] => {
  const { seed, durationMs, faults, apart, only } = options;
  const { ids } = createCity({ seed, district: districtOf(options) });
  const when = { seed, nodes: ids, untilMs: durationMs };
  const first = apart ? [partedAtFirst(when)] : [];
  const schedule = [...first, ...scheduleOf({ ...when, level: faults })];
  return only ? schedule.filter((_, place) => only.includes(place)) : schedule;
};

/** Plays one seed. Resolves with what was found; violations are told there and not thrown. */
export const simulate = async (options: SimulateOptions): Promise<Outcome> => {
  const { seed, durationMs, faults: level, journal, progress } = options;
  const clocks = clocksAt(level);
  const city = createCity({
    seed,
    district: districtOf(options),
    ...(clocks && { clocks }),
    ...(journal && { journal }),
  });
  const faults = faultsOf(options);
  city.start();
  load(city, LOAD_MS);
  readers(city, READ_MS);
  callers(city, CALL_MS / Math.max(1, city.district.intersections.length));
  inject(city, faults);
  for (let nextMs = 0; nextMs < durationMs && city.violations.length === 0; ) {
    nextMs = Math.min(durationMs, nextMs + PROGRESS_MS);
    await city.run(nextMs);
    progress?.(nextMs, durationMs);
  }
  const settledMs = await settle(city);
  return outcomeOf(city, { options, faults: faults.length, settledMs });
};

const wholeOf = ({ seed, nodes, shared, district }: SimulateOptions): District => {
  if (district) return district;
  if (!shared) return town(nodes);
  return sharedTown(shared === true ? mixedBy(seed, nodes) : evenly(nodes, shared));
};

const districtOf = (options: SimulateOptions): District => {
  const { apart } = options;
  const whole = wholeOf(options);
  if (!apart) return whole;
  const { expect: _, ...district } = whole;
  return district;
};

/** Heals everything, and gives how long the city takes to settle. */
const settle = async (city: City): Promise<number | null> => {
  if (city.violations.length > 0) return null;
  city.heal();
  for (const id of city.ids) city.restart(id);
  const [healedMs, since] = [city.now(), progressOf(city)];
  let settledMs: number | null = null;
  let complaint: string | undefined = 'nothing has happened';
  while (city.now() - healedMs < SETTLED_MS_MAX && city.violations.length === 0) {
    await city.run(city.now() + LOOK_MS);
    complaint = unsettled(city, since);
    // Settled is who stays so.
    if (complaint !== undefined) settledMs = null;
    else settledMs ??= city.now() - healedMs;
  }
  if (complaint !== undefined && city.violations.length === 0) {
    const message = `${SETTLED_MS_MAX / 1000} s after the last fault ${complaint}`;
    city.invariants.violate('it settles', 'city', message);
  }
  return settledMs;
};

const outcomeOf = (
  city: City,
  run: { options: SimulateOptions; faults: number; settledMs: number | null },
): Outcome => {
  const groups = [...city.invariants.groups.values()];
  const sum = (of: (group: (typeof groups)[number]) => number) =>
    groups.reduce((total, group) => total + of(group), 0);
  const shared = city.district.intersections.filter(isShared).length;
  const { crashes, wipes, partitions, cuts, stalls, suspensions } = city.counts;
  const { yields, outbids, events } = city.counts;
  return {
    kind: 'summary',
    seed: run.options.seed,
    nodes: city.ids.length,
    virtualSeconds: Math.round(city.now()) / 1000,
    faults: run.faults,
    leaderChanges: Math.max(0, sum(({ leaders }) => leaders.size) - 1),
    crashes,
    wipes,
    partitions,
    cuts,
    stalls,
    suspensions,
    commits: sum(({ committed }) => committed.size),
    reads: sum(({ reads }) => reads),
    groups: groups.length,
    yields,
    outbids,
    intersectionHours: (shared * city.now()) / 3_600_000,
    ...city.invariants.streets.counts,
    settledSeconds: run.settledMs === null ? null : run.settledMs / 1000,
    events,
    violations: [...city.violations],
  };
};
