/**
 * The data of a genesis ballot: ballots in their order, proposals, and who stands behind one. Pure
 * neighbour of `genesis.ts`.
 */
import { VOTERS_MAX, type Voter } from '../protocol/command.ts';
import type { Ballot, Proposal } from '../protocol/event.ts';

/** What a node must not forget of a ballot that is under way. */
export interface StoredBallot {
  /** No ballot below this one is promised or accepted any more. */
  readonly promised: Ballot | null;
  /** The proposal of the greatest ballot that this node accepted. */
  readonly accepted: Proposal | null;
}

/** Who accepted one ballot, as far as it was heard. */
export interface Tally {
  readonly ballot: Ballot;
  readonly by: readonly Voter[];
}

/** Less than zero when `a` comes before `b`; no ballot comes before every other. */
export const compareBallots = (a: Ballot | null, b: Ballot | null): number => {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (a.round !== b.round) return a.round - b.round;
  if (a.node !== b.node) return a.node < b.node ? -1 : 1;
  return a.store === b.store ? 0 : a.store < b.store ? -1 : 1;
};

export const isSameBallot = (a: Ballot | null, b: Ballot | null): boolean =>
  compareBallots(a, b) === 0;

/** More than half of `nodes`. */
export const quorumOf = (nodes: number): number => Math.floor(nodes / 2) + 1;

/** The first voters: an odd number, because an even one survives no more losses. */
export const firstVoters = (nodes: readonly Voter[]): Voter[] => {
  const count = Math.min(VOTERS_MAX, nodes.length);
  return nodes.slice(0, count % 2 === 0 ? count - 1 : count);
};

/** The same set with one node more; a node counts once, with the store that it had last. */
export const including = (nodes: readonly Voter[], { node, store }: Voter): Voter[] =>
  [...nodes.filter((other) => other.node !== node), { node, store }].sort((a, b) =>
    a.node < b.node ? -1 : 1,
  );

/** Counts one more node behind `ballot`; of several ballots the greatest is counted. */
export const tallied = (tally: Tally | null, ballot: Ballot, by: Voter): Tally => {
  const order = compareBallots(ballot, tally?.ballot ?? null);
  if (tally && order < 0) return tally;
  return { ballot, by: including(tally && order === 0 ? tally.by : [], by) };
};

/** Whether enough stand behind a proposal: its quorum of nodes, and most of the voters it names. */
export const isChosen = (proposal: Proposal | null, tally: Tally | null): boolean => {
  if (!proposal || !tally || !isSameBallot(proposal.ballot, tally.ballot)) return false;
  const isBehind = ({ node, store }: Voter) =>
    tally.by.some((one) => one.node === node && one.store === store);
  const { voters, quorum } = proposal;
  return tally.by.length >= quorum && voters.filter(isBehind).length * 2 > voters.length;
};

/** Whether most voters of a proposal are gone for good, because their nodes have other stores. */
export const isVoid = ({ voters }: Proposal, present: readonly Voter[]): boolean => {
  const isGone = ({ node, store }: Voter) =>
    present.some((one) => one.node === node && one.store !== store);
  return voters.filter(isGone).length * 2 > voters.length;
};
