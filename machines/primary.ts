/**
 * What a replica does as primary: it orders commands, multicasts them once, counts
 * acknowledgements of voters. Pure neighbour of `replica.ts`; what was lost is `repair.ts`.
 *
 * Commits only entries of its own term by counting (Raft section 5.4.2).
 */
import { type Command, type Entry, VOTERS_MAX } from '../protocol/command.ts';
import { ALL, CHUNK_CHARS_MAX, type HeardAs, PREPARE_ENTRIES_MAX } from '../protocol/event.ts';
import { notInForce } from './contract-state.ts';
import { problemsOf } from './district-state.ts';
import { entriesAfter, type Log, lastIndexOf, replaceAfter, termAt } from './log.ts';
import { at } from './map.ts';
import {
  commitThrough,
  type Follower,
  type Replica,
  type Turn,
  tentativeState,
  votersOf,
  writeFrom,
} from './replication.ts';

/** Entries that may be on their way at once; more are refused until some are committed. */
export const UNCOMMITTED_MAX = 1024;
/** Writes under way at once; what comes meanwhile is gathered into the next one. */
const WRITES_MAX = 2;

/** Opens a term: an entry of one's own, because only such an entry commits what came before. */
export const openTerm = (replica: Replica, term: number): Turn => {
  const opened: Replica = {
    ...replica,
    term,
    leader: replica.id,
    followers: {},
    asked: [],
    serving: null,
    matched: lastIndexOf(replica.log),
    sent: lastIndexOf(replica.log),
  };
  return flush(append(opened, { kind: 'term.open', leader: replica.id }));
};

const append = (replica: Replica, command: Command): Replica => {
  const last = lastIndexOf(replica.log);
  const log = replaceAfter(replica.log, last, [{ term: replica.term, command }]);
  return { ...replica, log, matched: last + 1 };
};

/** Appends `command`, or says why not. Nothing is sent or written yet. */
export const propose = (
  replica: Replica,
  command: Command,
): { next: Replica; verdict: Verdict } => {
  const refusal = refusalOf(replica, command);
  if (refusal.problems.length > 0) return { next: replica, verdict: refusal };
  const next = append(replica, command);
  return { next, verdict: { problems: [], transient: false, index: lastIndexOf(next.log) } };
};

/** Where a command was appended, or why it was refused; `transient` may be asked again. */
export interface Verdict {
  readonly problems: readonly string[];
  readonly transient: boolean;
  readonly index?: number;
}

const later = (problem: string): Verdict => ({ problems: [problem], transient: true });
const never = (problems: readonly string[]): Verdict => ({ problems, transient: false });

const refusalOf = (replica: Replica, command: Command): Verdict => {
  const { log, commit, term } = replica;
  const pending = entriesAfter(log, commit, Number.POSITIVE_INFINITY);
  if (pending.length >= UNCOMMITTED_MAX)
    return later('too many commands are waiting to be committed');
  if (command.kind === 'term.open') return never(['only a new leader opens a term']);
  if (isTimed(command) && command.term !== term) {
    // What a leader grants stands in its own log or nowhere, because the next one counts on it that
    // all rights were proposed before its own term; so nobody else's proposal is passed on to it.
    return never([`the timescale of term ${command.term} is not that of term ${term}`]);
  }
  if (command.kind === 'contract.prepare') {
    // What is in force before the first change stands in no log.
    const problems = notInForce(replica.timing, command.from);
    if (problems.length > 0) return never(problems);
  }
  if (command.kind === 'voters.change') {
    // Raft's single-server changes, with the correction of July 2015 (raft-dev): the leader's own
    // term must have a committed entry, and the former change must be committed.
    if (termAt(log, commit) !== term) return later('nothing of this term is committed yet');
    if (pending.some((entry) => entry.command.kind === 'voters.change')) {
      return later('another change of voters is under way');
    }
    if (command.voters.length > VOTERS_MAX + 1) return never([`at most ${VOTERS_MAX} voters`]);
  }
  return never(problemsOf(tentativeState(replica), command));
};

const isTimed = (command: Command) =>
  command.kind === 'timescale.open' || command.kind === 'right.grant';

