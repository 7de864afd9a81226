/**
 * How an operator's command tells that a district refuses it, or a node does.
 */
import type { District } from '../protocol/check-district.ts';
import { OperatorError } from './read-district.ts';

export const refusalText = (
  { name }: District,
  { peer, reason }: { peer: string; reason: string },
) => `${peer} of ${name} has ${reason}; use the district file that the district runs by`;

/** One error that lists every problem. */
export const refused = (problems: readonly string[]): OperatorError => {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new OperatorError(
    `the district refuses it, ${count}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  );
};
