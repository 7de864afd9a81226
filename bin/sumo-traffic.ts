/**
 * Traffic of SUMO beside real processes, in real time. This is SUMO's only client: it shows there
 * what the lamp driver says that it lights, and tells nodes at their sensors' sockets what is
 * sensed. Of a node that dies SUMO notices nothing but its lamps.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { District } from '../protocol/check-district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { Reading, Readings, Sensing } from '../protocol/readings.ts';
import { stamped } from '../traffic/street-life.ts';
import type { SumoScenario } from '../traffic/sumo-scenario.ts';
import { openStreet, type Street, type StreetStep } from '../traffic/sumo-street.ts';
import { outputArguments, readTrips, type Trips } from '../traffic/sumo-trips.ts';
import { refusing } from './drive.ts';
import { SensorDoors } from './sensor-door.ts';
import type { UpTraffic, UpTrafficHeard } from './up-traffic.ts';

export interface SumoTrafficOptions extends UpTrafficHeard {
  readonly scenario: SumoScenario;
  readonly district: District;
  readonly sensing: Sensing;
  readonly seed: number;
  readonly gui: boolean;
}

/** A host that slept, or was too slow for so long, goes on from there. */
const GAP_MS_MAX = 10_000;
/** A vehicle that is slower stands. */
const STANDING_MPS = 0.5;

export class SumoTraffic implements UpTraffic {
  readonly #options: SumoTrafficOptions;
  readonly #doors: SensorDoors;
  #folder = '';
  #street: Street | undefined;
  #driving: Promise<void> = Promise.resolve();
  #isEnding = false;
  #trips: Trips | undefined;
  #came = 0;
  #left = 0;
  #drivenS = 0;

  constructor(options: SumoTrafficOptions) {
    this.#options = options;
    this.#doors = new SensorDoors(options.district);
  }

  /** Starts SUMO, which waits for the first step. Rejects with `OperatorError`. */
  async open(): Promise<void> {
    const { scenario, district, sensing, seed, gui } = this.#options;
    await this.#doors.open();
    this.#folder = await mkdtemp(join(tmpdir(), 'greenwave-up-'));
    const args = ['--seed', `${seed}`, '--no-warnings', 'true', '--time-to-teleport', '300'];
    try {
      this.#street = await refusing(() =>
        openStreet({
          ...{ scenario, sensing, intersections: district.intersections },
          environment: process.env,
          ...(gui && { program: 'sumo-gui' as const }),
          args: [...args, ...outputArguments(this.#file('trips'), this.#file('statistics'))],
        }),
      );
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  begin(): void {
    const street = this.#street;
    if (street) this.#driving = this.#drive(street);
  }

  hear(line: JournalLine): void {
    if (line.kind === 'lamps') this.#street?.show(line.intersection, line.lamps);
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    this.#doors.close();
    await this.#driving;
    await this.#street?.close();
    // It wrote them when it ended; when it was killed there may be none, or a part of one.
    const trips = await readFile(this.#file('trips'), 'utf8').catch(() => '');
    if (trips.trimEnd().endsWith('</tripinfos>')) this.#trips = readTrips(trips);
    await rm(this.#folder, { recursive: true, force: true });
  }

  summary() {
    const meanDelayS = this.#trips ? Math.round(this.#trips.meanDelayS * 10) / 10 : null;
    const outside = this.#trips?.waitingOutside ?? 0;
    return { by: 'SUMO', perHour: this.#perHour, ...this.#counts, outside, meanDelayS };
  }

  /** What the lamps show in the middle of a step is what SUMO shows during it, as in `drive-run.ts`. */
  async #drive(street: Street): Promise<void> {
    const stepMs = street.stepS * 1000;
    const { endS } = this.#options.scenario;
    let startMs = performance.now();
    try {
      while (!this.#isEnding) {
        if (performance.now() - startMs > GAP_MS_MAX) startMs = performance.now();
        await until(startMs + stepMs / 2);
        const step = await street.step();
        await until(startMs + stepMs);
        startMs += stepMs;
        this.#hearStep(step, street.stepS);
        const isOver = endS === undefined ? step.expected === 0 : step.timeS >= endS;
        if (isOver) return this.#options.over();
      }
    } catch (error) {
      if (this.#isEnding) return;
      const why = error instanceof Error ? error.message : String(error);
      this.#options.over(`SUMO is gone: ${why}`);
    }
  }

  #hearStep({ readings, departed, arrived }: StreetStep, stepS: number): void {
    const { sensing, tell } = this.#options;
    for (const [id, list] of readings)
      this.#doors.tell(id, { sensing, stepS, readings: [...list] });
    this.#came += departed.length;
    this.#left += arrived.length;
    this.#drivenS += stepS;
    const queue = standingIn(readings);
    const told = { perHour: this.#perHour, ...this.#counts, queue, outside: 0 };
    tell(stamped({ kind: 'traffic', ...told }, Date.now()));
  }

  get #counts() {
    return { came: this.#came, left: this.#left, inside: Math.max(0, this.#came - this.#left) };
  }

  /** As many as have come so far. */
  get #perHour(): number {
    return Math.round((this.#came * 3600) / Math.max(1, this.#drivenS));
  }

  #file = (name: string): string => join(this.#folder, `${name}.xml`);
}

const until = async (atMs: number): Promise<void> => {
  const ms = atMs - performance.now();
  if (ms > 0) await wait(ms);
};

/** How many are sensed to stand. */
const standingIn = (readings: Readings): number =>
  [...readings.values()].flat().reduce((sum, reading) => sum + standing(reading), 0);

const standing = (reading: Reading): number => {
  switch (reading.kind) {
    case 'vehicle':
      return reading.speedMps < STANDING_MPS ? 1 : 0;
    case 'lane':
      return reading.queue;
    case 'loop':
      return reading.occupancy === 1 ? 1 : 0;
  }
};
