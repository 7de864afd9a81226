/**
 * A primary that stops, sentence by sentence: it takes no more commands, brings a successor up to
 * date, and says who it is. (Ongaro's thesis, section 3.10.)
 */
import { describe, expect, test } from 'vitest';
import type { replicaMachine } from '../../machines/replica.ts';
import { ALL } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import {
  ack,
  admitting,
  advanced,
  answered,
  beat,
  committed,
  elected,
  formed,
  lost,
  nack,
  prepared,
  type ReplicaRow,
  replica,
  request,
  voter,
  written,
} from './log-words.ts';
import { heard, only, sent } from './play.ts';
import { prove, sends, take, takeAll } from './table.ts';

const { probeTimeoutMs } = lan();
const stopping = { type: 'node.stopping' as const };
const drained = (...holders: string[]) => ({ type: 'replica.drained', holders });
/** b leads term 1, and all it has is committed. */
const OPEN = [elected('b', 1), written(1), ack('a', 1, 1)];
/** And another entry is on its way when it is asked to stop. */
const STOPPED = [...OPEN, request(admitting('b')), stopping];

const rows = (...table: ReplicaRow[]) => prove<typeof replicaMachine>(() => replica(), table);

describe('a primary that is asked to stop', () => {
  rows(
    {
      proves: 'is done at once when another voter holds all it has',
      given: OPEN,
      when: stopping,
      says: [drained('a')],
      state: { draining: 'drained' },
    },
    {
      proves: 'waits for a voter that holds all, and sends again what is not committed',
      given: [...OPEN, request(admitting('b'))],
      when: stopping,
      says: [prepared(ALL, [1, 1], [1])],
      state: { draining: 'waiting' },
    },
    {
      proves: 'is done when a voter has acknowledged the last entry',
      given: STOPPED,
      when: ack('c', 1, 2),
      says: [drained('c')],
    },
    {
      proves: 'goes on committing',
      given: [...STOPPED, written(2)],
      when: ack('c', 1, 2),
      says: [{ type: 'replica.appended' }, committed(2, 1), {}, drained('c')],
    },
    {
      proves: 'does not wait for who does not vote, nor for another store',
      given: [...STOPPED, ack('x', 1, 2)],
      when: ack('c', 1, 2, 'another'),
      says: [],
      state: { draining: 'waiting' },
    },
    {
      proves: 'waits no longer than there is time to vote, and says that nobody holds all',
      given: STOPPED,
      when: probeTimeoutMs / 2,
      says: [drained()],
      state: { draining: 'drained' },
    },
    {
      proves: 'takes no more commands, for the time being: there will be a leader',
      given: STOPPED,
      when: request(admitting('x')),
      says: [{ ...answered('this node does not lead'), transient: true }],
    },
    {
      proves: 'takes no more commands of others either',
      given: STOPPED,
      when: heard('a', { type: 'replica.propose', ticket: 7, command: admitting('a') }),
      says: [sends('a', { type: 'replica.answer', ticket: 7, transient: true })],
    },
    {
      proves: 'goes on repairing who asks for entries',
      given: STOPPED,
      when: nack('c', 1, 1),
      says: [prepared('c', [1, 1], [1])],
    },
    {
      proves: 'goes on repairing who stands still',
      given: [...STOPPED, beat('c', 1, { leader: 'b', index: 1 })],
      when: beat('c', 1, { leader: 'b', index: 1 }),
      says: [prepared('c', [1, 1], [1])],
    },
    {
      proves: 'follows its successor',
      given: STOPPED,
      when: elected('c', 2),
      state: 'backup',
      context: { leader: 'c', term: 2 },
    },
    { proves: 'steps down for a newer term', given: STOPPED, when: advanced(2), state: 'backup' },
    { proves: 'steps down with the election', given: STOPPED, when: lost(1), state: 'backup' },
    {
      proves: 'that is elected again all the same opens its term, and drains that',
      given: STOPPED,
      when: elected('b', 2),
      state: { draining: 'waiting' },
      context: { term: 2, leader: 'b' },
    },
  );

  test('that votes alone waits for nobody', () => {
    const play = replica({ steps: [{ ...formed, voters: [voter('b')] }, elected('b', 1)] });
    expect(take(play, stopping)).toContainEqual(drained());
  });

  test('has written and sent all that waited for its turn', () => {
    const play = replica({ steps: [formed, elected('b', 1)] });
    takeAll(play, [request(admitting('b')), request(admitting('x')), request(admitting('y'))]);
    const said = take(play, stopping);
    expect(only(said, 'storage.write')).toMatchObject([{ ticket: 3, puts: [{}, {}] }]);
    expect(sent(said)).toMatchObject([
      { to: ALL, message: { prevIndex: 0, entries: [{}, {}, {}, {}] } },
    ]);
  });
});
