/**
 * What a replica does as backup: it takes the primary's entries in order, acknowledges what is on
 * its disk, asks for what it lacks. Pure neighbour of `replica.ts`.
 */
import { Compile } from 'typebox/compile';
import { type State, stateSchema } from '../protocol/command.ts';
import type { Emitted, HeardAs } from '../protocol/event.ts';
import { entriesAfter, LOG_END, lastIndexOf, logKey, replaceAfter, termAt } from './log.ts';
import { sharing } from './map.ts';
import {
  type Base,
  commitThrough,
  type Replica,
  type Turn,
  votersOf,
  writeFrom,
} from './replication.ts';

const stateCheck = Compile(stateSchema);

const nothing = (next: Replica): Turn => ({ next, says: [] });

/** Without what has come of a snapshot. */
export const forget = (replica: Replica): Replica =>
  replica.fetched.text === '' ? replica : { ...replica, fetched: { index: 0, text: '' } };

/** Follows the leader of a term. What matches its log is known only for what is committed. */
export const follow = (replica: Replica, term: number, leader: string): Replica =>
  term === replica.term && leader === replica.leader
    ? replica
    : { ...replica, term, leader, matched: replica.commit, serving: null };

/** Whether somebody speaks as a leader who is none: the term is over, or it has another one. */
const isUsurper = (replica: Replica, { term, from }: { term: number; from: string }): boolean =>
  term < replica.term ||
  (term === replica.term && replica.leader !== null && replica.leader !== from);

/** Takes entries, if they follow on what is here; otherwise asks for what lies between. */
export const accept = (replica: Replica, event: HeardAs<'replica.prepare'>): Turn => {
  if (isUsurper(replica, event)) return nothing(replica);
  const following = follow(replica, event.term, event.from);
  const { log, base, commit } = following;
  // What a snapshot holds is committed, so it matches: skip it.
  const skipped = Math.max(0, base.index - event.prevIndex, log.offset - event.prevIndex);
  const prevIndex = event.prevIndex + skipped;
  const entries = event.entries.slice(skipped);
  if (skipped > event.entries.length) return nothing(following);
  if (skipped === 0 && termAt(log, prevIndex) !== event.prevTerm) {
    // A gap: what follows our end. A contradiction: all that is not committed, in one step.
    const isGap = prevIndex > lastIndexOf(log);
    return complain(following, isGap ? lastIndexOf(log) : commit, event.at);
  }
  const firstNew = entries.findIndex((entry, k) => termAt(log, prevIndex + 1 + k) !== entry.term);
  const matched = Math.max(following.matched, prevIndex + entries.length);
  const taken = { ...following, matched };
  if (firstNew < 0) return settle(taken, event.commit, entries.length > 0 ? acksOf(taken) : []);
  const from = prevIndex + 1 + firstNew;
  const replaced = replaceAfter(log, from - 1, entries.slice(firstNew));
  // What was missing may have come: what is missing next may be asked for at once.
  const written = writeFrom({ ...taken, log: replaced, nackedAt: null }, from);
  return settle(written.next, event.commit, written.says);
};

const settle = (replica: Replica, commit: number, says: readonly Emitted[]): Turn => {
  const committed = commitThrough(replica, Math.min(commit, replica.matched));
  return { next: committed.next, says: [...says, ...committed.says] };
};

const acksOf = (replica: Replica): Emitted[] => {
  const { id, store, term, leader, durable, matched } = replica;
  if (!votersOf(replica).voters.some((voter) => voter.node === id && voter.store === store)) {
    return [];
  }
  const message = { type: 'replica.ack' as const, term, store, index: Math.min(durable, matched) };
  return [{ type: 'wire.send', to: leader ?? id, message }];
};

/**
 * Tells the primary what has reached the disk. Only a voter does, because no other is counted; who
 * becomes one by an entry of the log acknowledges that entry, and with it all before.
 */
