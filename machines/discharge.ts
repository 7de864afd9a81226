/**
 * Plays how queues leave an intersection under one stage after another, lane by lane: first come,
 * first served, at the headway of the lane, and nobody before he can be at the stop line. Pure
 * neighbour of `planner.ts`, which asks it hundreds of times a second: hence flat arrays.
 */
import type { Intersection, Stage } from '../protocol/district.ts';
import type { Expected } from './expectation.ts';
import { changeMs, minGreenMs } from './sequence.ts';

/** What a plan rests on. */
export interface View {
  readonly intersection: Intersection;
  /** What is green now, and has had its minimum. */
  readonly stage: Stage;
  readonly expected: Expected;
  /** Pedestrians who wait for groups that are served on call. */
  readonly walks: readonly string[];
}

/** From one vehicle of a queue to the next, at a green and at one that yields. In seconds. */
export const HEADWAY_S = 2;
const YIELDING_HEADWAY_S = 2.5;
/** What the first of a queue loses when its green begins. In seconds. */
const START_S = 1;
/** How much of the amber is still driven on. In seconds. */
const AMBER_USED_S = 1;
/** Who has waited counts for more: by so much for each second. */
const WAIT_WEIGHT = 0.02;
/** A gap that ends a queue. In seconds. */
const GAP_S = 3;
/** So long a queue is looked after at the most, when its stage is completed. In seconds. */
const CLEAR_S_MAX = 40;

const NONE = 0;
const YIELDING = 1;
const PROTECTED = 2;

/** The stages of an intersection as numbers: what each serves, and how long changes take. */
export interface Crossroads {
  readonly stages: readonly Stage[];
  readonly groups: ReadonlyMap<string, number>;
  /** By stage and group: not served, served while yielding, served. */
  readonly serves: readonly Uint8Array[];
  readonly changeS: readonly (readonly number[])[];
  readonly minGreenS: readonly number[];
}

const known = new WeakMap<Intersection, Crossroads>();

/** Worked out once for each description. */
export const crossroadsOf = (intersection: Intersection): Crossroads => {
  const found = known.get(intersection) ?? measured(intersection, intersection.stages);
  known.set(intersection, found);
  return found;
};

/** The same with a stage that is none of its own: one that was made up for a call. */
export const measured = (intersection: Intersection, stages: readonly Stage[]): Crossroads => {
  const groups = new Map(intersection.groups.map(({ id }, k) => [id, k]));
  return {
    stages,
    groups,
    serves: stages.map(({ green, permissive = [] }) => {
      const row = new Uint8Array(groups.size);
      for (const id of permissive) row[groups.get(id) ?? 0] = YIELDING;
      for (const id of green) row[groups.get(id) ?? 0] = PROTECTED;
      return row;
    }),
    changeS: stages.map((from) => stages.map((to) => changeMs(intersection, from, to) / 1000)),
    minGreenS: stages.map((stage) => minGreenMs(intersection, stage) / 1000),
  };
};

/** What each stage serves of those who can be counted on. */
export const servesOf = ({ serves, groups }: Crossroads, { stuck, barred }: Expected) => {
  if (stuck.length + barred.length === 0) return serves;
  return serves.map((row) => {
    const left = row.slice();
    for (const id of barred) {
      const group = groups.get(id);
      if (group !== undefined && left[group] === YIELDING) left[group] = NONE;
    }
    for (const id of stuck) {
      const group = groups.get(id);
      if (group !== undefined) left[group] = NONE;
    }
    return left;
  });
};

/** All who are expected, lane by lane, from the stop line upstream. */
export class Queues {
  readonly lanes: number;
  readonly starts: Int32Array;
  readonly etaS: Float64Array;
  readonly weight: Float64Array;
  readonly group: Int32Array;
  readonly headwayS: Float64Array;

  constructor({ groups }: Crossroads, { intersection, expected, walks }: View) {
    const rates = new Map(intersection.lanes?.map(({ id, saturationVph }) => [id, saturationVph]));
    const walkers = walks.map((group) => ({
      lane: '',
      vehicles: [{ group, etaS: 0, waitedS: 0 }],
    }));
    const rows = [...expected.lanes, ...walkers];
    this.lanes = rows.length;
    this.starts = new Int32Array(rows.length + 1);
    this.headwayS = new Float64Array(rows.length);
    rows.forEach(({ lane, vehicles }, k) => {
      this.starts[k + 1] = (this.starts[k] as number) + vehicles.length;
      const rate = rates.get(lane);
      this.headwayS[k] = rate ? 3600 / rate : HEADWAY_S;
    });
    const count = this.starts[rows.length] as number;
    this.etaS = new Float64Array(count);
    this.weight = new Float64Array(count);
    this.group = new Int32Array(count);
    rows
      .flatMap(({ vehicles }) => vehicles)
      .forEach(({ etaS, waitedS, group }, k) => {
        this.etaS[k] = etaS;
        this.weight[k] = 1 + WAIT_WEIGHT * waitedS;
        this.group[k] = groups.get(group) ?? 0;
      });
  }
}

