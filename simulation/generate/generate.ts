/**
 * Makes tests of a machine from the machine itself: explores it within its alphabet, chooses a case
 * for everything that can be told apart, and says what of the chart is covered.
 */
import type { AnyStateMachine } from 'xstate';
import type { Alphabet } from './alphabet.ts';
import { type Suite, suiteOf } from './cases.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { explore } from './explore.ts';

/** What generated tests, and whoever makes some, find at `greenwave/generate`. */
export type { Alphabet } from './alphabet.ts';
export { retold, type Situation, type Words } from './situation.ts';
export { sourceOf } from './source.ts';

export interface Generated {
  readonly suite: Suite;
  readonly coverage: Coverage;
}

/** `name`: as the machine is called where its alphabet and its answers name it. */
export const generatePaths = (
  name: string,
  machine: AnyStateMachine,
  alphabet: Alphabet,
): Generated => {
  const explored = explore(name, machine, alphabet);
  return {
    suite: suiteOf(explored, alphabet.starts),
    coverage: coverageOf(name, machine, alphabet, explored),
  };
};
