/**
 * The words in which `greenwave simulate` is told what to run: lengths, ranges of seeds, places in a
 * schedule, and how many nodes share an intersection.
 */
import { InvalidArgumentError } from 'commander';
import { type Sharers, sharersKnown } from '../simulation/shared-town.ts';

const SEEDS_MAX = 100_000;

/** A number above 0, at most `most`. */
export const above0 =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value > 0 && value <= most)) {
      throw new InvalidArgumentError(`It must be a number above 0, at most ${most}.`);
    }
    return value;
  };

/** Seeds from one to another. */
export const seedRange = (text: string): number[] => {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from > to || to - from >= SEEDS_MAX) {
    throw new InvalidArgumentError('It must be a range such as 1..200.');
  }
  return Array.from({ length: to - from + 1 }, (_, k) => from + k);
};

/** How many nodes share each intersection. */
export const sharersOf = (text: string): Sharers => {
  const sharers = sharersKnown.find((known) => `${known}` === text);
  if (sharers) return sharers;
  throw new InvalidArgumentError(`It must be one of ${sharersKnown.join(', ')}.`);
};

/** Places of faults in a schedule. */
export const placeList = (text: string): number[] => {
  if (!/^(\d+(,\d+)*)?$/.test(text)) throw new InvalidArgumentError('It must be like 3,17,21.');
  return text === '' ? [] : text.split(',').map(Number);
};
