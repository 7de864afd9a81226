/**
 * Tables of one machine: rows of given, event, expected. A number among the steps is time that
 * passes, in milliseconds.
 */
import { expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import type { Emitted } from '../../protocol/event.ts';
import type { Play } from './play.ts';

export type Step<M extends AnyStateMachine> = Parameters<Play<M>['hear']>[0] | number;

export interface Row<M extends AnyStateMachine> {
  /** The sentence that the row proves. */
  readonly proves: string;
  readonly given?: readonly Step<M>[];
  readonly when: Step<M>;
  /** Everything said in answer, in order; what is left out of an entry may be anything. */
  readonly says?: readonly object[];
  readonly state?: unknown;
  readonly context?: object;
}

/** Takes one step; gives what the machine says. */
export const take = <M extends AnyStateMachine>(play: Play<M>, step: Step<M>): Emitted[] =>
  typeof step === 'number' ? play.pass(step) : play.hear(step);

/** Takes several steps; gives what was said in answer to the last. */
export const takeAll = <M extends AnyStateMachine>(
  play: Play<M>,
  steps: readonly Step<M>[],
): Emitted[] => steps.reduce<Emitted[]>((_, step) => take(play, step), []);

/** One test for each row; `start` gives the machine as it is before what is given. */
export const prove = <M extends AnyStateMachine>(
  start: () => Play<M>,
  rows: readonly Row<M>[],
): void => {
  for (const { proves, given = [], when, says, state, context } of rows) {
    test(proves, () => {
      const play = start();
      takeAll(play, given);
      const said = take(play, when);
      if (says) expect(said).toMatchObject([...says]);
      if (state !== undefined) expect(play.value).toEqual(state);
      if (context) expect(play.snapshot).toMatchObject({ context });
    });
  }
};

/** A message to one peer or to all, among what is said. */
export const sends = (to: string, message: object) => ({ type: 'wire.send', to, message });

/** Whether a context is plain JSON: written down and read again, it is the same. */
export const isPlain = (value: unknown): boolean => {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value !== 'object') {
    return value === null || ['string', 'boolean'].includes(typeof value);
  }
  return Object.values(value).every(isPlain);
};
