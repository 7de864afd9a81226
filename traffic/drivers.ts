/**
 * Drivers: who wants to drive into the district, and where he wants to go. Arrivals on each road are
 * a Poisson process, and at each intersection most drive straight on. The same seed and the same
 * demand give the same drivers. Pure.
 */
import type { Plan } from '../protocol/plan.ts';
import { ordinaryDemand, SHARES } from './ordinary-demand.ts';
import type { Choice, Road, Roads } from './roads.ts';

/** Chance from somewhere: numbers from 0 to less than 1. A stream of its own for each name. */
export type Chance = (name: string) => () => number;

const HOUR_MS = 3_600_000;

interface Entry {
  readonly road: Road;
  /** Of all demand. */
  readonly share: number;
  readonly draw: () => number;
  nextMs: number;
}

export class Drivers {
  /** What a district of such greens has on an ordinary day. In vehicles an hour. */
  readonly ordinaryPerHour: number;
  readonly #entries: Entry[];
  readonly #turns: () => number;
  #perHour = 0;

  constructor(roads: Roads, plan: Plan | undefined, chance: Chance) {
    const { perHour, shares } = ordinaryDemand(roads, plan);
    this.ordinaryPerHour = perHour;
    this.#turns = chance('turns');
    this.#entries = roads.entries.map((road, k) => ({
      road,
      share: shares[k] ?? 0,
      draw: chance(`arrivals ${road.id}`),
      nextMs: Number.POSITIVE_INFINITY,
    }));
  }

  get perHour(): number {
    return this.#perHour;
  }

  /** From `nowMs` on so many come. What was still to come is drawn anew: a Poisson process has no
   *  memory. */
  demand(perHour: number, nowMs: number): void {
    this.#perHour = perHour;
    for (const entry of this.#entries) this.#next(entry, nowMs);
  }

  /** Who comes before an instant, and when, road by road. */
  *until(untilMs: number): Generator<{ road: Road; atMs: number }> {
    for (const entry of this.#entries) {
      while (entry.nextMs < untilMs) {
        const { road, nextMs: atMs } = entry;
        this.#next(entry, atMs);
        yield { road, atMs };
      }
    }
  }

  /** Which way somebody will leave a road that he comes onto; none where it ends. */
  choice(road: Road): Choice | undefined {
    const { choices } = road;
    if (choices.length === 0) return undefined;
    const total = choices.reduce((sum, { direction }) => sum + SHARES[direction], 0);
    let left = this.#turns() * total;
    for (const choice of choices) {
      left -= SHARES[choice.direction];
      if (left < 0) return choice;
    }
    return choices.at(-1);
  }

  #next(entry: Entry, fromMs: number): void {
    const perMs = (this.#perHour * entry.share) / HOUR_MS;
    entry.nextMs = perMs > 0 ? fromMs - Math.log(1 - entry.draw()) / perMs : Infinity;
  }
}
