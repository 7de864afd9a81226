/** The virtual clock on which drivers and cities are tested. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../../simulation/clock.ts';

test('timers fire at their instants, those of one instant in the order of arming', () => {
  const clock = new VirtualClock(100);
  const fired: string[] = [];
  const arm = (name: string, ms: number) =>
    clock.setTimeout(() => fired.push(`${name} ${clock.now()}`), ms);
  arm('c', 30);
  arm('a', 10);
  arm('d', 30);
  arm('b', 20);
  clock.run(129);
  expect(fired).toEqual(['a 110', 'b 120']);
  expect(clock.now()).toBe(129);
  clock.run(1_000);
  expect(fired).toEqual(['a 110', 'b 120', 'c 130', 'd 130']);
});

test('timers that timers arm fire in the same run, each at its own instant', () => {
  const clock = new VirtualClock();
  const fired: number[] = [];
  const again = () => {
    fired.push(clock.now());
    if (fired.length < 3) clock.setTimeout(again, 100);
  };
  clock.setTimeout(again, 100);
  clock.run(300);
  expect(fired).toEqual([100, 200, 300]);
});

test('a cleared timer does not fire, and clearing one that fired does nothing', () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const first = clock.setTimeout(() => fired.push('first'), 1);
  const second = clock.setTimeout(() => fired.push('second'), 2);
  clock.run(1);
  clock.clearTimeout(first);
  clock.clearTimeout(second);
  clock.clearTimeout(second);
  clock.clearTimeout(undefined);
  clock.run(10);
  expect(fired).toEqual(['first']);
  expect(clock.nextMs()).toBeUndefined();
});

test('thousands of timers, most of them cleared, fire in order', () => {
  const clock = new VirtualClock();
  const fired: number[] = [];
  const timers = Array.from({ length: 5_000 }, (_, k) =>
    clock.setTimeout(() => fired.push(k), (k * 7_919) % 5_003),
  );
  timers.forEach((timer, k) => {
    if (k % 5 !== 0) clock.clearTimeout(timer);
  });
  clock.run(6_000);
  const expected = Array.from({ length: 1_000 }, (_, k) => k * 5).sort(
    (a, b) => ((a * 7_919) % 5_003) - ((b * 7_919) % 5_003),
  );
  expect(fired).toEqual(expected);
});

test('what falls due in a stall fires late', () => {
  const clock = new VirtualClock();
  const fired: number[] = [];
  clock.setTimeout(() => fired.push(clock.now()), 10);
  clock.stall(50);
  expect(fired).toEqual([]);
  clock.run(50);
  expect(fired).toEqual([50]);
});
