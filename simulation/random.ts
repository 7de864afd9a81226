/**
 * Draws chance from a seed, so that a run can be had again. sfc32 (Chris Doty-Humphrey, PractRand,
 * "Small Fast Counting generator": 128 bits of state, a counter among them, so that no seed falls
 * into a short cycle), seeded as its author does: three words, a counter of 1, twelve rounds.
 *
 * Each use draws from a stream of its own name, because one more draw in one place must not change
 * the chances of every other.
 */
import { assert } from '../protocol/assert.ts';

/** A stream of chance. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number, at least 0, less than `count`. */
  below(count: number): number;
  /** At least `least`, less than `most`. */
  between(least: number, most: number): number;
  /** True as often as `ratio` says. */
  chance(ratio: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** The same things in another order. */
  shuffle<T>(list: readonly T[]): T[];
}

/** The stream called `name` of a seed. */
export const random = (seed: number, name: string): Random => {
  const next = sfc32(seed | 0, Math.floor(seed / 0x1_0000_0000) | 0, hash(name));
  const below = (count: number) => Math.floor(next() * count);
  return {
    next,
    below,
    between: (least, most) => least + next() * (most - least),
    chance: (ratio) => ratio > 0 && next() < ratio,
    pick: (list) => {
      assert(list.length > 0, 'nothing to pick from');
      return list[below(list.length)] as (typeof list)[number];
    },
    shuffle: (list) => {
      const mixed = [...list];
      for (let k = mixed.length - 1; k > 0; k -= 1) {
        const other = below(k + 1);
        [mixed[k], mixed[other]] = [mixed[other] as never, mixed[k] as never];
      }
      return mixed;
    },
  };
};

const ROUNDS = 12;

const sfc32 = (first: number, second: number, third: number) => {
  let [a, b, c, counter] = [first, second, third, 1];
  const draw = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < ROUNDS; round += 1) draw();
  return () => draw() / 0x1_0000_0000;
};

/** FNV-1a of 32 bits. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let k = 0; k < text.length; k += 1) {
    value = Math.imul(value ^ text.charCodeAt(k), 0x01000193);
  }
  return value;
};
