/** A clock that gains, as a host with a bad crystal has it. */
import { expect, test } from 'vitest';
import type { Clock } from '../../actors/clock.ts';
import { SkewedClock } from '../../bin/skewed-clock.ts';
import { VirtualClock } from '../../simulation/clock.ts';

const skewed = () => {
  const truth = new VirtualClock(1_000);
  return { truth, clock: new SkewedClock(truth as unknown as Clock) };
};

test('it gains as told, and neither jumps nor goes back when that changes', () => {
  const { truth, clock } = skewed();
  expect(clock.now()).toBe(1_000);
  clock.drift(2_000);
  expect(clock.now()).toBe(1_000);
  truth.run(11_000);
  expect(clock.now()).toBeCloseTo(11_020, 6);
  clock.drift(0);
  truth.run(12_000);
  expect(clock.now()).toBeCloseTo(12_020, 6);
});

test('its timers fire by its own time, also when it becomes slower meanwhile, and not when cleared', () => {
  const { truth, clock } = skewed();
  const fired: number[] = [];
  clock.drift(5_000);
  clock.setTimeout(() => fired.push(clock.now()), 10_000);
  clock.clearTimeout(clock.setTimeout(() => fired.push(-1), 500));
  truth.run(2_000);
  clock.drift(-5_000);
  truth.run(20_000);
  expect(fired).toHaveLength(1);
  expect(fired[0]).toBeGreaterThan(10_999);
  expect(fired[0]).toBeLessThan(11_001);
});