/** Sends and writes what has been appended since, unless enough is on its way already. */
export const flush = (replica: Replica): Turn => {
  const last = lastIndexOf(replica.log);
  if (replica.sent >= last || replica.writes.length >= WRITES_MAX) {
    return { next: replica, says: [] };
  }
  const first = replica.sent + 1;
  const written = writeFrom(replica, first);
  const says = [...written.says];
  for (let index = first; index <= last; ) {
    const message = prepareAfter(replica, index - 1);
    says.push({ type: 'wire.send', to: ALL, message });
    index += message.entries.length;
  }
  return { next: { ...written.next, sent: last }, says };
};

/** Asks for all to be written that waited for its turn, because this node leads no longer. */
export const handToDisk = (replica: Replica): Turn => {
  const last = lastIndexOf(replica.log);
  if (replica.sent >= last) return { next: replica, says: [] };
  const written = writeFrom(replica, replica.sent + 1);
  return { next: { ...written.next, sent: last }, says: written.says };
};

/** The other voters that are known to hold all that this primary has. */
export const holdersOf = (replica: Replica): string[] =>
  othersOf(replica)
    .filter(({ node, store }) => {
      const known = at(replica.followers, node);
      return known?.store === store && known.match >= lastIndexOf(replica.log);
    })
    .map(({ node }) => node);

const othersOf = (replica: Replica) =>
  votersOf(replica).voters.filter(({ node }) => node !== replica.id);

/** Whether there is nothing to wait for before the office is handed over. */
export const isDrained = (replica: Replica): boolean =>
  othersOf(replica).length === 0 || holdersOf(replica).length > 0;

/** What one message takes: a number of entries and of characters, but one entry at least. */
const batchAfter = (log: Log, index: number): Entry[] => {
  const entries = entriesAfter(log, index, PREPARE_ENTRIES_MAX);
  let chars = 0;
  const tooMany = entries.findIndex((entry, k) => {
    chars += JSON.stringify(entry).length;
    return k > 0 && chars > CHUNK_CHARS_MAX;
  });
  return tooMany < 0 ? [...entries] : entries.slice(0, tooMany);
};

/** The entries after an index, as many as one message takes. */
export const prepareAfter = (replica: Replica, prevIndex: number) => ({
  type: 'replica.prepare' as const,
  term: replica.term,
  prevIndex,
  prevTerm: termAt(replica.log, prevIndex) ?? 0,
  entries: batchAfter(replica.log, prevIndex),
  commit: replica.commit,
});

/** Our own disk has caught up. */
export const noteWritten = (replica: Replica): Turn => {
  const flushed = flush(replica);
  const counted = countAcks(flushed.next);
  return { next: counted.next, says: [...flushed.says, ...counted.says] };
};

export const noteAck = (replica: Replica, { from, index, store }: HeardAs<'replica.ack'>): Turn => {
  const known = followerOf(replica, from, store);
  if (index <= known.match || index > lastIndexOf(replica.log)) return { next: replica, says: [] };
  const followers = { ...replica.followers, [from]: { ...known, match: index } };
  return countAcks({ ...replica, followers });
};

/** What is known of a follower; nothing, when it has come back with another store. */
export const followerOf = ({ followers }: Replica, peer: string, store: string): Follower => {
  const known = at(followers, peer);
  return known?.store === store ? known : { store, match: 0, beatIndex: -1 };
};

const countAcks = (replica: Replica): Turn => {
  const { voters } = votersOf(replica);
  const reached = voters
    .map(({ node, store }) => {
      if (node === replica.id) return store === replica.store ? replica.durable : 0;
      const follower = at(replica.followers, node);
      return follower?.store === store ? follower.match : 0;
    })
    .sort((a, b) => b - a);
  const index = reached[Math.floor(voters.length / 2)] ?? 0;
  if (index <= replica.commit || termAt(replica.log, index) !== replica.term) {
    return { next: replica, says: [] };
  }
  const committed = commitThrough(replica, index);
  // Backups learn of the commit with the next prepare; at once, when nothing more is under way.
  const isIdle = index >= lastIndexOf(committed.next.log);
  const tell = {
    type: 'wire.send' as const,
    to: ALL,
    message: {
      ...prepareAfter(committed.next, lastIndexOf(committed.next.log)),
      entries: [],
    },
  };
  return { next: committed.next, says: [...committed.says, ...(isIdle ? [tell] : [])] };
};
