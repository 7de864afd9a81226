/**
 * The data of a replica and what both of its roles do with it: apply, compact, remember. Pure
 * neighbour of `replica.ts`.
 */
import type { Entry, State, Voter } from '../protocol/command.ts';
import type { Emitted } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { apply } from './district-state.ts';
import {
  dropThrough,
  entriesAfter,
  LOG_END,
  type Log,
  lastChangeIn,
  lastIndexOf,
  lastTermOf,
  logKey,
  termAt,
} from './log.ts';

/** Entries after which a snapshot replaces them. */
const COMPACT_AFTER = 256;
/** Entries kept behind a snapshot, to repair backups that are a little late. */
const TAIL = 128;

/** The state at `index`, which stands for every entry up to it. */
export interface Base {
  readonly index: number;
  readonly term: number;
  readonly state: State;
}

/** What a store gives back after a restart. */
export interface StoredLog {
  readonly base: Base | null;
  /** Entries in order; the first has the index `first`. */
  readonly first: number;
  readonly entries: readonly Entry[];
}

export interface Follower {
  readonly store: string;
  /** Acknowledged: on its disk, and equal to ours, up to here. */
  readonly match: number;
  /** What its last beat said it holds. */
  readonly beatIndex: number;
}

export interface Replica {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
  readonly term: number;
  readonly leader: string | null;
  readonly base: Base;
  readonly log: Log;
  /** The state at `commit`. */
  readonly state: State;
  readonly commit: number;
  /** The log equals the leader's of `term` up to here. */
  readonly matched: number;
  /** On our disk up to here. */
  readonly durable: number;
  /** Handed to the network and the disk up to here. */
  readonly sent: number;
  readonly ticket: number;
  /** Writes under way: when `ticket` is written, the log is durable up to `index`. */
  readonly writes: readonly { readonly ticket: number; readonly index: number }[];
  readonly followers: Readonly<Record<string, Follower>>;
  /** Requests sent to the primary, by our ticket. */
  readonly asked: readonly {
    readonly sent: number;
    readonly owner: string;
    readonly ticket: number;
  }[];
  /** When it last asked for what is missing; null, when it may ask at once. */
  readonly nackedAt: number | null;
  /** As primary: the snapshot that is being fetched. */
  readonly serving: { readonly index: number; readonly term: number; readonly text: string } | null;
  /** As backup: the snapshot that has come so far. */
  readonly fetched: { readonly index: number; readonly text: string };
}

/** What a step of a role comes to: new data, and what is said. */
export interface Turn {
  readonly next: Replica;
  readonly says: readonly Emitted[];
}

/** The voters in force: those of the last change in the log, committed or not. */
export const votersOf = ({ base, log }: Replica): { voters: readonly Voter[]; index: number } => {
  const last = lastChangeIn(log);
  const change = log.entries[last]?.command;
  const index = log.offset + last + 1;
  if (change?.kind === 'voters.change' && index > base.index)
    return { voters: change.voters, index };
  return { voters: base.state.voters, index: base.index };
};

/** Those who voted before a change that is not known to be committed; none, when there is no such. */
const formerOf = ({ state }: Replica, voters: readonly Voter[]): readonly Voter[] => {
  // The state has them sorted, an entry as its leader put them.
  const isAmong = ({ node, store }: Voter) =>
    voters.some((voter) => voter.node === node && voter.store === store);
  const isSame = state.voters.length === voters.length && state.voters.every(isAmong);
  return isSame ? [] : state.voters;
};

/** What is said of who votes, when there is anybody. */
export const configuration = (replica: Replica): Emitted[] => {
  const { voters, index } = votersOf(replica);
  if (voters.length === 0) return [];
  const former = formerOf(replica, voters);
  const before = former.length > 0 ? { former: [...former] } : {};
  return [{ type: 'replica.configured', voters: [...voters], ...before, index }];
};

/** The state with the entries that are not committed yet applied too. */
export const tentativeState = ({ state, log, commit }: Replica): State =>
  entriesAfter(log, commit, Number.POSITIVE_INFINITY).reduce(
    (reached, { command }) => apply(reached, command),
    state,
  );