export const acknowledge = (replica: Replica): Turn =>
  replica.leader === null || replica.leader === replica.id
    ? nothing(replica)
    : { next: replica, says: acksOf(replica) };

const complain = (replica: Replica, index: number, now: number): Turn => {
  const { nackedAt, leader, timing } = replica;
  const isAsked = nackedAt !== null && now - nackedAt < timing.repairMs;
  if (isAsked || leader === null) return nothing(replica);
  return {
    next: { ...replica, nackedAt: now },
    says: [
      {
        type: 'wire.send',
        to: leader,
        message: { type: 'replica.nack', term: replica.term, index },
      },
    ],
  };
};

/** The leader's beat says how far it has come: commit what matches, ask for what is missing. */
export const noteLeaderBeat = (replica: Replica, event: HeardAs<'detector.beat'>): Turn => {
  if (isUsurper(replica, event) || event.leader !== event.from) return nothing(replica);
  const following = follow(replica, event.term, event.from);
  const settled = settle(following, event.commit, []);
  if (settled.next.matched >= event.index) return settled;
  const asked = complain(settled.next, settled.next.matched, event.at);
  return { next: asked.next, says: [...settled.says, ...asked.says] };
};

/** Asks for the snapshot, from where the last part ended. */
export const fetch = (replica: Replica): Turn => {
  if (replica.leader === null || replica.leader === replica.id) return nothing(replica);
  const { index, text } = replica.fetched;
  return {
    next: replica,
    says: [
      {
        type: 'wire.send',
        to: replica.leader,
        message: { type: 'replica.fetch', term: replica.term, index, offset: text.length },
      },
    ],
  };
};

/** Takes a part of the snapshot: asks for the next, or installs the whole. */
export const takeChunk = (
  replica: Replica,
  { index, indexTerm, offset, total, data }: HeardAs<'replica.chunk'>,
): Turn & { isWhole: boolean } => {
  // What is asked for is not there any more, or never was: asking on would bring this again.
  if (index < replica.commit) return { ...nothing(forget(replica)), isWhole: false };
  const so = index === replica.fetched.index ? replica.fetched.text : '';
  if (offset !== so.length) return { ...nothing(replica), isWhole: false };
  const text = so + data;
  const fetched = { index, text };
  if (text.length < total) return { ...fetch({ ...replica, fetched }), isWhole: false };
  const state = parseState(text);
  const empty = forget(replica);
  if (!state) return { ...nothing(empty), isWhole: false };
  return { ...install(empty, { index, term: indexTerm, state }), isWhole: true };
};

/** Snapshots shared by the nodes of one process. */
const SNAPSHOTS_MAX = 2;
const snapshots = sharing<State | undefined>(SNAPSHOTS_MAX);

const parseState = (text: string): State | undefined =>
  snapshots(text, () => {
    try {
      const value: unknown = JSON.parse(text);
      return stateCheck.Check(value) ? value : undefined;
    } catch {
      return undefined;
    }
  });

const install = (replica: Replica, base: Base): Turn => {
  const { index, term, state } = base;
  const ticket = replica.ticket + 1;
  // Entries after the snapshot are kept when the log agrees with it at its end.
  const agrees = termAt(replica.log, index) === term;
  const entries = agrees ? entriesAfter(replica.log, index, Number.POSITIVE_INFINITY) : [];
  const log = { offset: index, offsetTerm: term, entries };
  const next: Replica = {
    ...replica,
    base,
    log,
    state,
    commit: index,
    matched: Math.max(index, agrees ? replica.matched : index),
    durable: agrees ? replica.durable : 0,
    writes: [...replica.writes.filter(() => agrees), { ticket, index: lastIndexOf(log) }],
    ticket,
  };
  return {
    next,
    says: [
      {
        type: 'storage.write',
        owner: 'replica',
        ticket,
        puts: [{ key: 'base', value: base }],
        removes: [{ from: logKey(0), until: agrees ? logKey(index + 1) : LOG_END }],
      },
      { type: 'replica.restored', index, term, state },
    ],
  };
};
