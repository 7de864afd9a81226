/**
 * What an operator's command does when the district runs by another contract than its file says.
 */
import type { HeardAs } from '../protocol/event.ts';
import type { Contract } from '../protocol/timing.ts';
import { OperatorError } from './read-district.ts';

/** The district runs by another contract than the file says: by this one. */
export class OtherContractError extends OperatorError {
  readonly contract: Contract;

  constructor(message: string, contract: Contract) {
    super(message);
    this.contract = contract;
  }
}

/** The contract that somebody says, when this event does: watchers of a node hear messages too. */
export const contractIn = (event: { type: string }): Contract | undefined =>
  event.type === 'membership.contract'
    ? (event as HeardAs<'membership.contract'>).contract
    : undefined;
