/** Enrolment, sentence by sentence: how a node gets into the replicated state, and stays there. */
import { describe, expect, test } from 'vitest';
import { type EnrolmentInput, enrolmentMachine } from '../../machines/enrolment.ts';
import type { Member } from '../../protocol/command.ts';
import { lan } from '../../protocol/timing.ts';
import { crossroad } from '../e2e/crossroads.ts';
import { elected } from './log-words.ts';
import { Play } from './play.ts';
import { isPlain, prove, type Row } from './table.ts';

const timing = lan();
const input: EnrolmentInput = {
  id: 'n1',
  store: 's1',
  timing,
  intersection: crossroad(1),
  links: [],
};
const me: Member = { node: 'n1', store: 's1', intersection: crossroad(1), links: [] };
const commits = (member: Member) => ({
  type: 'replica.committed' as const,
  ...{ index: 1, term: 1, command: { kind: 'district.admit' as const, ...member } },
});
const dismissed = (node: string) => ({
  type: 'replica.committed' as const,
  ...{ index: 2, term: 1, command: { kind: 'district.dismiss' as const, node } },
});
const restored = (...members: Member[]) => ({
  type: 'replica.restored' as const,
  ...{ index: 1, term: 1, state: { voters: [], members } },
});
const answered = (problems: string[], transient = false, owner = 'enrolment') => ({
  type: 'replica.answered' as const,
  ...{ owner, ticket: 1, problems, transient },
});
const asks = {
  type: 'replica.request',
  owner: 'enrolment',
  command: { kind: 'district.admit', ...me },
};
const play = () => new Play(enrolmentMachine, input);
const rows = (...table: Row<typeof enrolmentMachine>[]) => prove(play, table);

test('an observer asks for nothing', () => {
  const observer = new Play(enrolmentMachine, { ...input, isObserver: true });
  observer.hear(elected('a', 1));
  expect(observer.pass(timing.retryMs * 3)).toEqual([]);
});

describe('a node', () => {
  rows(
    { proves: 'asks to be admitted when there is a leader', when: elected('a', 1), says: [asks] },
    {
      proves: 'asks again for as long as it is not admitted',
      given: [elected('a', 1)],
      when: timing.retryMs * 2,
      says: [asks, asks],
    },
    {
      proves: 'asks again when nobody led for the moment',
      given: [elected('a', 1), answered(['no leader is known'], true)],
      when: timing.retryMs,
      says: [asks],
      state: 'asking',
    },
    {
      proves: 'is not enrolled by an answer: only by the commit',
      given: [elected('a', 1)],
      when: answered([]),
      says: [],
      state: 'asking',
    },
    {
      proves: 'is enrolled when its own description is committed',
      given: [elected('a', 1)],
      when: commits(me),
      says: [{ type: 'enrolment.enrolled' }],
      state: 'enrolled',
    },
    {
      proves: 'is not enrolled by the description of another store of it',
      given: [elected('a', 1)],
      when: commits({ ...me, store: 'old' }),
      says: [],
      state: 'asking',
    },
    {
      proves: 'is not enrolled by the description of another node',
      given: [elected('a', 1)],
      when: commits({ ...me, node: 'n2' }),
      says: [],
      state: 'asking',
    },
    {
      proves: 'is enrolled by a snapshot that holds it, and asks nothing',
      when: restored(me),
      says: [{ type: 'enrolment.enrolled' }],
      state: 'enrolled',
    },
    {
      proves: 'asks no more once it is enrolled',
      given: [elected('a', 1), commits(me), elected('c', 2)],
      when: timing.retryMs * 3,
      says: [],
    },
    {
      proves: 'is refused with all the reasons',
      given: [elected('a', 1)],
      when: answered(['one', 'two']),
      says: [{ type: 'enrolment.refused', reason: 'one; two' }],
      state: 'refused',
    },
    {
      proves: 'asks no more once it is refused',
      given: [elected('a', 1), answered(['one'])],
      when: timing.retryMs * 3,
      says: [],
    },
    {
      proves: 'minds no answer to another concern',
      given: [elected('a', 1)],
      when: answered(['one'], false, 'electorate'),
      says: [],
      state: 'asking',
    },
    {
      proves: 'asks anew when it was dismissed',
      given: [restored(me)],
      when: dismissed('n1'),
      says: [asks],
      state: 'asking',
    },
    {
      proves: 'is not dismissed with another',
      given: [restored(me)],
      when: dismissed('n2'),
      says: [],
      state: 'enrolled',
    },
    {
      proves: 'asks anew when a snapshot does not hold it any more',
      given: [restored(me)],
      when: restored(),
      says: [asks],
      state: 'asking',
    },
  );
});

test('the order of keys in a description does not matter', () => {
  const node = play();
  const turned = Object.fromEntries(Object.entries(me).reverse()) as Member;
  node.hear(restored(turned));
  expect(node.value).toBe('enrolled');
});

test('the context is plain JSON', () => {
  expect(isPlain(play().snapshot.context)).toBe(true);
});
