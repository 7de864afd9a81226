/** What founding a group is tried with: ballots above and below its own, from who was met. */
import { type Alphabet, type Context, voter } from '../alphabet.ts';
import { hear, heard, self, timing, wait } from './place.ts';

interface Ballot {
  readonly round: number;
  readonly node: string;
  readonly store: string;
}
const node = {
  ...{ id: 'b', store: self.store, district: 'd', timing, expect: 2 },
  ...{ isObserver: false, stored: null, ballot: null },
};
const promised = ({ promised: ballot }: Context): Ballot =>
  (ballot as Ballot | null) ?? { round: 1, node: 'a', store: 'sa' };
const ballots = (context: Context): Ballot[] => {
  const { round } = promised(context);
  return [
    promised(context),
    { round: round + 1, node: 'a', store: 'sa' },
    { round: round - 1, node: 'a', store: 'sa' },
  ];
};
const voters = ['a', 'b'].map(voter);

const own: Ballot = { round: 1, node: 'b', store: 'sb' };
const settled = hear({ type: 'membership.settled' });
const met = hear({
  ...{ type: 'membership.sighted', peer: 'a', store: 'sa', group: '', phase: 'member' },
  ...{ host: '127.0.0.1', port: 6000 },
});
const written = (ticket: number) => hear({ type: 'storage.written', owner: 'genesis', ticket });
/** Its own ballot is on disk, and others are asked. */
const prepared = [settled, met, wait, wait, written(1)];
const said = { district: 'd', store: 'sa', ballot: own };
const promise = hear(heard('a', { type: 'genesis.promise', ...said }));
const accept = hear(heard('a', { type: 'genesis.accept', ...said }));
const accepting = hear(
  heard('a', {
    ...{ type: 'genesis.propose', district: 'd', genesis: 'n', voters, quorum: 2 },
    ballot: { round: 1, node: 'a', store: 'sa' },
  }),
);

export const genesis: Alphabet = {
  starts: {
    'a node': node,
    'an observer': { ...node, isObserver: true },
    'a node with a group': { ...node, stored: { group: 'g', voters } },
  },
  values: {
    ballot: ballots,
    'genesis.prepare ballot': (context) => ballots(context).slice(1).concat(promised(context)),
    'genesis.promise accepted': (context) => [
      undefined,
      { ballot: { round: 1, node: 'a', store: 'sa' }, genesis: 'other', voters, quorum: 2 },
      { ballot: promised(context), genesis: 'own', voters, quorum: 2 },
    ],
    'genesis.propose genesis': ['n'],
    'genesis.propose voters': [voters],
    'genesis.propose quorum': [2],
    from: ['a', 'c'],
    'membership.sighted group': ['', 'g'],
    'membership.sighted phase': ['member', 'observer'],
    'membership.sighted leader': [undefined],
    'storage.written ticket': ({ ticket }) => [ticket, 0],
  },
  events: (context) => {
    const { accepted } = context as { accepted: { ballot: Ballot } | null };
    return accepted ? [heard('a', { type: 'genesis.propose', district: 'd', ...accepted })] : [];
  },
  openings: [
    prepared,
    [...prepared, promise],
    [...prepared, promise, wait, wait, wait, wait],
    [...prepared, wait, wait, wait],
    [...prepared, promise, written(2)],
    [...prepared, promise, written(2), wait, wait, wait],
    [...prepared, promise, written(2), accept],
    [settled, accepting, written(1)],
  ],
};
