/**
 * Replicates the district's log: the primary orders commands and multicasts them, backups
 * acknowledge what is on their disks, a majority of the voters commits (primary-backup replication
 * with the log rules of Raft, Ongaro and Ousterhout 2014, sections 5.3, 5.4 and 7).
 *
 * Safety: a prepare is taken only where its predecessor matches; an acknowledgement says what is on
 * disk and equal to the primary's log; the term of what is acknowledged is never older than the
 * term this node has voted in, because `election.advanced` is heard before the vote is cast, and
 * after a restart before the first message.
 *
 * Departures: prepares are multicast once and loss is repaired by negative acknowledgement; the
 * heartbeat is the detector's beat, which says term, leader, index and commit; a node far behind
 * fetches the snapshot in parts at its own pace.
 */
import { and, assign, emit, enqueueActions, setup } from 'xstate';
import type { Ask, Emitted, FactAs, HeardAs, Stamped } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { accept, acknowledge, fetch, follow, forget, noteLeaderBeat, takeChunk } from './backup.ts';
import { initialState } from './district-state.ts';
import { lastIndexOf } from './log.ts';
import {
  flush,
  handToDisk,
  holdersOf,
  isDrained,
  noteAck,
  noteWritten,
  openTerm,
  propose,
  type Verdict,
} from './primary.ts';
import { noteBeat, repair, sendRest, serve } from './repair.ts';
import { configuration, type Replica, report, type StoredLog, type Turn } from './replication.ts';

/** Requests of this node that may wait for the primary's answer. */
const ASKED_MAX = 64;

export interface ReplicaInput {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
  readonly stored: StoredLog;
}

export type Events =
  | HeardAs<'replica.prepare' | 'replica.ack' | 'replica.nack' | 'replica.fetch' | 'replica.chunk'>
  | HeardAs<'replica.propose' | 'replica.answer' | 'detector.beat'>
  | FactAs<'genesis.formed' | 'election.advanced' | 'election.elected' | 'election.lost'>
  | FactAs<'storage.written' | 'node.stopping' | 'contract.changed'>
  | Stamped<Ask>;

const fresh = ({ id, store, timing, stored }: ReplicaInput): Replica => {
  const base = stored.base ?? { index: 0, term: 0, state: initialState([]) };
  const entries = stored.entries.slice(Math.max(0, base.index + 1 - stored.first));
  const log = { offset: base.index, offsetTerm: base.term, entries };
  return {
    id,
    store,
    timing,
    term: entries.at(-1)?.term ?? base.term,
    leader: null,
    base,
    log,
    state: base.state,
    commit: base.index,
    matched: base.index,
    durable: lastIndexOf(log),
    sent: lastIndexOf(log),
    ticket: 0,
    writes: [],
    followers: {},
    asked: [],
    nackedAt: null,
    serving: null,
    fetched: { index: 0, text: '' },
  };
};

const idle = (next: Replica): Turn => ({ next, says: [] });

/** Whether there is a state to build on: that of the founders, or a snapshot. */
const hasBase = ({ base }: Replica) => base.state.voters.length > 0;

/** An action that takes a step of a role, and reports what it did to the log. */
const turn = (step: (replica: Replica, event: Events) => Turn) =>
  enqueueActions<Replica, Events, undefined, Events, never, never, never, never, Emitted>(
    ({ context, event, enqueue }) => {
      const { next, says } = report(context, step(context, event));
      if (next !== context) enqueue.assign(next);
      for (const said of says) enqueue.emit(said);
    },
  );

const durable = (replica: Replica, event: Events): Replica => {
  if (event.type !== 'storage.written') return replica;
  const done = replica.writes.filter(({ ticket }) => ticket <= event.ticket);
  return {
    ...replica,
    durable: Math.max(replica.durable, ...done.map(({ index }) => index)),
    writes: replica.writes.filter(({ ticket }) => ticket > event.ticket),
  };
};

/** Tells whoever asked, here or elsewhere, what became of a command. */
const answer = (asked: HeardAs<'replica.propose'> | Stamped<Ask>, verdict: Verdict): Emitted[] => {
  const { ticket } = asked;
  const { problems, transient, index } = verdict;
  const said = {
    ticket,
    problems: problems.slice(0, 100),
    transient,
    ...(index !== undefined && { index }),
  };
  if (asked.type === 'replica.request') {
    return [{ type: 'replica.answered', owner: asked.owner, ...said }];
  }
  const message = { type: 'replica.answer' as const, ...said };
  const says: Emitted[] = [{ type: 'wire.send', to: asked.from, message }];
  const reason = `${asked.command.kind}: ${problems.join('; ')}`;
  return problems.length === 0 || transient
    ? says
    : [...says, { type: 'replica.refused', peer: asked.from, reason }];
};