/** What is played with: the same for every course of one view. */
export interface Board {
  readonly queues: Queues;
  readonly serves: readonly Uint8Array[];
}

/** How far a course has been played. */
export class Course {
  readonly #board: Board;
  /** Who is first in each lane, and when the one before him left. */
  readonly #first: Int32Array;
  readonly #left: Float64Array;
  /** What those who left have lost, in weighted vehicle-seconds. */
  lost = 0;

  constructor(board: Board, from?: Course) {
    this.#board = board;
    const { lanes, starts } = board.queues;
    this.#first = from ? from.#first.slice() : starts.slice(0, lanes);
    this.#left = from ? from.#left.slice() : new Float64Array(lanes).fill(-1e9);
    if (from) this.lost = from.lost;
  }

  /** A course that goes on from here by itself. */
  fork(): Course {
    return new Course(this.#board, this);
  }

  /**
   * Plays a green of `stage`. `fromS` is when it begins; what the stage before it, `kept`, served too
   * has gone on since `keptS`.
   */
  green(stage: number, span: { fromS: number; untilS: number; kept: number; keptS: number }): void {
    const { fromS, untilS, kept, keptS } = span;
    const { queues, serves } = this.#board;
    const { etaS, weight, group, starts, headwayS } = queues;
    const row = serves[stage] as Uint8Array;
    const before = kept < 0 ? undefined : serves[kept];
    for (let lane = 0; lane < queues.lanes; lane += 1) {
      const end = starts[lane + 1] as number;
      const headway = headwayS[lane] as number;
      let k = this.#first[lane] as number;
      let left = this.#left[lane] as number;
      for (; k < end; k += 1) {
        const served = row[group[k] as number] as number;
        if (served === NONE) break;
        const goesOn = before !== undefined && before[group[k] as number] !== NONE;
        const sinceS = goesOn ? keptS : fromS;
        const eta = etaS[k] as number;
        const gap = served === YIELDING ? Math.max(headway, YIELDING_HEADWAY_S) : headway;
        const startS = !goesOn && sinceS > 0 && eta <= sinceS + 0.5 ? sinceS + START_S : sinceS;
        const goS = Math.max(eta, left + gap, startS);
        if (goS > untilS + AMBER_USED_S) break;
        this.lost += (goS - eta) * (weight[k] as number);
        left = goS;
      }
      this.#first[lane] = k;
      this.#left[lane] = left;
    }
  }

  /** How a green of `stage` from `fromS` on would clear its queues: until when, and who would go. */
  clearing(stage: number, fromS: number): { untilS: number; count: number } {
    const { queues, serves } = this.#board;
    const { etaS, weight, group, starts, headwayS } = queues;
    const row = serves[stage] as Uint8Array;
    let untilS = fromS;
    for (let lane = 0; lane < queues.lanes; lane += 1) {
      let left = this.#left[lane] as number;
      const end = starts[lane + 1] as number;
      for (let k = this.#first[lane] as number; k < end; k += 1) {
        if (row[group[k] as number] === NONE) break;
        const goS = Math.max(etaS[k] as number, left + (headwayS[lane] as number), fromS + START_S);
        if (goS > untilS + GAP_S || goS > fromS + CLEAR_S_MAX) break;
        left = goS;
        if (goS > untilS) untilS = goS;
      }
    }
    let count = 0;
    for (let lane = 0; lane < queues.lanes; lane += 1) {
      let left = this.#left[lane] as number;
      const end = starts[lane + 1] as number;
      for (let k = this.#first[lane] as number; k < end; k += 1) {
        if (row[group[k] as number] === NONE) break;
        const goS = Math.max(etaS[k] as number, left + (headwayS[lane] as number), fromS + START_S);
        if (goS > untilS) break;
        left = goS;
        count += weight[k] as number;
      }
    }
    return { untilS, count };
  }

  /** What all lose, those included who have not left by `horizonS`. */
  costAt(horizonS: number): number {
    const { lanes, starts, etaS, weight } = this.#board.queues;
    let cost = this.lost;
    for (let lane = 0; lane < lanes; lane += 1) {
      const end = starts[lane + 1] as number;
      for (let k = this.#first[lane] as number; k < end; k += 1) {
        cost += Math.max(0, horizonS - (etaS[k] as number)) * (weight[k] as number);
      }
    }
    return cost;
  }
}
