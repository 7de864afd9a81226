/**
 * Declares the searches of a change of voters: two leaders of two terms each change the voters, one
 * at a time, through the log. They begin where the known error of single-server changes begins
 * (Ongaro, raft-dev of July 2015): the first leader's change has reached no other of the voters,
 * and the second leader's opening entry has not reached everybody.
 *
 * Four voters are the fewest that show it, because any two changes of an odd number have majorities
 * that meet. Where both leaders take a voter out, the first counts a majority of {a, b, c} and the
 * second one of {b, c, d}; where the first adds a learner, it counts one of {a, b, c, d, e}. Two of
 * three each, or three of five and two of three: they need not meet, unless the second leader has
 * first committed an entry of its own term by three of four.
 */
import type { Emitted } from '../../../protocol/event.ts';
import type { Act, Bounds, Counts, Deal, Model } from '../model.ts';
import type { NodeView } from '../node.ts';
import { votersOf } from './election.ts';
import { admitOf, electionOf, replicaModel, replicaOf } from './replica.ts';

const four = ['a', 'b', 'c', 'd'];
const LEARNER = 'e';

export const changeTo = (nodes: readonly string[]): Emitted => ({
  type: 'replica.request',
  owner: 'electorate',
  ticket: 1,
  command: { kind: 'voters.change', voters: votersOf(nodes) },
});

/** What the first leader changes, and whom the second leader's entries have not reached. */
interface Parting {
  /** Before they part. */
  readonly shared: readonly Act[];
  /** Who is on the side of `a`. */
  readonly apart: readonly string[];
  readonly first: Emitted;
  /** What else happens between the change and the next leader. */
  readonly meanwhile: readonly Act[];
  readonly late: string;
}

/** `a` led term 1, and nobody else heard of its change; `b` leads term 2, and `late` has but voted. */
const parted = ({ shared, apart, first, meanwhile, late }: Parting): Act[] => [
  { node: 'a', fires: 'place' },
  ...shared,
  ...apart.map((node) => ({ cutsOff: node })),
  { node: 'a', asks: first },
  ...meanwhile,
  { delays: 'replica.prepare', to: late },
  { node: 'b', fires: 'leaderSilence' },
  { node: 'c', fires: 'leaderSilence' },
  { node: 'd', fires: 'leaderSilence' },
  { node: 'b', fires: 'place' },
];

const removal: Parting = {
  shared: [],
  apart: ['a'],
  first: changeTo(['a', 'b', 'c']),
  meanwhile: [],
  late: 'c',
};
/** The learner holds the change that adds it; that there is a newer term is on its way to `a`. */
const addition: Parting = {
  shared: [{ node: 'a', asks: admitOf(LEARNER) }],
  apart: ['a', LEARNER],
  first: changeTo([...four, LEARNER]),
  meanwhile: [
    { delays: 'election.claim', to: 'a' },
    { node: LEARNER, fires: 'leaderSilence' },
  ],
  late: 'd',
};

const hasCommitted = ({ heard }: Deal): boolean =>
  heard.some(
    (event) => event.type === 'replica.committed' && event.command.kind === 'voters.change',
  );

const sometimes: Model['sometimes'] = {
  'a change is refused because nothing of the term is committed': ({ heard }) =>
    heard.some(
      ({ type, ...event }) =>
        type === 'replica.answered' && 'transient' in event && event.transient,
    ),
  'a change is committed': hasCommitted,
  'a leader is elected in a third term': ({ heard, after }) =>
    heard.some((event) => event.type === 'election.elected' && event.leader === after.local.node) &&
    electionOf(after)?.term === 3,
  'a change of a former leader is replaced': ({ before, after }) => {
    const [was, is] = [replicaOf(before)?.log.entries, replicaOf(after)?.log.entries];
    return (
      was?.some(
        ({ command, term }, k) =>
          command.kind === 'voters.change' && is?.[k] !== undefined && is[k].term !== term,
      ) ?? false
    );
  },
  'a change of a former leader is committed by the next': (deal) =>
    hasCommitted(deal) &&
    deal.heard.some(
      (event) =>
        event.type === 'replica.committed' &&
        event.command.kind === 'voters.change' &&
        event.term < (replicaOf(deal.after)?.term ?? 0),
    ),
};

interface Options {
  readonly name: string;
  readonly title: string;
  readonly bounds: Bounds;
  readonly standing: readonly string[];
  readonly counts?: Counts;
  /** Whether the first leader adds a learner; otherwise it takes a voter out. */
  readonly adds?: boolean;
}

const isStanding = ({ local }: NodeView, standing: readonly string[]) =>
  standing.includes(local.node);

export const votersModel = ({ standing, adds = false, ...options }: Options): Model => {
  const model = replicaModel({
    ...options,
    nodes: adds ? [...four, LEARNER] : four,
    voters: four,
    termMax: 3,
    entriesMax: adds ? 5 : 4,
    writesMax: 2,
    standing,
    opening: parted(adds ? addition : removal),
  });
  return {
    ...model,
    limits: [
      ...model.limits.filter((limit) => !limit.startsWith('beats')),
      'no beats',
      `timers, alarms and crashes only of ${standing.join(' and ')}`,
      'b alone is asked to change the voters, to b, c and d',
    ],
    setup: { ...model.setup, carries: ({ message }) => message.type !== 'detector.beat' },
    mayFire: (view) => isStanding(view, standing),
    mayCrash: (view) => isStanding(view, standing),
    mayRing: (view) => isStanding(view, standing),
    requests: (view) =>
      view.local.node === 'b' && view.stateOf('replica') === 'primary'
        ? [changeTo(['b', 'c', 'd'])]
        : [],
    sometimes,
  };
};
