/** What a node finds of its former lives when it starts. Pure neighbour of `node.ts`. */
import type { Voter } from '../protocol/command.ts';
import type { ContractState } from '../protocol/contract.ts';
import type { StoredBallot } from './founding.ts';
import type { StoredLog } from './replication.ts';

/** What a store gives back: everything a node must not forget. */
export interface Stored {
  readonly group: { readonly group: string; readonly voters: readonly Voter[] } | null;
  readonly ballot: StoredBallot | null;
  /** The group in which no right of way of another can bear on this node any more. */
  readonly settled: { readonly group: string } | null;
  /** The contract in force in a group that changed it, as far as this node knows. */
  readonly contract: { readonly group: string; readonly contract: ContractState } | null;
  readonly vote: { readonly term: number; readonly votedFor: string | null };
  readonly log: StoredLog;
}
