/**
 * Declares the searches of the replica: the real detector, election and replica of each node, from
 * a district with a leader, over one change of leader.
 */

import { detectorMachine } from '../../../machines/detector.ts';
import type { Context as Election } from '../../../machines/election.ts';
import { electionMachine } from '../../../machines/election.ts';
import { replicaMachine } from '../../../machines/replica.ts';
import type { Replica } from '../../../machines/replication.ts';
import type { Entry } from '../../../protocol/command.ts';
import type { Emitted } from '../../../protocol/event.ts';
import { recovered } from '../disk.ts';
import { canonicalText } from '../interner.ts';
import type { Act, Bounds, Counts, Deal, Model } from '../model.ts';
import { type NodeSetup, type NodeView, storeOf } from '../node.ts';
import { GROUP, isInTerm, self, votersOf } from './election.ts';
import { acksAreWritten, acksKeepPromises, votesAreWritten, votesStand } from './laws.ts';

const setupOf = (nodes: readonly string[], voters: readonly string[]): NodeSetup => ({
  concerns: { detector: detectorMachine, election: electionMachine, replica: replicaMachine },
  nodes,
  inputs: (node, disk) => {
    const { vote, log } = recovered(disk);
    return {
      detector: self(node),
      election: { ...self(node), stored: vote },
      replica: { ...self(node), stored: log },
    };
  },
  feeds: () => [{ type: 'genesis.formed', group: GROUP, voters: votersOf(voters) }],
  carries: ({ message }, from) => message.type !== 'detector.beat' || message.leader === from,
});

export const electionOf = (view: NodeView): Election | undefined =>
  view.contextOf('election') as Election | undefined;
export const replicaOf = (view: NodeView): Replica | undefined =>
  view.contextOf('replica') as Replica | undefined;

interface Summary {
  readonly log: { readonly offset: number; readonly entries: readonly Entry[] } | null;
}

const summary = (view: NodeView): Summary => {
  const log = replicaOf(view)?.log;
  return { log: log ? { offset: log.offset, entries: log.entries } : null };
};

/** Log matching (Raft figure 3): entries of one index and term are equal, and so is all before. */
export const logsMatch = (summaries: readonly unknown[]): string | undefined => {
  const logs = summaries.map((seen) => (seen as Summary).log).filter((log) => log !== null);
  for (const [k, log] of logs.entries()) {
    for (const other of logs.slice(k + 1)) {
      const wrong = mismatch(log.entries, other.entries);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
};

const mismatch = (mine: readonly Entry[], theirs: readonly Entry[]): string | undefined => {
  let isSameAbove = false;
  for (let k = Math.min(mine.length, theirs.length) - 1; k >= 0; k -= 1) {
    const [a, b] = [mine[k] as Entry, theirs[k] as Entry];
    if (a.term === b.term) isSameAbove = true;
    if (isSameAbove && canonicalText(a) !== canonicalText(b)) {
      return `logs do not match at index ${k + 1}: ${canonicalText(a)} and ${canonicalText(b)}`;
    }
  }
  return undefined;
};

export const admitOf = (node: string): Emitted => ({
  type: 'replica.request',
  owner: 'client',
  ticket: 1,
  command: { kind: 'district.admit', node, store: storeOf(node), links: [] },
});

const hears = ({ stimulus }: Deal, type: string): boolean =>
  stimulus.kind === 'hear' && stimulus.letter.heard.type === type;

export const replicaSometimes: Model['sometimes'] = {
  'a leader is elected': ({ heard, after }) =>
    heard.some((event) => event.type === 'election.elected' && event.leader === after.local.node),
  'an entry is committed': ({ heard }) => heard.some(({ type }) => type === 'replica.committed'),
  'a repair happens': (deal) =>
    hears(deal, 'replica.nack') &&
    deal.letters.some(({ heard }) => heard.type === 'replica.prepare'),
  'entries of a former leader are replaced': ({ before, after }) => {
    const [was, is] = [replicaOf(before)?.log.entries, replicaOf(after)?.log.entries];
    return was?.some((entry, k) => is?.[k] !== undefined && is[k].term !== entry.term) ?? false;
  },
  'an entry of a former term is committed': ({ heard, after }) =>
    heard.some(
      (event) =>
        event.type === 'replica.committed' && event.term < (replicaOf(after)?.term ?? event.term),
    ),
  'a vote is refused': ({ letters }) =>
    letters.some(({ heard }) => heard.type === 'election.vote' && !heard.granted),
  'a node comes back with its log': ({ stimulus, after }) =>
    stimulus.kind === 'start' && (replicaOf(after)?.log.entries.length ?? 0) > 1,
};

interface Options {
  readonly name: string;
  readonly title: string;
  readonly nodes: readonly string[];
  readonly termMax: number;
  readonly entriesMax: number;
  readonly writesMax: number;
  /** Nodes that stand for election. */
  readonly standing: readonly string[];
  readonly bounds: Bounds;
  readonly opening?: readonly Act[];
  readonly counts?: Counts;
  /** Nodes that vote at first; all by default. */
  readonly voters?: readonly string[];
}

export const replicaModel = ({ name, title, nodes, bounds, ...options }: Options): Model => ({
  name,
  title,
  setup: setupOf(nodes, options.voters ?? nodes),
  bounds,
  ...(options.counts && { counts: options.counts }),
  limits: [
    `terms 1 to ${options.termMax}, and no polls for later ones`,
    `at most ${options.entriesMax} entries`,
    `at most ${options.writesMax} writes under way`,
    `only ${options.standing.join(' and ')} may stand`,
    'beats only of those who lead',
  ],
  opening: options.opening ?? [{ node: nodes[0] as string, fires: 'place' }],
  isWithin: (view) =>
    isInTerm(view, options.termMax) &&
    (replicaOf(view)?.log.entries.length ?? 0) <= options.entriesMax &&
    view.local.writes.length <= options.writesMax,
  mayFire: ({ local }, { id }) => !id.includes('.place.') || options.standing.includes(local.node),
  requests: (view) => (view.stateOf('replica') === 'primary' ? [admitOf('x')] : []),
  laws: [votesAreWritten, votesStand, acksAreWritten, acksKeepPromises],
  summary,
  invariant: logsMatch,
  sometimes: replicaSometimes,
});
