/**
 * The replica, sentence by sentence: how it joins, restarts, and changes its role. (Raft, Ongaro and
 * Ousterhout 2014, sections 5 and 7.)
 */
import { describe, expect, test } from 'vitest';
import { replicaMachine } from '../../machines/replica.ts';
import { lan } from '../../protocol/timing.ts';
import {
  acked,
  advanced,
  chunk,
  elected,
  entry,
  formed,
  joined,
  prepare,
  replica,
  termsOf,
  voters,
  written,
} from './log-words.ts';
import { only, Play } from './play.ts';
import { prove, sends, take, takeAll } from './table.ts';

const timing = lan();
const appended = (index: number, term: number, matched: number, commit = 0) => ({
  type: 'replica.appended',
  ...{ index, term, matched, commit },
});
const [one, two, three] = [entry(1), entry(1), entry(1)];
/** a leads term 1, and its three entries are here and on disk. */
const HOLDING = [elected('a', 1), prepare('a', 1, [0, 0], [one, two, three]), written(1)];

describe('a node that joins', () => {
  const state = { voters, members: [] };
  const text = JSON.stringify(state);
  const half = Math.floor(text.length / 2);
  const part = (from: number, until: number, index = 300) =>
    chunk('a', {
      ...{ term: 1, index, indexTerm: 1, offset: from, total: text.length },
      data: text.slice(from, until),
    });
  const fetches = (index: number, offset: number) =>
    sends('a', { type: 'replica.fetch', index, offset });
  const joining = () => replica({ steps: [joined, elected('a', 1)] });

  prove<typeof replicaMachine>(joining, [
    {
      proves: 'asks for the snapshot, again and again (section 7)',
      when: timing.retryMs * 2,
      says: [fetches(0, 0), fetches(0, 0)],
      state: 'catchingUp',
    },
    {
      proves: 'asks for the rest of the snapshot from where the last part ended (section 7)',
      when: part(0, half),
      says: [fetches(300, half)],
      state: 'catchingUp',
    },
    {
      proves: 'resumes where it was when a part is lost (section 7)',
      given: [part(0, half)],
      when: timing.retryMs,
      says: [fetches(300, half)],
    },
    {
      proves: 'takes no part twice (section 7)',
      given: [part(0, half)],
      when: part(0, half),
      says: [],
    },
    {
      proves: 'starts over when the snapshot is another one (section 7)',
      given: [part(0, half)],
      when: part(0, half, 400),
      says: [fetches(400, half)],
    },
    {
      proves: 'asks the next leader when the one it asked is lost',
      given: [part(0, half)],
      when: elected('c', 2),
      says: [sends('c', { type: 'replica.fetch', index: 300, offset: half })],
    },
    {
      proves: 'takes no entries before it has the snapshot (section 5.3)',
      when: prepare('a', 1, [0, 0], [one]),
      says: [],
      state: 'catchingUp',
    },
    {
      proves: 'builds on the snapshot when it is whole, and tells what is in it (section 7)',
      given: [part(0, half)],
      when: part(half, text.length),
      says: [
        { type: 'replica.configured', voters },
        appended(300, 1, 300, 300),
        { type: 'storage.write', puts: [{ key: 'base', value: { index: 300, term: 1, state } }] },
        { type: 'replica.restored', index: 300, term: 1, state },
      ],
      state: 'backup',
    },
    {
      proves: 'acknowledges the snapshot only when it is on its disk (thesis 3.8)',
      given: [part(0, text.length)],
      when: written(1),
      says: [acked('a', 1, 300)],
    },
    {
      proves: 'refuses a snapshot that is none, and asks anew',
      given: [
        chunk('a', {
          ...{ term: 1, index: 3, indexTerm: 1, offset: 0, total: 2 },
          data: '{}',
        }),
      ],
      when: timing.retryMs,
      says: [fetches(0, 0)],
      state: 'catchingUp',
    },
  ]);

  test('and comes back with a snapshot of index 0 tells all it has, because it may vote (thesis 3.8)', () => {
    const stored = { base: { index: 0, term: 0, state }, first: 1, entries: [one, two] };
    const play = replica({ steps: [], stored });
    expect(take(play, joined)).toMatchObject([
      { type: 'replica.restored', index: 0 },
      appended(2, 1, 0),
      { type: 'replica.configured', voters },
    ]);
    expect(play.value).toBe('backup');
  });

  test('keeps entries that follow a snapshot with which it agrees (section 7)', () => {
    const play = replica({ steps: [formed, ...HOLDING] });
    take(play, part(0, text.length, 2));
    expect(play.snapshot.context).toMatchObject({ commit: 2, log: { offset: 2 }, durable: 3 });
    expect(termsOf(play)).toEqual([1]);
  });

  test('drops its log when a snapshot contradicts it (section 7)', () => {
    const play = replica({ steps: [formed, ...HOLDING, elected('c', 2)] });
    const data = { term: 2, index: 2, indexTerm: 2, offset: 0, total: text.length, data: text };
    const said = take(play, chunk('c', data));
    expect(play.snapshot.context).toMatchObject({ commit: 2, matched: 2, durable: 0 });
    expect(termsOf(play)).toEqual([]);
    expect(only(said, 'storage.write')).toMatchObject([{ removes: [{ until: 'log/~' }] }]);
    expect(take(play, written(2))).toMatchObject([acked('c', 2, 2)]);
  });

  test('skips entries that its snapshot holds already (section 7)', () => {
    const play = joining();
    takeAll(play, [part(0, text.length), prepare('a', 1, [1, 298], [one, two, three])]);
    expect(termsOf(play)).toEqual([1]);
    expect(play.snapshot.context.matched).toBe(301);
  });

  test('is heard by a new leader although its snapshot is not whole: it may be needed (section 5.4.1)', () => {
    const play = replica({ steps: [formed, ...HOLDING, part(0, half, 9)] });
    expect(play.value).toBe('catchingUp');
    take(play, elected('c', 2));
    const said = take(play, prepare('c', 2, [1, 3], [entry(2)]));
    expect(only(said, 'storage.write')).toHaveLength(1);
  });
});

describe('a restart', () => {
  const state = { voters, members: [] };

  test('gives back the snapshot and the entries that follow it, and nothing is committed anew (thesis 3.8)', () => {
    const stored = {
      base: { index: 4, term: 1, state },
      first: 3,
      entries: [1, 1, 2, 2].map((t) => entry(t)),
    };
    const play = replica({ steps: [], stored });
    expect(take(play, formed)).toMatchObject([
      { type: 'replica.restored', index: 4 },
      appended(6, 2, 4, 4),
      { type: 'replica.configured', voters },
    ]);
    expect(play.snapshot.context).toMatchObject({ term: 2, durable: 6, commit: 4 });
  });

  test('acknowledges nothing of a term older than the last vote (section 5.2)', () => {
    const stored = { base: null, first: 1, entries: [one] };
    // What the election says at its start comes before the group, and so before any message.
    const play = replica({ steps: [advanced(5), formed], stored });
    expect(take(play, prepare('a', 3, [0, 0], [one]))).toEqual([]);
    expect(play.snapshot.context).toMatchObject({ term: 5, leader: null });
  });
});

test('without a group a node has no log', () => {
  const play = new Play(replicaMachine, {
    ...{ id: 'b', store: 'sb', timing, stored: { base: null, first: 1, entries: [] } },
  });
  expect(takeAll(play, [elected('a', 1), prepare('a', 1, [0, 0], [one])])).toEqual([]);
  expect(play.value).toBe('alone');
});