/** Commits up to `index`: applies, tells each command, and compacts when there is enough. */
export const commitThrough = (replica: Replica, index: number): Turn => {
  if (index <= replica.commit) return { next: replica, says: [] };
  let state = replica.state;
  const says: Emitted[] = [];
  entriesAfter(replica.log, replica.commit, index - replica.commit).forEach((entry, k) => {
    state = apply(state, entry.command);
    says.push({
      type: 'replica.committed',
      index: replica.commit + k + 1,
      term: entry.term,
      command: entry.command,
    });
  });
  const compacted = compact({ ...replica, state, commit: index });
  return { next: compacted.next, says: [...says, ...compacted.says] };
};

const compact = (replica: Replica): Turn => {
  const { base, commit, log, state } = replica;
  if (commit - base.index < COMPACT_AFTER || replica.durable < commit) {
    return { next: replica, says: [] };
  }
  const snapshot: Base = { index: commit, term: termAt(log, commit) ?? log.offsetTerm, state };
  const kept = dropThrough(log, Math.max(log.offset, commit - TAIL));
  const ticket = replica.ticket + 1;
  return {
    next: { ...replica, base: snapshot, log: kept, ticket },
    says: [
      {
        type: 'storage.write',
        owner: 'replica',
        ticket,
        puts: [{ key: 'base', value: snapshot }],
        removes: [{ from: logKey(0), until: logKey(kept.offset + 1) }],
      },
    ],
  };
};

/** Writes the log from `from` on; whatever stood there or after it is removed first. */
export const writeFrom = (replica: Replica, from: number): Turn => {
  const ticket = replica.ticket + 1;
  const last = lastIndexOf(replica.log);
  const puts = entriesAfter(replica.log, from - 1, Number.POSITIVE_INFINITY).map((value, k) => ({
    key: logKey(from + k),
    value,
  }));
  // Writes of entries that are replaced say nothing any more about what follows `from`.
  const standing = replica.writes.map((write) => ({
    ...write,
    index: Math.min(write.index, from - 1),
  }));
  return {
    next: {
      ...replica,
      ticket,
      durable: Math.min(replica.durable, from - 1),
      writes: [...standing, { ticket, index: last }],
    },
    says: [
      {
        type: 'storage.write',
        owner: 'replica',
        ticket,
        puts,
        removes: [{ from: logKey(from), until: LOG_END }],
      },
    ],
  };
};

/** What the rest of the node hears after every step: where the log ends, and who votes. */
export const report = (before: Replica, { next, says }: Turn): Turn => {
  if (next === before) return { next, says };
  const more: Emitted[] = [];
  const [voted, vote] = [votersOf(before).voters, votersOf(next).voters];
  const isFormer = areSame(formerOf(before, voted), formerOf(next, vote));
  if (!areSame(voted, vote) || !isFormer) more.push(...configuration(next));
  const [was, is] = [endOf(before), endOf(next)];
  const { commit } = next;
  const isMoved =
    was.index !== is.index ||
    was.term !== is.term ||
    was.matched !== is.matched ||
    commit !== before.commit;
  if (isMoved) more.push({ type: 'replica.appended', ...is, commit });
  return { next, says: [...more, ...says] };
};

/**
 * Where the log ends for others. What a primary has not yet handed to its disk and to the network is
 * nobody's yet: it was not acknowledged, so no vote may rest on it, and one word will do for all of
 * it when it goes out.
 */
const endOf = ({ id, leader, log, sent, matched }: Replica) => {
  const last = lastIndexOf(log);
  const index = leader === id ? Math.min(sent, last) : last;
  return {
    index,
    term: termAt(log, index) ?? lastTermOf(log),
    matched: Math.min(matched, index),
  };
};

const areSame = (some: readonly Voter[], others: readonly Voter[]): boolean =>
  some === others ||
  (some.length === others.length &&
    some.every(({ node, store }, k) => node === others[k]?.node && store === others[k]?.store));
