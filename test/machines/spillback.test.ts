/** Full streets as tables: who tells that one is full, and which greens are then not counted on. */
import { describe, expect, test } from 'vitest';
import type { Expected } from '../../machines/expectation.ts';
import { blockedBy, fullAfter, fullOf } from '../../machines/spillback.ts';
import type { Group, Intersection, Link } from '../../protocol/district.ts';
import { junction } from './sensing-words.ts';

const group = (id: string, from: readonly string[]): Group => ({
  ...(junction.groups[0] as Group),
  id,
  movements: from.map((lane) => ({ from: lane, to: 'out', link: 0 })),
});
/** Two lanes of 95 m from `y`, on which two groups wait; `a` leads to `y`, `b` to `y` and to `z`. */
const here: Intersection = {
  ...junction,
  id: 'x',
  groups: [group('a', ['W_0', 'W_1']), group('b', ['W_1'])],
};
const links: readonly Link[] = [
  { from: 'y', to: 'x', lengthM: 95, speedMps: 14, toGroups: ['a', 'b'] },
  { from: 'x', to: 'y', lengthM: 95, speedMps: 14, fromGroups: ['a', 'b'] },
  { from: 'x', to: 'z', lengthM: 95, speedMps: 14, fromGroups: ['b'] },
];
const street = { intersection: here, links };
const lane = (name: string, count: number, waitedS: number): Expected['lanes'][number] => ({
  lane: name,
  vehicles: Array.from({ length: count }, () => ({ groups: ['a'], etaS: 0, waitedS })),
});

describe('a street', () => {
  test.each([
    ['full when those who stand take nine tenths of all its lanes', 9, 9, 1, ['y']],
    ['not full with less', 9, 8, 1, []],
    ['not full of those who drive', 10, 10, 0, []],
    ['not full by one lane alone', 10, 0, 1, []],
  ] as const)('is %s', (_, first, second, waitedS, full) => {
    const lanes = [lane('W_0', first, waitedS), lane('W_1', second, waitedS)];
    expect(fullOf(street, { lanes })).toEqual(full);
  });

  test('so short that nobody has room on it is never full', () => {
    const short = links.map((link) => ({ ...link, lengthM: 15 }));
    const lanes = [lane('W_0', 3, 9), lane('W_1', 3, 9)];
    expect(fullOf({ intersection: here, links: short }, { lanes })).toEqual([]);
  });
});

describe('a group', () => {
  const told = (from: string, at = 0) => fullAfter([], street, { from, full: ['x'], at });

  test('is not counted on while all streets that it leads to are full', () => {
    expect(blockedBy(told('y'), street, 1000)).toEqual(['a']);
    const both = fullAfter(told('y'), street, { from: 'z', full: ['x'], at: 0 });
    expect(blockedBy(both, street, 1000)).toEqual(['a', 'b']);
  });

  test('is counted on again when it is said, or not said again for five seconds', () => {
    const over = fullAfter(told('y'), street, { from: 'y', full: [], at: 2000 });
    expect(blockedBy(over, street, 2000)).toEqual([]);
    expect(blockedBy(told('y'), street, 4999)).toEqual(['a']);
    expect(blockedBy(told('y'), street, 5000)).toEqual([]);
  });

  test('is counted on whatever those say to whom no street leads', () => {
    expect(told('liar')).toEqual([]);
    expect(fullAfter([], street, { from: 'y', full: ['elsewhere'], at: 0 })).toEqual([]);
  });
});
