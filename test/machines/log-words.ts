/** Words for tests of the log: entries, commands, and what a replica hears and says about them. */
import { type ReplicaInput, replicaMachine } from '../../machines/replica.ts';
import type { StoredLog } from '../../machines/replication.ts';
import type { Command, Entry, Voter } from '../../protocol/command.ts';
import type { Message } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import { heard, Play } from './play.ts';
import { type Row, type Step, sends, takeAll } from './table.ts';

export const voter = (node: string, store = `s${node}`): Voter => ({ node, store });
export const voters = ['a', 'b', 'c'].map((node) => voter(node));
export const opening = (leader: string): Command => ({ kind: 'term.open', leader });
export const admitting = (node: string, store = `s${node}`): Command => ({
  kind: 'district.admit',
  node,
  store,
  links: [],
});
export const changing = (of: readonly Voter[]): Command => ({
  kind: 'voters.change',
  voters: [...of],
});
/** An entry of a term; which one, its leader's name tells. */
export const entry = (term: number, leader = 'a'): Entry => ({ term, command: opening(leader) });

export const formed = { type: 'genesis.formed' as const, group: 'g', voters };
export const joined = { type: 'genesis.formed' as const, group: 'g' };
export const elected = (leader: string, term: number) => ({
  type: 'election.elected' as const,
  leader,
  term,
});
export const advanced = (term: number) => ({ type: 'election.advanced' as const, term });
export const lost = (term: number) => ({ type: 'election.lost' as const, term, reason: '' });
export const written = (ticket: number) => ({
  type: 'storage.written' as const,
  owner: 'replica',
  ticket,
});

type Payload<T extends Message['type']> = Omit<Extract<Message, { type: T }>, 'type'>;

export const prepare = (
  from: string,
  term: number,
  [prevTerm, prevIndex]: readonly [number, number],
  entries: readonly Entry[] = [],
  commit = 0,
) =>
  heard(from, {
    type: 'replica.prepare' as const,
    ...{ term, prevTerm, prevIndex, entries: [...entries], commit },
  });
export const ack = (from: string, term: number, index: number, store = `s${from}`) =>
  heard(from, { type: 'replica.ack' as const, term, store, index });
export const nack = (from: string, term: number, index: number) =>
  heard(from, { type: 'replica.nack' as const, term, index });
export const chunk = (from: string, rest: Payload<'replica.chunk'>) =>
  heard(from, { type: 'replica.chunk' as const, ...rest });
export const beat = (
  from: string,
  term: number,
  { leader, index = 0, commit = 0 }: { leader: string; index?: number; commit?: number },
) =>
  heard(from, {
    type: 'detector.beat' as const,
    ...{ term, leader, store: `s${from}`, index, commit },
  });
export const request = (command: Command, ticket = 1) => ({
  type: 'replica.request' as const,
  owner: 'test',
  ticket,
  command,
});

export const acked = (to: string, term: number, index: number) =>
  sends(to, { type: 'replica.ack', term, store: 'sb', index });
export const nacked = (to: string, index: number) => sends(to, { type: 'replica.nack', index });
export const prepared = (
  to: string,
  [prevTerm, prevIndex]: readonly [number, number],
  terms: readonly number[],
) =>
  sends(to, {
    type: 'replica.prepare',
    prevTerm,
    prevIndex,
    entries: terms.map((term) => ({ term })),
  });
export const committed = (index: number, term: number) => ({
  type: 'replica.committed',
  index,
  term,
});
export const answered = (...problems: (string | RegExp)[]) => ({
  type: 'replica.answered',
  owner: 'test',
  problems,
});

export type ReplicaRow = Row<typeof replicaMachine>;
export type ReplicaStep = Step<typeof replicaMachine>;

const nothing: StoredLog = { base: null, first: 1, entries: [] };

/** Node b of the voters a, b, c; its store holds `stored`. */
export const replica = ({
  steps = [formed],
  stored = nothing,
  ...rest
}: Partial<ReplicaInput> & {
  steps?: readonly ReplicaStep[];
} = {}) => {
  const play = new Play(replicaMachine, { id: 'b', store: 'sb', timing: lan(), stored, ...rest });
  takeAll(play, steps);
  return play;
};

/** The terms of the entries in the log. */
export const termsOf = (play: ReturnType<typeof replica>): number[] =>
  play.snapshot.context.log.entries.map(({ term }) => term);
