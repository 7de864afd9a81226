/** The planner's share of a drive, on a clock that the test turns. */
import { expect, test } from 'vitest';
import { audienceOf } from '../../actors/bus.ts';
import { PlanningWatch } from '../../bin/planning-watch.ts';
import { concerns } from '../../machines/node.ts';

/** Steps that took so long, with something else after each that is no planning. */
const watched = (tookMs: readonly number[]) => {
  let now = 5;
  const watch = new PlanningWatch(() => now);
  const hear = (type: string, ms: number) => {
    watch.begin({ type, at: 0 });
    now += ms;
    watch.end({ type, at: 0 });
  };
  for (const ms of tookMs) {
    hear('arrivals.expected', ms);
    hear('sensors.read', 1000);
  }
  return watch;
};

test('the planner’s share is what its steps took, of the whole run', () => {
  expect(watched([1, 2, 3, 4]).outcome(200)).toEqual({
    ...{ steps: 4, wallPercent: 5 },
    ...{ medianMs: 2, p99Ms: 4, maxMs: 4 },
  });
});

test('one slow step of a hundred is the greatest, and not the 99th percentile', () => {
  const steps = [...Array.from({ length: 99 }, () => 0.25), 40];
  expect(watched(steps).outcome(1000)).toMatchObject({ medianMs: 0.25, p99Ms: 0.25, maxMs: 40 });
});

test('a run in which no sensor spoke has no share, and says so in numbers', () => {
  const none = { steps: 0, wallPercent: 0, medianMs: 0, p99Ms: 0, maxMs: 0 };
  expect(watched([]).outcome(1000)).toEqual(none);
  expect(watched([]).outcome(0)).toEqual(none);
});

test('nobody but the stage controller works in the time that counts as planning', () => {
  expect(audienceOf(concerns, {}).get('arrivals.expected')).toEqual(['phases']);
});
