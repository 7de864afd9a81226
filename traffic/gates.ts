/**
 * The edge of a district: those who want to come in and find no room yet, road by road, and how long
 * that took them. Pure.
 */
import { STEP_MS, type Vehicle } from './road-user.ts';
import type { Choice, Road } from './roads.ts';

interface Waiting {
  readonly atMs: number;
  readonly vehicle: Vehicle;
  readonly choice: Choice | undefined;
}

export class Gates {
  readonly #waiting = new Map<Road, Waiting[]>();

  /** How many wait. */
  get count(): number {
    return [...this.#waiting.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Somebody comes to the beginning of a road. */
  arrive(road: Road, one: Waiting): void {
    const waiting = this.#waiting.get(road);
    if (waiting) waiting.push(one);
    else this.#waiting.set(road, [one]);
  }

  /** Those that came first go first, and hold the others until there is room for them. */
  letIn(untilMs: number, enter: (vehicle: Vehicle, road: Road, choice?: Choice) => boolean): void {
    for (const [road, waiting] of this.#waiting) {
      for (let first = waiting[0]; first; first = waiting[0]) {
        if (!enter(first.vehicle, road, first.choice)) break;
        first.vehicle.delayS = Math.max(0, untilMs - STEP_MS - first.atMs) / 1000;
        waiting.shift();
      }
    }
  }
}
