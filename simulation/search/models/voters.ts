/**
 * Declares the searches of a change of voters: two leaders of two terms each take a voter out, one
 * at a time, through the log. It begins where the known error of single-server changes begins
 * (Ongaro, raft-dev of July 2015): the first leader's change is on its own disk alone, and the
 * second leader's opening entry has not reached everybody.
 *
 * Four voters are the fewest that show it. The first leader counts a majority of {a, b, c}, the
 * second one of {b, c, d}; two of three each, and they need not meet unless the second leader has
 * first committed an entry of its own term by three of four. Removals are enough; a change that
 * adds a voter is the same change read backwards, and needs a fifth node to go wrong.
 */
import type { Emitted } from '../../../protocol/event.ts';
import type { Act, Bounds, Counts, Deal, Model } from '../model.ts';
import type { NodeView } from '../node.ts';
import { votersOf } from './election.ts';
import { electionOf, replicaModel, replicaOf } from './replica.ts';

const four = ['a', 'b', 'c', 'd'];

export const changeTo = (nodes: readonly string[]): Emitted => ({
  type: 'replica.request',
  owner: 'electorate',
  ticket: 1,
  command: { kind: 'voters.change', voters: votersOf(nodes) },
});

/** `a` led term 1 and keeps its change to itself; `b` leads term 2, and `c` has only voted for it. */
const parted: readonly Act[] = [
  { node: 'a', fires: 'place' },
  { cutsOff: 'a' },
  { node: 'a', asks: changeTo(['a', 'b', 'c']) },
  { delays: 'replica.prepare', to: 'c' },
  { node: 'b', fires: 'leaderSilence' },
  { node: 'c', fires: 'leaderSilence' },
  { node: 'd', fires: 'leaderSilence' },
  { node: 'b', fires: 'place' },
];

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
  'a third leader is elected': ({ heard, after }) =>
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
}

const isStanding = ({ local }: NodeView, standing: readonly string[]) =>
  standing.includes(local.node);

export const votersModel = ({ standing, ...options }: Options): Model => {
  const model = replicaModel({
    ...options,
    nodes: four,
    termMax: 3,
    entriesMax: 4,
    writesMax: 2,
    standing,
    opening: parted,
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
