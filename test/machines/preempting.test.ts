/** Which preemptions stand at a shared intersection, and which goes first, sentence by sentence. */
import { describe, expect, test } from 'vitest';
import { apply } from '../../machines/district-state.ts';
import { calledAt, type Heard, heardIn } from '../../machines/preempting.ts';
import type { Command, State } from '../../protocol/command.ts';
import { agreed } from './right-words.ts';

type Call = Extract<Command, { kind: 'preempt.call' }>;
const call = (id: string, more: Partial<Call> = {}): Call => ({
  ...{ kind: 'preempt.call', id, intersection: 'x1', group: 'N', forS: 60 },
  ...more,
});

/** Hears commands at their instants; gives what stands then. */
const heard = (...commands: readonly [nowMs: number, command: Command][]) => {
  let state: State = agreed();
  let known: Heard = {};
  for (const [now, command] of commands) {
    state = apply(state, command);
    known = heardIn(state, known, { now, command });
  }
  return { at: (now: number) => calledAt(state, known, { intersection: 'x1', now })?.id, state };
};

describe('a call', () => {
  test('stands from when it was heard, as long as it says', () => {
    const { at } = heard([1_000, call('a', { afterS: 5 })]);
    expect([at(5_999), at(6_000), at(65_999), at(66_000)]).toEqual([
      ...[undefined, 'a', 'a', undefined],
    ]);
  });

  test('that is said again begins anew, and others do not for that', () => {
    const { at } = heard([0, call('a')], [30_000, call('b')], [50_000, call('a')]);
    expect([at(59_999), at(89_999), at(90_001)]).toEqual(['b', 'b', 'a']);
  });

  test('of a cabinet’s input goes before those that came first, and keeps its place when renewed', () => {
    const local = (id: string) => call(id, { isLocal: true });
    const { at, state } = heard(
      ...([
        [0, call('a')],
        [1_000, local('b')],
        [2_000, local('c')],
        [3_000, local('b')],
      ] as [number, Command][]),
    );
    expect(at(4_000)).toBe('b');
    expect(state.preemptions?.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
});
