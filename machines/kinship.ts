/**
 * Whose contract is accepted: the same, one that was in force before, or the one that is to come.
 * Pure neighbour of `membership.ts`.
 *
 * Two contracts are akin when one chain of committed changes leads from the one to the other, so that
 * whoever comes by the one learns the other from the log. In another group the file counts that a
 * node would start by there, because its store knows of its own group alone.
 */
import { contractDigest, type Discovery, type Timing } from '../protocol/timing.ts';

/** Digests of contracts: in force, in the node's file, in force before, and to come. */
export interface Digests {
  readonly contract: string;
  readonly filed: string;
  readonly former: readonly string[];
  readonly next: string | null;
}

export interface Known {
  readonly timing: Timing;
  readonly filed: string;
  readonly former: readonly Timing[];
  readonly next: Timing | null;
}

export const digestsOf = (
  discovery: Discovery,
  { timing, filed, former, next }: Known,
): Digests => {
  const of = (one: Timing) => contractDigest({ timing: one, discovery });
  return { contract: of(timing), filed, former: former.map(of), next: next && of(next) };
};

/** All that is accepted in our own group. */
export const acceptedBy = ({ contract, former, next }: Digests): string[] => [
  ...[contract, ...former],
  ...(next === null ? [] : [next]),
];

interface Announced {
  readonly group: string;
  readonly contract: string;
  readonly former?: readonly string[];
  readonly next?: string;
}

/** Whether an announcement is of a contract that is akin to ours. */
export const isAkin = (
  { group, digests }: { readonly group: string; readonly digests: Digests },
  { group: theirs, contract, former = [], next }: Announced,
): boolean => {
  if (contract === digests.contract) return true;
  const isForeign = group !== '' && theirs !== '' && group !== theirs;
  const ours = isForeign ? [digests.filed] : acceptedBy(digests);
  return [contract, ...former, ...(next === undefined ? [] : [next])].some((one) =>
    ours.includes(one),
  );
};