/** Hands a request of this node to the primary, which answers by the ticket. */
const forward = (replica: Replica, { owner, ticket, command }: Stamped<Ask>): Turn => {
  const { leader, id } = replica;
  if (leader === null || leader === id) {
    const unled = { problems: ['no leader is known'], transient: true };
    return { next: replica, says: [{ type: 'replica.answered', owner, ticket, ...unled }] };
  }
  const sent = replica.ticket + 1;
  const asked = [...replica.asked.slice(1 - ASKED_MAX), { sent, owner, ticket }];
  const message = { type: 'replica.propose' as const, ticket: sent, command };
  return {
    next: { ...replica, ticket: sent, asked },
    says: [{ type: 'wire.send', to: leader, message }],
  };
};

export const replicaMachine = setup({
  types: {} as { input: ReplicaInput; context: Replica; events: Events; emitted: Emitted },
  delays: {
    retry: ({ context }) => context.timing.retryMs,
    /** Half of what membership waits for the handover: the other half is for the vote. */
    drain: ({ context }) => context.timing.probeTimeoutMs / 2,
  },
  guards: {
    isSelf: ({ context, event }) =>
      event.type === 'election.elected' && event.leader === context.id,
    /** Of a term that is over: what was heard since has brought this replica further. */
    isStale: ({ context, event }) => event.type === 'election.elected' && event.term < context.term,
    /** Who joins a group it did not found has nothing to build on until it has the snapshot. */
    isJoining: ({ context, event }) =>
      event.type === 'genesis.formed' && !hasBase(context) && !event.voters,
    hasBase: ({ context }) => hasBase(context),
    /** A leader’s beat that says more than this replica holds: most beats say nothing new. */
    isNews: ({ context: { term, leader, commit, matched }, event }) =>
      event.type === 'detector.beat' &&
      event.leader === event.from &&
      (event.term > term ||
        (event.term === term &&
          (event.from !== leader || event.commit > commit || event.index > matched))),
    isCurrent: ({ context, event }) => 'term' in event && event.term === context.term,
    isWritten: ({ event }) => event.type === 'storage.written' && event.owner === 'replica',
    isBehindLog: ({ context, event }) =>
      event.type === 'replica.chunk' && event.index > context.commit,
    /** Whoever else sends a state may make it up. */
    isOfLeader: ({ context, event }) =>
      event.type === 'replica.chunk' &&
      event.from === context.leader &&
      event.term === context.term,
    isDrained: ({ context }) => isDrained(context),
    isWhole: ({ context }) => context.fetched.text === '' && hasBase(context),
  },
  actions: {
    begin: assign(({ context: { base }, event }) => {
      const founded = event.type === 'genesis.formed' ? (event.voters ?? []) : [];
      const state = base.state.voters.length > 0 ? base.state : initialState(founded);
      return { base: { ...base, state }, state };
    }),
    tellStart: enqueueActions(({ context, enqueue }) => {
      const { base, log, matched, commit } = context;
      enqueue.emit({ type: 'replica.restored', ...base });
      enqueue.emit({
        type: 'replica.appended',
        index: lastIndexOf(log),
        term: log.entries.at(-1)?.term ?? log.offsetTerm,
        matched,
        commit,
      });
      for (const said of configuration(context)) enqueue.emit(said);
    }),
    lead: turn((replica, event) =>
      event.type === 'election.elected' ? openTerm(replica, event.term) : idle(replica),
    ),
    /** What waited for its turn is written, though not sent: a log on disk has no gap. */
    handToDisk: turn((replica) => handToDisk(replica)),
    follow: turn((replica, event) =>
      event.type === 'election.elected'
        ? { next: follow(replica, event.term, event.leader), says: [] }
        : idle(replica),
    ),
    accept: turn((replica, event) =>
      event.type === 'replica.prepare' ? accept(replica, event) : idle(replica),
    ),
    noteLeaderBeat: turn((replica, event) =>
      event.type === 'detector.beat' ? noteLeaderBeat(replica, event) : idle(replica),
    ),
    noteBeat: turn((replica, event) =>
      event.type === 'detector.beat' ? noteBeat(replica, event) : idle(replica),
    ),
    noteAck: turn((replica, event) =>
      event.type === 'replica.ack' ? noteAck(replica, event) : idle(replica),
    ),
    repair: turn((replica, event) =>
      event.type === 'replica.nack' ? repair(replica, event.from, event.index) : idle(replica),
    ),
    serve: turn((replica, event) =>
      event.type === 'replica.fetch' ? serve(replica, event.from, event) : idle(replica),
    ),
    fetch: turn((replica) => fetch(replica)),
    forgetSnapshot: turn((replica) => idle(forget(replica))),
    takeChunk: turn((replica, event) =>
      event.type === 'replica.chunk' ? takeChunk(replica, event) : idle(replica),
    ),
    noteDurable: turn((replica, event) => ({ next: durable(replica, event), says: [] })),
    noteWritten: turn((replica) => noteWritten(replica)),
    acknowledge: turn((replica) => acknowledge(replica)),
    propose: turn((replica, event) => {
      if (event.type !== 'replica.propose' && event.type !== 'replica.request')
        return idle(replica);
      const { next, verdict } = propose(replica, event.command);
      const flushed = flush(next);
      return { next: flushed.next, says: [...flushed.says, ...answer(event, verdict)] };
    }),
    forward: turn((replica, event) =>
      event.type === 'replica.request' ? forward(replica, event) : idle(replica),
    ),
    passAnswerOn: turn((replica, event) => {
      if (event.type !== 'replica.answer') return idle(replica);
      const asked = replica.asked.find(({ sent }) => sent === event.ticket);
      if (!asked) return idle(replica);
      const { owner, ticket } = asked;
      const { index, problems, transient } = event;
      const place = index !== undefined && { index };
      return {
        next: { ...replica, asked: replica.asked.filter((other) => other !== asked) },
        says: [{ type: 'replica.answered', owner, ticket, problems, transient, ...place }],
      };
    }),
    sendRest: turn((replica) => sendRest(replica)),
    tellDrained: emit(({ context }) => ({
      type: 'replica.drained' as const,
      holders: holdersOf(context),
    })),
    sayNoLeader: turn((replica, event) =>
      event.type === 'replica.propose' || event.type === 'replica.request'
        ? {
            next: replica,
            says: answer(event, { problems: ['this node does not lead'], transient: true }),
          }
        : idle(replica),
    ),
    advance: turn((replica, event) =>
      event.type === 'election.advanced' && event.term > replica.term
        ? idle({ ...replica, term: event.term, leader: null, matched: replica.commit })
        : idle(replica),
    ),
  },
}).createMachine({
  id: 'replica',
  context: ({ input }) => fresh(input),
  initial: 'alone',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
    'storage.written': { guard: 'isWritten', actions: ['noteDurable', 'acknowledge'] },
    'replica.answer': { actions: 'passAnswerOn' },
    'replica.propose': { actions: 'sayNoLeader' },
    'election.advanced': { actions: 'advance' },
  },
  states: {
    /** Without a group there is no log. */
    alone: {
      on: {
        'genesis.formed': [
          { guard: 'isJoining', target: 'catchingUp' },
          { target: 'backup', actions: ['begin', 'tellStart'] },
        ],
      },
    },
    backup: {
      on: {
        'election.elected': [
          { guard: 'isStale' },
          { guard: 'isSelf', target: 'primary', actions: 'lead' },
          { actions: 'follow' },
        ],
        'replica.prepare': { actions: 'accept' },
        'detector.beat': { guard: 'isNews', actions: 'noteLeaderBeat' },
        'replica.chunk': {
          guard: and(['isOfLeader', 'isBehindLog']),
          target: 'catchingUp',
          actions: 'takeChunk',
        },
        'replica.request': { actions: 'forward' },
      },
    },
    catchingUp: {
      entry: 'fetch',
      always: { guard: 'isWhole', target: 'backup' },
      after: { retry: { target: 'catchingUp', reenter: true } },
      on: {
        'election.elected': [
          { guard: 'isStale' },
          { guard: 'isSelf', target: 'primary', actions: 'lead' },
          // The next leader may need our acknowledgement before it has a snapshot that is newer.
          { guard: 'hasBase', target: 'backup', actions: ['follow', 'forgetSnapshot'] },
          { target: 'catchingUp', reenter: true, actions: 'follow' },
        ],
        'replica.chunk': { guard: 'isOfLeader', actions: 'takeChunk' },
        'replica.request': { actions: 'forward' },
      },
    },
    primary: {
      exit: 'handToDisk',
      on: {
        'election.elected': [
          { guard: 'isStale' },
          { guard: 'isSelf', actions: 'lead' },
          { target: 'backup', actions: 'follow' },
        ],
        'election.lost': 'backup',
        'election.advanced': { target: 'backup', actions: 'advance' },
        'storage.written': { guard: 'isWritten', actions: ['noteDurable', 'noteWritten'] },
        'replica.propose': { actions: 'propose' },
        'replica.request': { actions: 'propose' },
        'replica.ack': { guard: 'isCurrent', actions: 'noteAck' },
        'replica.nack': { guard: 'isCurrent', actions: 'repair' },
        'replica.fetch': { actions: 'serve' },
        'detector.beat': { actions: 'noteBeat' },
        'node.stopping': 'draining',
      },
    },
    /** Still primary, but takes no more commands, so that others can catch up (thesis 3.10). */
    draining: {
      entry: 'sendRest',
      initial: 'waiting',
      on: {
        'election.elected': [
          { guard: 'isStale' },
          { guard: 'isSelf', target: 'draining', reenter: true, actions: 'lead' },
          { target: 'backup', actions: 'follow' },
        ],
        'election.lost': 'backup',
        'election.advanced': { target: 'backup', actions: 'advance' },
        'storage.written': { guard: 'isWritten', actions: ['noteDurable', 'noteWritten'] },
        'replica.request': { actions: 'sayNoLeader' },
        'replica.ack': { guard: 'isCurrent', actions: 'noteAck' },
        'replica.nack': { guard: 'isCurrent', actions: 'repair' },
        'replica.fetch': { actions: 'serve' },
        'detector.beat': { actions: 'noteBeat' },
      },
      states: {
        waiting: { always: { guard: 'isDrained', target: 'drained' }, after: { drain: 'drained' } },
        drained: { entry: 'tellDrained' },
      },
    },
  },
});
