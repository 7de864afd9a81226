/**
 * Plays how queues leave an intersection under one stage after another, lane by lane: first come,
 * first served, at the headway of the lane, and nobody before he can be at the stop line. Pure
 * neighbour of `planner.ts`.
 */
import { type Board, NONE, YIELDING } from './board.ts';

/** From one vehicle to the next at a green that yields. In seconds. */
const YIELDING_HEADWAY_S = 2.5;
/** What the first of a queue loses when its green begins. In seconds. */
const START_S = 1;
/** How much of the amber is still driven on. In seconds. */
const AMBER_USED_S = 1;
/** A gap that ends a queue. In seconds. */
const GAP_S = 3;
/** So long a queue is looked after at the most, when its stage is completed. In seconds. */
const CLEAR_S_MAX = 40;

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
