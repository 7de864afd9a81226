/**
 * Watches a city and tells what must never happen. Checked at every event, but only what the event
 * can have changed: everything rests on the facts that nodes state and on what their disks hold.
 *
 * The rules are those of Raft's figure 3 (Ongaro and Ousterhout 2014): election safety, log
 * matching, leader completeness, state machine safety; further that a vote is given once and not
 * before it is on disk, that an acknowledgement is on disk, and that no lamps conflict.
 */
import type { Replica } from '../machines/replication.ts';
import type { Entry } from '../protocol/command.ts';
import type { Intersection } from '../protocol/district.ts';
import type { Emitted } from '../protocol/event.ts';
import { createJudge, type LampsSeen } from '../protocol/judge.ts';
import { fingerprint, fingerprintOfState } from './fingerprint.ts';
import { forgetBefore, type GroupRecord, keyOf, lackOf, newRecord } from './group-record.ts';
import { StreetWatch, streetInvariants } from './street-watch.ts';

/** Each name and what it demands. */
export const invariants = {
  'one leader a term': 'at most one node leads a group in one term',
  'one vote a term':
    'a voter gives at most one vote in a term, and it is on disk before it is cast',
  'acknowledged is durable': 'what a node acknowledges is on its disk',
  'committed is final': 'a committed entry is the same on every node, for ever',
  'leaders are complete': 'a leader holds every entry that was committed in an earlier term',
  'logs match': 'entries of one index and term are equal, and so is the term before them',
  'states agree': 'nodes that have applied as many entries have the same state',
  'leased reads never go back':
    'a read under a lease sees at least what every such read before it saw, whoever answers',
  ...streetInvariants,
  'lamps are safe': 'no conflicting signal groups are lit, and every change takes its time',
  'nodes do not fail': 'no part of a node ever throws',
  'nodes come to rest': 'a node waits between what it does: its timers do not ring on and on',
  'it settles': 'after the last fault there is soon one view, one leader and progress',
} as const;
export type InvariantName = keyof typeof invariants;

export interface Violation {
  readonly invariant: InvariantName;
  /** Virtual milliseconds. */
  readonly t: number;
  readonly node: string;
  readonly message: string;
}

/** One life of a node, as far as invariants look into it. */
export interface Observed {
  readonly id: string;
  readonly store: string;
  readonly incarnation: number;
  readonly disk: { read(key: string): unknown; lastIndex(): number };
  replica(): Replica | undefined;
  now(): number;
}

type Message = Extract<Emitted, { type: 'wire.send' }>['message'];

export class Invariants {
  readonly groups = new Map<string, GroupRecord>();
  readonly violations: Violation[] = [];
  readonly streets: StreetWatch;
  readonly #now: () => number;
  readonly #judge: ReturnType<typeof createJudge>;
  readonly #groupOf = new Map<string, GroupRecord>();
  /** The log of each node as it was last looked at. */
  readonly #logs = new Map<string, Replica['log']>();
  #unsafe = 0;

  constructor(intersections: readonly Intersection[], now: () => number) {
    this.#judge = createJudge(intersections);
    this.#now = now;
    this.streets = new StreetWatch(intersections, now, (...found) => this.violate(...found));
  }

  /** A node starts another life: it has no group until it says so. */
  started({ id }: Pick<Observed, 'id'>): void {
    this.streets.started(id);
    this.#groupOf.delete(id);
    this.#logs.delete(id);
  }

  /** Takes the next event of a node's bus. */
  heard(node: Observed, event: Emitted): void {
    if (event.type === 'genesis.formed') this.#groupOf.set(node.id, this.#record(event.group));
    const group = this.#groupOf.get(node.id);
    if (!group) return;
    this.streets.heard(node, group.name, event);
    switch (event.type) {
      case 'wire.send':
        this.#said(node, group, event);
        return;
      case 'election.elected':
        this.#elected(node, group, event);
        return;
      case 'replica.configured':
        group.configurations.set(`${event.index} ${fingerprint(event.voters)}`, event);
        return;
      case 'replica.committed':
        this.#committed(node, group, event);
        return;
      case 'replica.appended':
        this.#looked(node, group);
        return;
      case 'lease.answered':
        if (event.index !== undefined) this.#read(node, group, event.index);
        return;
      default:
    }
  }

  lamps(seen: LampsSeen, node: string, byHardware = false): void {
    if (byHardware) this.streets.slept(node);
    this.streets.lamps(seen.intersection, seen.lamps, node);
    this.#judge.see(seen);
    const { unsafe } = this.#judge.verdict();
    const last = unsafe.at(-1);
    const isFound = unsafe.length > this.#unsafe;
    this.#unsafe = unsafe.length;
    // Hardware that nobody serves flashes red at once, as it must, and keeps no minimum.
    if (!isFound || !last || byHardware) return;
    this.violate('lamps are safe', node, `${last.intersection}: ${last.message}`);
  }

