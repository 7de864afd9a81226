/**
 * Declares the searches of the election: the real election and the real detector of each node, from
 * logs that differ, so that it matters who is up to date. The log itself stands still.
 */

import { detectorMachine } from '../../../machines/detector.ts';
import { type Context as Election, electionMachine } from '../../../machines/election.ts';
import type { Voter } from '../../../protocol/command.ts';
import type { Emitted } from '../../../protocol/event.ts';
import { lan } from '../../../protocol/timing.ts';
import type { Disk } from '../disk.ts';
import { recovered } from '../disk.ts';
import type { Bounds, Counts, Deal, Model } from '../model.ts';
import { type NodeSetup, type NodeView, storeOf } from '../node.ts';
import { votesAreWritten, votesStand } from './laws.ts';

export const GROUP = 'g';
const timing = lan();

export const votersOf = (nodes: readonly string[]): Voter[] =>
  nodes.map((node) => ({ node, store: storeOf(node) }));

export const self = (node: string) => ({ id: node, store: storeOf(node), timing });

/** The term everybody is in at first, because their logs have entries of it. */
const FIRST_TERM = 1;

/** The last node's log ends one entry before the others'. */
const logEndOf = (node: string, nodes: readonly string[]): { index: number; term: number } =>
  node === nodes.at(-1) ? { index: 1, term: FIRST_TERM } : { index: 2, term: FIRST_TERM };

const feedsOf = (node: string, nodes: readonly string[]): Emitted[] => {
  const { index, term } = logEndOf(node, nodes);
  return [
    { type: 'genesis.formed', group: GROUP },
    { type: 'replica.appended', index, term, matched: 0, commit: 0 },
    { type: 'replica.configured', voters: votersOf(nodes), index: 0 },
  ];
};

const setupOf = (nodes: readonly string[]): NodeSetup => ({
  concerns: { detector: detectorMachine, election: electionMachine },
  nodes,
  inputs: (node, disk) => ({
    detector: self(node),
    election: { ...self(node), stored: recovered(disk).vote },
  }),
  feeds: (node) => feedsOf(node, nodes),
  // Beats of those who do not lead tell a leader that it is heard; without time it always may be.
  carries: ({ message }, from) => message.type !== 'detector.beat' || message.leader === from,
});

const electionOf = (view: NodeView): Election | undefined =>
  view.contextOf('election') as Election | undefined;

/** Whether a node is in a term up to `termMax`, and does not poll for a later one. */
export const isInTerm = (view: NodeView, termMax: number): boolean => {
  const term = electionOf(view)?.term ?? 0;
  return term < termMax || (term === termMax && view.stateOf('election') !== 'prospective');
};

const isLed = ({ heard, after }: Deal) =>
  heard.some((event) => event.type === 'election.elected' && event.leader === after.local.node);

const sends = (deal: Deal, type: string) => deal.letters.some(({ heard }) => heard.type === type);

const summary = (view: NodeView) => ({
  leads: view.stateOf('election') === 'leader' ? (electionOf(view)?.term ?? 0) : 0,
});

const sometimes: Model['sometimes'] = {
  'a leader is elected': isLed,
  'a poll is refused': ({ letters }) =>
    letters.some(({ heard }) => heard.type === 'election.lean' && !heard.granted),
  'a vote is refused': ({ letters }) =>
    letters.some(({ heard }) => heard.type === 'election.vote' && !heard.granted),
  'a leader steps down': ({ before, after }) =>
    before.stateOf('election') === 'leader' && after.stateOf('election').startsWith('follower'),
  'a node comes back with its vote': ({ stimulus, after }) =>
    stimulus.kind === 'start' && electionOf(after)?.votedFor !== null,
  'a crash loses a vote that was to be written': ({ stimulus, before }) =>
    stimulus.kind === 'crash' && stimulus.durable < before.local.writes.length,
  'a claim is made': (deal) => sends(deal, 'election.claim'),
};

/** What takes a second new term. */
const sometimesLater: Model['sometimes'] = {
  'a leader is elected in a second new term': (deal) =>
    isLed(deal) && (electionOf(deal.after)?.term ?? 0) > FIRST_TERM + 1,
};

interface Options {
  readonly name: string;
  readonly title: string;
  readonly nodes: readonly string[];
  readonly termMax: number;
  readonly bounds: Bounds;
  readonly counts?: Counts;
}

export const electionModel = ({ nodes, termMax, ...rest }: Options): Model => ({
  ...rest,
  setup: setupOf(nodes),
  limits: [
    `terms ${FIRST_TERM + 1} to ${termMax}, and no polls for later ones`,
    'beats only of those who lead',
  ],
  disks: (): Disk => ({ vote: { term: FIRST_TERM, votedFor: null } }),
  isWithin: (view) => isInTerm(view, termMax),
  laws: [votesAreWritten, votesStand],
  summary,
  sometimes: { ...sometimes, ...(termMax > FIRST_TERM + 1 && sometimesLater) },
});
