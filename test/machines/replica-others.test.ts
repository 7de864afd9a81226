/**
 * What a replica hears and must not heed: of other terms, of who does not lead, of writes that are not
 * its own; and what it does for others in each of its roles. (Raft, Ongaro and Ousterhout 2014,
 * sections 5 and 7; thesis 3.8, 3.10.)
 */
import { describe } from 'vitest';
import type { replicaMachine } from '../../machines/replica.ts';
import { lan } from '../../protocol/timing.ts';
import {
  ack,
  acked,
  admitting,
  advanced,
  answered,
  chunk,
  committed,
  elected,
  entry,
  formed,
  joined,
  nack,
  prepare,
  type ReplicaRow,
  replica,
  request,
  voters,
  written,
} from './log-words.ts';
import { heard } from './play.ts';
import { prove, sends } from './table.ts';

const timing = lan();
const { retryMs } = timing;
const contract = (rest: Partial<typeof timing>) => ({
  ...{ type: 'contract.changed' as const, timing: { ...timing, ...rest } },
  ...{ former: [], changes: [] },
});
/** A write of another concern, which counts by tickets of its own. */
const othersWritten = { type: 'storage.written' as const, owner: 'election', ticket: 9 };
const stopping = { type: 'node.stopping' as const };
const text = JSON.stringify({ voters, members: [] });
const whole = (from: string, term: number, index = 300) =>
  chunk(from, {
    ...{ term, index, indexTerm: 1, offset: 0, total: text.length },
    data: text,
  });
const answer = (ticket: number) =>
  heard('a', {
    type: 'replica.answer' as const,
    ...{ ticket, index: 7, problems: [], transient: false },
  });
const proposes = (ticket: number) => sends('a', { type: 'replica.propose', ticket });

/** a leads term 1, and its two entries are here. */
const FOLLOWING = [elected('a', 1), prepare('a', 1, [0, 0], [entry(1), entry(1)])];
/** b leads term 3, and its first entry is on its way to all. */
const LEADING = [elected('b', 3)];

const rows = (steps: readonly ReplicaRow['when'][], ...table: ReplicaRow[]) =>
  prove<typeof replicaMachine>(() => replica({ steps }), table);

describe('a backup', () => {
  rows(
    [formed, ...FOLLOWING],
    {
      proves: 'acknowledges nothing because something else was written (thesis 3.8)',
      when: othersWritten,
      says: [],
    },
    {
      proves: 'takes no snapshot of who does not lead',
      when: whole('c', 1),
      says: [],
      state: 'backup',
    },
    {
      proves: 'takes no snapshot of a former term',
      given: [elected('a', 2)],
      when: whole('a', 1),
      says: [],
      state: 'backup',
    },
    {
      proves: 'takes no snapshot of what it knows to be agreed on',
      given: [written(1), prepare('a', 1, [1, 2], [], 2)],
      when: whole('a', 1, 2),
      says: [],
      state: 'backup',
    },
    {
      proves: 'hands each request to the leader under a number of its own',
      given: [request(admitting('x'), 5)],
      when: request(admitting('y'), 6),
      says: [proposes(3)],
    },
    {
      proves: 'passes an answer on to whoever asked',
      given: [request(admitting('x'), 5), request(admitting('y'), 6)],
      when: answer(3),
      says: [{ ...answered(), ticket: 6, index: 7 }],
    },
    {
      proves: 'passes an answer on once',
      given: [request(admitting('x'), 5), answer(2)],
      when: answer(2),
      says: [],
    },
  );
});

describe('a node that catches up', () => {
  rows(
    [joined, elected('a', 1)],
    {
      proves: 'takes no snapshot of who does not lead',
      when: whole('c', 1),
      says: [],
      state: 'catchingUp',
    },
    {
      proves: 'takes no snapshot of a former term',
      given: [elected('a', 2)],
      when: whole('a', 1),
      says: [],
      state: 'catchingUp',
    },
    {
      proves: 'hands requests to the leader',
      when: request(admitting('x')),
      says: [proposes(1)],
    },
    {
      proves: 'asks again as soon as the contract of today says, and not before',
      given: [contract({ retryMs: retryMs * 3 }), retryMs],
      when: retryMs * 2 - 1,
      says: [],
    },
  );
});

describe('a primary', () => {
  rows(
    [formed, ...LEADING],
    {
      proves: 'counts its own disk only when its own entry is on it (thesis 3.8)',
      given: [othersWritten],
      when: ack('a', 3, 1),
      says: [],
    },
    {
      proves: 'and then does',
      given: [written(1)],
      when: ack('a', 3, 1),
      says: [{ type: 'replica.appended' }, committed(1, 3), {}],
    },
    {
      proves: 'repairs nobody who speaks of another term',
      when: nack('a', 1, 0),
      says: [],
    },
  );
});

describe('a primary that stops', () => {
  rows(
    [formed, ...LEADING, written(1), request(admitting('x')), stopping],
    {
      proves: 'counts its own disk only when its own entry is on it (thesis 3.8)',
      given: [othersWritten],
      when: ack('a', 3, 2),
      says: [{ type: 'replica.appended' }, committed(1, 3), { type: 'replica.drained' }],
    },
    {
      proves: 'counts an acknowledgement of another term for nothing',
      when: ack('a', 1, 2),
      says: [],
      state: { draining: 'waiting' },
    },
    {
      proves: 'repairs nobody who speaks of another term',
      when: nack('a', 1, 0),
      says: [],
    },
    {
      proves: 'follows whoever is elected meanwhile, and takes his entries',
      given: [elected('c', 4)],
      when: prepare('c', 4, [3, 2], [entry(4, 'c')]),
      says: [{ type: 'replica.appended' }, { type: 'storage.write' }],
      state: 'backup',
    },
    {
      proves: 'is no primary in the next term, whoever leads it',
      given: [advanced(4)],
      when: ack('a', 3, 2),
      says: [],
      state: 'backup',
    },
    {
      proves: 'does not follow who was elected in a term that is over',
      when: elected('c', 2),
      says: [],
      state: { draining: 'waiting' },
    },
  );
});

describe('acknowledgements', () => {
  rows([formed, ...FOLLOWING], {
    proves: 'come when the own write is done, whatever else was written before',
    given: [othersWritten],
    when: written(1),
    says: [acked('a', 1, 2)],
  });
});