  violate(invariant: InvariantName, node: string, message: string): void {
    this.violations.push({ invariant, t: this.#now(), node, message });
  }

  #record(name: string): GroupRecord {
    const record = this.groups.get(name) ?? newRecord(name);
    this.groups.set(name, record);
    return record;
  }

  #said(
    node: Observed,
    group: GroupRecord,
    { to, message }: { to: unknown; message: Message },
  ): void {
    if (message.type === 'election.claim') this.#voted(node, group, message.term, node.id);
    else if (message.type === 'election.vote' && message.granted) {
      this.#voted(node, group, message.term, String(to));
    } else if (message.type === 'replica.ack' && message.index > node.disk.lastIndex()) {
      const durable = `its disk ends at ${node.disk.lastIndex()}`;
      this.violate('acknowledged is durable', node.id, `acknowledged ${message.index}, ${durable}`);
    }
  }

  #voted(node: Observed, group: GroupRecord, term: number, candidate: string): void {
    const voter = `${node.id} ${node.store} ${term}`;
    const before = group.votes.get(voter) ?? candidate;
    group.votes.set(voter, before);
    if (before !== candidate) {
      const message = `voted for ${before} and for ${candidate} in term ${term}`;
      this.violate('one vote a term', node.id, message);
    }
    const kept = node.disk.read('vote') as { term: number; votedFor: string | null } | undefined;
    const isKept =
      kept && (kept.term > term || (kept.term === term && kept.votedFor === candidate));
    if (isKept) return;
    const held = kept ? `${kept.votedFor} in term ${kept.term}` : 'no vote';
    const message = `voted for ${candidate} in term ${term}, but its disk holds ${held}`;
    this.violate('one vote a term', node.id, message);
  }

  #elected(
    node: Observed,
    group: GroupRecord,
    { leader, term }: { leader: string; term: number },
  ): void {
    const known = group.leaders.get(term);
    if (leader !== node.id) {
      if (known === undefined || known.startsWith(`${leader} `)) return;
      const message = `follows ${leader} in term ${term}, but ${known} leads it`;
      this.violate('one leader a term', node.id, message);
      return;
    }
    const life = `${node.id} ${node.incarnation}`;
    group.leaders.set(term, known ?? life);
    if (known !== undefined && known !== life) {
      this.violate('one leader a term', node.id, `leads term ${term}, but so did ${known}`);
    }
    const lack = lackOf(group, term, node.replica()?.log);
    if (lack !== undefined) {
      this.violate('leaders are complete', node.id, `leads term ${term}, but ${lack}`);
    }
  }

  #committed(
    node: Observed,
    group: GroupRecord,
    { index, term, command }: Extract<Emitted, { type: 'replica.committed' }>,
  ): void {
    const print = fingerprint(command);
    const known = group.committed.get(index);
    if (!known) {
      const inTerm = node.replica()?.term ?? term;
      group.committed.set(index, { term, inTerm, command: print });
      group.lastCommitted = Math.max(group.lastCommitted, index);
      if (command.kind === 'voters.change') forgetBefore(group.configurations, index);
    } else if (known.term !== term || known.command !== print) {
      const message = `committed entry ${index} of term ${term}, but term ${known.term} was committed there`;
      this.violate('committed is final', node.id, message);
    }
  }

  /** The log or the commit of a node has changed. */
  #looked(node: Observed, group: GroupRecord): void {
    const replica = node.replica();
    if (!replica) return;
    const { log, state, commit } = replica;
    const before = this.#logs.get(node.id);
    this.#logs.set(node.id, log);
    if (before !== log) this.#matchLog(node, group, { log, before });
    const print = fingerprintOfState(state);
    const known = group.states.get(commit);
    if (known === undefined) group.states.set(commit, print);
    else if (known !== print) {
      this.violate('states agree', node.id, `has another state than others at entry ${commit}`);
    }
  }

  #read(node: Observed, group: GroupRecord, index: number): void {
    if (index < group.readTo) {
      const message = `answers a read with entry ${index}, after one that saw ${group.readTo}`;
      this.violate('leased reads never go back', node.id, message);
    }
    group.readTo = Math.max(group.readTo, index);
    group.reads += 1;
  }

  #matchLog(
    node: Observed,
    group: GroupRecord,
    { log, before }: { log: Replica['log']; before: Replica['log'] | undefined },
  ): void {
    const was = (index: number): Entry | undefined => before?.entries[index - before.offset - 1];
    for (let k = log.entries.length - 1; k >= 0; k -= 1) {
      const entry = log.entries[k] as Entry;
      const index = log.offset + k + 1;
      // What was looked at before, and all that stands before it, is as it was.
      if (entry === was(index)) return;
      const prevTerm = log.entries[k - 1]?.term ?? log.offsetTerm;
      const command = fingerprint(entry.command);
      const key = keyOf(index, entry.term);
      const known = group.entries.get(key);
      if (!known) group.entries.set(key, { command, prevTerm });
      else if (known.command !== command || known.prevTerm !== prevTerm) {
        const what = known.command === command ? `after term ${prevTerm}` : 'with another command';
        this.violate('logs match', node.id, `holds entry ${index} of term ${entry.term} ${what}`);
        return;
      }
    }
  }
}
