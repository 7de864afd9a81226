/** The player of machines: it notices one that never comes to rest. */
import { expect, test } from 'vitest';
import { setup } from 'xstate';
import type { Emitted } from '../../protocol/event.ts';
import { Play } from './play.ts';

const waiting = (delayMs: number) =>
  setup({ types: {} as { input: object; emitted: Emitted } }).createMachine({
    initial: 'waiting',
    states: { waiting: { after: { [delayMs]: { target: 'waiting', reenter: true } } } },
  });

test('a machine that wakes itself at once, for ever, fails instead of hanging', () => {
  expect(() => new Play(waiting(0), {}).pass(10)).toThrow('it spins at 0 ms');
});

test('one that waits a moment each time does not', () => {
  const play = new Play(waiting(1), {});
  play.pass(5_000);
  expect(play.nowMs).toBe(5_000);
});
