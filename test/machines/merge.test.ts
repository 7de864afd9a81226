/** Merging, sentence by sentence: which of two groups yields, when, and what is said of it. */
import { describe, expect, test } from 'vitest';
import { mergeMachine } from '../../machines/merge.ts';
import { groupName, isAbove, rankOf } from '../../machines/rank.ts';
import { ALL } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import { heard, Play } from './play.ts';
import { isPlain, prove, type Row, sends, take } from './table.ts';

const timing = lan();
const OURS = '1.3.b.00000000';
const ABOVE = '1.5.a.00000000';
const BELOW = '1.2.x.00000000';
const play = () => new Play(mergeMachine, { id: 'b', district: 'town', timing });
const rows = (...table: Row<typeof mergeMachine>[]) => prove(play, table);

const formed = { type: 'genesis.formed' as const, group: OURS };
const elected = (leader: string) => ({ type: 'election.elected' as const, leader, term: 1 });
const lost = { type: 'election.lost' as const, term: 1, reason: 'silent' };
const sighted = (group: string, leader: string | null = 'z') => ({
  type: 'membership.sighted' as const,
  ...{ peer: 'y', store: 'sy', group, phase: 'member', host: 'h', port: 1 },
  ...(leader !== null && { leader }),
});
const welcome = (group: string) => ({
  ...heard('z', { type: 'merge.welcome', district: 'town' }),
  group,
});
const ask = (wanted: string) => heard('y', { type: 'merge.ask', district: 'town', wanted });
const written = { type: 'storage.written' as const, owner: 'merge', ticket: 1 };
const patienceMs = timing.electionTimeoutMs + timing.heartbeatTimeoutMs;

describe('a node that sights another group', () => {
  rows(
    {
      proves: 'asks for the leader of a group that ranks above its own',
      given: [formed, elected('a')],
      when: sighted(ABOVE),
      says: [sends(ALL, { type: 'merge.ask', district: 'town', wanted: ABOVE })],
      state: 'asking',
    },
    {
      proves: 'heeds no group that ranks below its own',
      given: [formed, elected('a')],
      when: sighted(BELOW),
      says: [],
      state: 'watching',
    },
    {
      proves: 'heeds no group without a leader, whatever its rank',
      given: [formed],
      when: sighted(ABOVE, null),
      says: [],
      state: 'watching',
    },
    {
      proves: 'heeds no node of its own group, and none without a group',
      given: [formed, sighted(OURS)],
      when: sighted(''),
      says: [],
      state: 'watching',
    },
    {
      proves: 'without a group of its own has nothing to leave',
      when: sighted(ABOVE),
      says: [],
      state: 'alone',
    },
    {
      proves: 'does not leave its group for a lower one while it may be electing a leader',
      given: [formed, elected('a'), lost, patienceMs - 1],
      when: sighted(BELOW),
      says: [],
      state: 'watching',
    },
    {
      proves: 'asks for the leader of a lower one when it has known none for longer than that',
      given: [formed, elected('a'), lost, patienceMs],
      when: sighted(BELOW),
      says: [sends(ALL, { type: 'merge.ask', wanted: BELOW })],
    },
    {
      proves: 'so too when it never knew a leader of its group',
      given: [formed, patienceMs],
      when: sighted(BELOW),
      says: [sends(ALL, { type: 'merge.ask', wanted: BELOW })],
    },
    {
      proves: 'yields when that leader answers: its store is to be another, of the other group',
      given: [formed, sighted(ABOVE)],
      when: welcome(ABOVE),
      says: [
        {
          type: 'storage.reset',
          owner: 'merge',
          puts: [{ key: 'group', value: { group: ABOVE, voters: [] } }],
        },
      ],
      state: 'yielding',
    },
    {
      proves: 'does not yield to a group it did not ask for',
      given: [formed, sighted(ABOVE)],
      when: welcome('1.4.c.00000000'),
      says: [],
      state: 'asking',
    },
    {
      proves: 'does not yield to a lower group when its own has a leader again',
      given: [formed, patienceMs, sighted(BELOW), elected('a')],
      when: welcome(BELOW),
      says: [],
      state: 'asking',
    },
    {
      proves: 'stays when the leader does not answer: where it is not heard it has no business',
      given: [formed, sighted(ABOVE)],
      when: timing.retryMs,
      says: [],
      state: 'watching',
    },
    {
      proves: 'does not yield to an answer that comes late',
      given: [formed, sighted(ABOVE), timing.retryMs],
      when: welcome(ABOVE),
      says: [],
      state: 'watching',
    },
    {
      proves: 'has left its group when that is written, and not before',
      given: [formed, sighted(ABOVE), welcome(ABOVE), { ...written, owner: 'replica' }],
      when: written,
      says: [{ type: 'merge.yielded', group: ABOVE }],
      state: 'yielded',
    },
  );
});

describe('a node that is asked', () => {
  rows(
    {
      proves: 'answers as the leader of the group that is wanted',
      given: [formed, elected('b')],
      when: ask(OURS),
      says: [sends('y', { type: 'merge.welcome', district: 'town' })],
    },
    {
      proves: 'does not answer for a leader',
      given: [formed, elected('a')],
      when: ask(OURS),
      says: [],
    },
    {
      proves: 'does not answer when it leads no longer',
      given: [formed, elected('b'), lost],
      when: ask(OURS),
      says: [],
    },
    {
      proves: 'does not answer for another group',
      given: [formed, elected('b')],
      when: ask(ABOVE),
      says: [],
    },
    {
      proves: 'answers nobody once it yields itself',
      given: [formed, elected('b'), sighted(ABOVE), welcome(ABOVE)],
      when: ask(OURS),
      says: [],
    },
  );
});

describe('the rank of a group', () => {
  const origin = { generation: 1, founders: 3, node: 'n1', store: 's', round: 1 };

  test('stands in its name, which is short and is like no other', () => {
    const names = [1, 2, 3].map((round) => groupName({ ...origin, round }));
    names.push(groupName({ ...origin, store: 't' }));
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^1\.3\.n1\.[0-9a-f]{8}$/);
    expect(groupName({ ...origin, node: 'n'.repeat(64), founders: 1000 }).length).toBeLessThan(64);
    expect(rankOf(names[0] as string)).toEqual({ generation: 1, founders: 3 });
  });

  test('is the later generation, then more founders, then the lesser name', () => {
    const order = ['3.1.z.0', '2.1.z.0', '1.10.b.0', '1.9.a.0', '1.9.b.0', '1.9.b.1', 'g', 'h'];
    for (const [k, one] of order.entries()) {
      for (const [m, other] of order.entries()) expect(isAbove(one, other)).toBe(k < m);
    }
  });
});

test('the context is plain JSON', () => {
  const node = play();
  for (const step of [formed, elected('a'), lost, sighted(ABOVE), welcome(ABOVE), written]) {
    take(node, step);
    expect(isPlain(node.snapshot.context)).toBe(true);
  }
});
