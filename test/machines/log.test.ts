/** The log as plain data, sentence by sentence. (Raft section 5.3.) */
import { describe, expect, test } from 'vitest';
import {
  dropThrough,
  entriesAfter,
  LOG_END,
  type Log,
  lastChangeIn,
  lastIndexOf,
  lastTermOf,
  logKey,
  replaceAfter,
  termAt,
} from '../../machines/log.ts';
import { entry } from './log-words.ts';

const empty: Log = { offset: 0, offsetTerm: 0, entries: [] };
/** Entries 11, 12, 13 of the terms 2, 2, 3, after a snapshot at (1, 10). */
const log: Log = { offset: 10, offsetTerm: 1, entries: [entry(2), entry(2), entry(3)] };

describe('a log', () => {
  test('that is empty ends at index 0 in term 0', () => {
    expect([lastIndexOf(empty), lastTermOf(empty), termAt(empty, 0)]).toEqual([0, 0, 0]);
  });

  test('ends at its last entry, or at its snapshot', () => {
    expect([lastIndexOf(log), lastTermOf(log)]).toEqual([13, 3]);
    const bare = { ...log, entries: [] };
    expect([lastIndexOf(bare), lastTermOf(bare)]).toEqual([10, 1]);
  });

  test.each([
    [9, undefined],
    [10, 1],
    [11, 2],
    [13, 3],
    [14, undefined],
  ])('knows the term at %i: %s', (index, term) => {
    expect(termAt(log, index)).toBe(term);
  });

  test('gives at most so many entries after an index', () => {
    expect(entriesAfter(log, 10, 2)).toEqual([entry(2), entry(2)]);
    expect(entriesAfter(log, 12, Number.POSITIVE_INFINITY)).toEqual([entry(3)]);
    expect(entriesAfter(log, 13, 5)).toEqual([]);
  });

  test('replaces everything after an index', () => {
    expect(replaceAfter(log, 11, [entry(4)]).entries).toEqual([entry(2), entry(4)]);
    expect(replaceAfter(log, 13, [entry(4)]).entries).toHaveLength(4);
  });

  test('drops what is in a snapshot, and remembers the term where it ended', () => {
    expect(dropThrough(log, 12)).toEqual({ offset: 12, offsetTerm: 2, entries: [entry(3)] });
    expect(dropThrough(log, 10)).toEqual(log);
  });

  test('has keys in the order of its indices, and all of them before its end', () => {
    const keys = [1, 2, 10, 99, 100, 999_999_999_999].map(logKey);
    expect([...keys].sort()).toEqual(keys);
    expect(keys.every((key) => key < LOG_END)).toBe(true);
  });
});

test('the last change of voters is found, whether entries were appended, replaced or dropped', () => {
  const change = (term: number) => ({
    term,
    command: { kind: 'voters.change' as const, voters: [{ node: `n${term}`, store: 's' }] },
  });
  const open = (term: number) => ({
    term,
    command: { kind: 'term.open' as const, leader: 'a' },
  });
  const empty = { offset: 0, offsetTerm: 0, entries: [] };
  expect(lastChangeIn(empty)).toBe(-1);
  const one = replaceAfter(empty, 0, [open(1), change(1)]);
  expect(lastChangeIn(one)).toBe(1);
  const more = replaceAfter(one, 2, [open(1), open(1)]);
  expect(lastChangeIn(more)).toBe(1);
  const second = replaceAfter(more, 4, [open(1), change(2), open(2)]);
  expect(lastChangeIn(second)).toBe(5);
  expect(lastChangeIn(replaceAfter(second, 4, [open(3)]))).toBe(1);
  expect(lastChangeIn(replaceAfter(second, 1, [open(3)]))).toBe(-1);
  expect(lastChangeIn(dropThrough(second, 3))).toBe(2);
  expect(lastChangeIn(dropThrough(second, 6))).toBe(-1);
});
