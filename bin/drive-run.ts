/**
 * Drives a scenario of SUMO by a city of real nodes, in step: the nodes hear what sensors say at each
 * step, and what their lamps show in its middle is what SUMO shows during it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { District } from '../protocol/check-district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import { createJudge } from '../protocol/judge.ts';
import { isLit, type Lamps } from '../protocol/lamp.ts';
import type { Sensing } from '../protocol/readings.ts';
import { City } from '../simulation/city.ts';
import { RedWatch } from '../traffic/red-watch.ts';
import { findSumo } from '../traffic/sumo-program.ts';
import type { SumoScenario } from '../traffic/sumo-scenario.ts';
import { openStreet, type Street } from '../traffic/sumo-street.ts';
import { outputArguments, readStatistics, readTrips } from '../traffic/sumo-trips.ts';
import { type CityOutcome, CityWatch } from './city-watch.ts';
import { type DiagramOptions, drawDiagrams } from './drive-diagrams.ts';
import type { Fault } from './drive-faults.ts';
import { DriveRecord, percentOf } from './drive-record.ts';
import { type Planning, PlanningWatch } from './planning-watch.ts';

export interface DriveOptions {
  readonly scenario: SumoScenario;
  readonly district: District;
  readonly sensing: Sensing;
  readonly seed: number;
  /** Until when, in SUMO's time; a scenario without an end ends with its last vehicle. */
  readonly endS?: number | undefined;
  readonly teleportS: number;
  readonly gui?: boolean | undefined;
  readonly journal?: ((line: JournalLine) => void) | undefined;
  /** What is done to the city. */
  readonly faults?: readonly Fault[];
  readonly diagrams?: DiagramsWanted | undefined;
  /** Told how far it is. */
  readonly progress?: (timeS: number, endS: number | undefined) => void;
}

/** Diagrams, and what there is to know of them before the run. */
export type DiagramsWanted = Omit<DiagramOptions, 'beginS'>;

export interface DriveOutcome extends CityOutcome {
  readonly meanDelayS: number;
  readonly vehicles: number;
  readonly arrived: number;
  readonly waitingOutside: number;
  readonly meanTripS: number;
  readonly meanWaitingS: number;
  readonly meanStops: number;
  readonly co2Kg: number;
  /** Of all who came to a stop line, as if nothing had held them up. */
  readonly arrivalsOnGreenPercent: number;
  readonly teleports: number;
  readonly collisions: number;
  readonly emergencyStops: number;
  readonly longestRedS: number;
  readonly longestRedAt: string;
  /** Files of diagrams that were written. */
  readonly diagrams: readonly string[];
  readonly unsafe: number;
  /** The first unsafe things, in words. */
  readonly findings: readonly string[];
  /** How long it took, and how much of that was SUMO's. In seconds. */
  readonly wallS: number;
  readonly sumoS: number;
  /** How long the steps of all planners took. */
  readonly planning: Planning;
}

/** Nodes find each other, found a group and light their lamps before the first vehicle comes. */
const WARM_UP_MS_MAX = 180_000;
const WARM_UP_MS_MIN = 30_000;
const LOOK_MS = 1000;
const FINDINGS_MAX = 10;

