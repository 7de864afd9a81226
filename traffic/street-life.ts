/**
 * Life on the streets of a district: the queue model, second by second, with what it tells the
 * journal and the nodes. `greenwave up` lets it run beside its lamps, a city in the page in virtual
 * time; neither knows more of it than this. Pure.
 */
import type { District } from '../protocol/check-district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { Read, Sensing } from '../protocol/readings.ts';
import type { RoadsTold, TrafficTold } from '../protocol/traffic.ts';
import type { TrafficFigures } from './delays.ts';
import type { Chance } from './drivers.ts';
import { QueueModel } from './queue-model.ts';
import { QueueSensors } from './queue-sensors.ts';
import { STEP_MS } from './road-user.ts';

export interface StreetLifeOptions {
  readonly district: District;
  readonly chance: Chance;
  /** When it begins. In milliseconds of whoever lets it go on. */
  readonly startMs: number;
  /** Vehicles an hour that come to the district; ordinary traffic by default. */
  readonly perHour?: number | undefined;
  readonly sensing: Sensing;
  readonly tell: (line: TrafficLine) => void;
  /** What the sensors of an intersection say of a second. */
  readonly sense: (intersection: string, read: Read) => void;
}

/** A line of the journal, before it is stamped. */
export type TrafficLine = ({ kind: 'roads' } & RoadsTold) | ({ kind: 'traffic' } & TrafficTold);

/** The line of a journal, at a time. */
export const stamped = (line: TrafficLine, t: number): JournalLine => ({
  t,
  node: 'traffic',
  ...line,
});

/** Of more vehicles it is told less often where they are: every second step, every third. */
const VEHICLES_A_LINE = 1000;
/** Whoever lets it go on after so long goes on from there: nobody drives in his sleep. */
const GAP_MS_MAX = 10_000;

export class StreetLife {
  readonly #model: QueueModel;
  readonly #sensors: QueueSensors;
  readonly #options: StreetLifeOptions;
  #startMs: number;
  #steps = 0;

  constructor(options: StreetLifeOptions) {
    const { district, chance, startMs, perHour, sensing } = options;
    this.#options = options;
    this.#startMs = startMs;
    const { intersections, links, plans } = district;
    this.#model = new QueueModel({ intersections, links, plans, chance, perHour, startMs: 0 });
    this.#sensors = new QueueSensors(this.#model, sensing);
  }

  /** What a journal must begin with, so that the rest can be read. */
  begin(): void {
    const { all } = this.#model.roads;
    const roads = all.map(({ from, to, towards, lengthM, lanes }) => ({
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(towards && {
        towards: [hundredths(towards.x), hundredths(towards.y)] as [number, number],
      }),
      lengthM,
      lanes: lanes.map(({ index }) => index),
    }));
    const { ordinaryPerHour } = this.#model;
    this.#options.tell({ kind: 'roads', ordinaryPerHour, roads });
  }

  get figures(): TrafficFigures {
    return this.#model.figures();
  }

  /** How many come, an hour. */
  get perHour(): number {
    return this.#model.perHour;
  }

  demand(perHour: number): void {
    this.#model.demand(perHour);
  }

  /** What the lamps of an intersection show from now on. */
  show(intersection: string, lamps: Lamps, nowMs: number): void {
    this.#model.show(intersection, lamps, nowMs - this.#startMs);
  }

  /** Lets every second pass that is over by now. */
  passTo(nowMs: number): void {
    const behindMs = nowMs - this.#startMs - this.#model.nowMs;
    if (behindMs > GAP_MS_MAX) this.#startMs += behindMs - STEP_MS;
    while (this.#model.nowMs + STEP_MS <= nowMs - this.#startMs) this.#step();
  }

  #step(): void {
    this.#steps += 1;
    const passings = this.#model.step();
    for (const [intersection, read] of this.#sensors.read(passings)) {
      this.#options.sense(intersection, read);
    }
    const { delayS, meanDelayS: _, ...figures } = this.figures;
    const every = 1 + Math.floor(figures.inside / VEHICLES_A_LINE);
    this.#options.tell({
      kind: 'traffic',
      perHour: this.perHour,
      ...figures,
      ...(delayS !== undefined && { delayS: hundredths(delayS) }),
      ...(this.#steps % every === 0 && { vehicles: this.#places() }),
    });
  }

  #places(): number[] {
    const numbers: number[] = [];
    for (const { id, lane, m } of this.#model.vehicles()) {
      numbers.push(id, lane.index, Math.round(m * 10));
    }
    return numbers;
  }
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;
