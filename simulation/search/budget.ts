/** Counts what trouble may still happen, as one number, because it is part of every state. */
import type { Bounds } from './model.ts';

export const troubles = [
  'crashes',
  'drops',
  'duplicates',
  'timeouts',
  'beats',
  'requests',
  'stalls',
  'ticks',
] as const;
export type Trouble = (typeof troubles)[number];

/** Combinations of what may be left. */
const BUDGETS_MAX = 1 << 20;

export class Budget {
  /** Nothing has happened yet. */
  readonly whole: number;
  /** By trouble: what is left after one more, or -1. */
  readonly #after: readonly Int32Array[];

  constructor(bounds: Bounds) {
    const sizes = troubles.map((trouble) => (bounds[trouble] ?? 0) + 1);
    const all = sizes.reduce((product, size) => product * size, 1);
    if (all > BUDGETS_MAX) throw new Error('these bounds are too many to be counted');
    this.whole = all - 1;
    let unit = 1;
    this.#after = sizes.map((size) => {
      const mine = unit;
      unit *= size;
      return Int32Array.from({ length: all }, (_, left) =>
        Math.floor(left / mine) % size === 0 ? -1 : left - mine,
      );
    });
  }

  /** What is left after one more, or -1. */
  spend(left: number, trouble: number): number {
    return this.#after[trouble]?.[left] ?? -1;
  }

  /** Whether any of this trouble is left. */
  has(left: number, trouble: number): boolean {
    return this.spend(left, trouble) >= 0;
  }
}