/** Runs the scenario to its end. Rejects with `SumoError`, and leaves nothing behind. */
export const drive = async (options: DriveOptions): Promise<DriveOutcome> => {
  // Whoever has no SUMO is told at once, not when the lamps are lit.
  findSumo(options.gui ? 'sumo-gui' : 'sumo', process.env);
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-drive-'));
  try {
    return await driveIn(folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const driveIn = async (folder: string, options: DriveOptions): Promise<DriveOutcome> => {
  const { scenario, district, sensing, seed, teleportS, journal, gui, diagrams } = options;
  const [trips, statistics] = [join(folder, 'trips.xml'), join(folder, 'statistics.xml')];
  const judge = createJudge(district.intersections);
  const lamps = new Map<string, Lamps>();
  const watch = new CityWatch();
  const planning = new PlanningWatch(() => performance.now());
  const city = new City({
    seed,
    district,
    ...(journal && { journal }),
    stopwatch: planning,
    shown: (seen) => {
      lamps.set(seen.intersection, seen.lamps);
      watch.show(seen.intersection, seen.lamps);
      judge.see(seen);
    },
  });
  await warmUp(city, lamps);
  const startedMs = performance.now();
  const street = await openStreet({
    scenario,
    intersections: district.intersections,
    sensing,
    sights: true,
    environment: process.env,
    ...(gui && { program: 'sumo-gui' as const }),
    args: [
      ...['--seed', `${seed}`, '--time-to-teleport', `${teleportS}`, '--no-warnings', 'true'],
      ...outputArguments(trips, statistics),
    ],
  });
  const reds = new RedWatch(district.intersections);
  const record = new DriveRecord(district, scenario.roads, diagrams?.span);
  const ride = await runStreet(options, { city, street, lamps, reds, watch, record }).finally(() =>
    street.close(),
  );
  const { unsafe, unlisted } = judge.verdict();
  const wallMs = performance.now() - startedMs;
  const violations = city.violations.map(({ node, message }) => `${node}: ${message}`);
  return {
    ...readTrips(await readFile(trips, 'utf8')),
    ...readStatistics(await readFile(statistics, 'utf8')),
    ...watch.end(),
    arrivalsOnGreenPercent: percentOf(record.total(district)),
    diagrams: diagrams
      ? await drawDiagrams(record, district, { ...diagrams, beginS: scenario.beginS })
      : [],
    longestRedS: reds.longestS,
    longestRedAt: reds.place,
    unsafe: unsafe.length + unlisted + (unsafe.length === 0 ? violations.length : 0),
    findings: [
      ...unsafe.map(({ t, intersection, message }) => `${intersection} at ${t} ms: ${message}`),
      ...violations,
    ].slice(0, FINDINGS_MAX),
    wallS: wallMs / 1000,
    sumoS: ride.sumoMs / 1000,
    planning: planning.outcome(wallMs),
  };
};

const warmUp = async (city: City, lamps: ReadonlyMap<string, Lamps>): Promise<void> => {
  city.start();
  const lit = new Set<string>();
  while (city.now() < WARM_UP_MS_MAX && city.violations.length === 0) {
    await city.run(city.now() + LOOK_MS);
    for (const [id, shown] of lamps) if (Object.values(shown).some(isLit)) lit.add(id);
    const isLitAll = lit.size === city.district.intersections.length;
    if (isLitAll && city.now() >= WARM_UP_MS_MIN) return;
  }
};

interface Parts {
  readonly city: City;
  readonly street: Street;
  readonly lamps: ReadonlyMap<string, Lamps>;
  readonly reds: RedWatch;
  readonly watch: CityWatch;
  readonly record: DriveRecord;
}

const runStreet = async (
  { sensing, endS, faults = [], progress }: DriveOptions,
  { city, street, lamps, reds, watch, record }: Parts,
): Promise<{ sumoMs: number }> => {
  const { stepS } = street;
  const originMs = city.now();
  for (const { atS, act } of faults) city.at(originMs + atS * 1000, () => act(city, watch.tell));
  watch.begin(city, lamps);
  let sumoMs = 0;
  const shown = new Map<string, Lamps>();
  const showChanged = () => {
    for (const [id, now] of lamps) {
      if (shown.get(id) === now) continue;
      street.show(id, now);
      shown.set(id, now);
      record.show(id, now, city.now() - originMs);
    }
  };
  for (let k = 0; endS === undefined || street.timeS < endS - stepS / 2; k += 1) {
    // Whoever looks in the middle of a step misses what lamps do by no more than half of one.
    await city.run(originMs + (k + 0.5) * stepS * 1000);
    if (city.violations.length > 0) break;
    showChanged();
    const beforeMs = performance.now();
    const step = await street.step();
    sumoMs += performance.now() - beforeMs;
    record.see((k + 1) * stepS * 1000, step.sightings);
    reds.see(step.readings, (id) => shown.get(id) ?? {}, stepS);
    watch.look(stepS);
    city.at(originMs + (k + 1) * stepS * 1000, () => {
      for (const [id, readings] of step.readings) {
        city.sense(id, { sensing, stepS, readings: [...readings] });
      }
    });
    progress?.(street.timeS, endS);
    if (endS === undefined && step.expected === 0) break;
  }
  return { sumoMs };
};
