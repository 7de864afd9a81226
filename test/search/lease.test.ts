/**
 * The search of the lease, where time passes: clocks that drift as far as they may, alarms that are
 * late, stalls, and every order of the rest; and how time itself is kept.
 */
import { expect, test } from 'vitest';
import { diagramOf } from '../../simulation/search/diagram.ts';
import { explore } from '../../simulation/search/explore.ts';
import type { Model } from '../../simulation/search/model.ts';
import { lease } from '../../simulation/search/models/lease.ts';
import { duesAfter, isLate, isTimed, shifts, type Time } from '../../simulation/search/time.ts';
import { World } from '../../simulation/search/world.ts';

test('no two nodes ever serve reads at one instant, and reads never go back', () => {
  const world = new World(lease);
  const { verdict, states, transitions, depth } = explore(world);
  expect({ verdict, states, transitions, depth }).toEqual({
    verdict: 'exhausted',
    ...lease.counts,
  });
  expect([...world.reached].sort()).toEqual(Object.keys(lease.sometimes).sort());
}, 120_000);

test('a diagram shows what each clock gains', async () => {
  const small: Model = {
    ...lease,
    closureStepsMax: 0,
    bounds: { ...lease.bounds, crashes: 0, drops: 0, duplicates: 0 },
    laws: [
      ({ stimulus, letters }) =>
        stimulus.kind === 'ring' && letters.length > 0 ? 'a round is sent again' : undefined,
    ],
  };
  const world = new World(small);
  const { moves, wrong } = explore(world);
  await expect(diagramOf(world, moves, wrong)).toMatchFileSnapshot('../golden/diagram-time.txt');
}, 60_000);

const time: Time = { concerns: ['lease'], advances: [1, 2], latenessMax: 1 };

test('an alarm comes nearer as the clock advances, and stays as late as it may be', () => {
  expect(duesAfter({ 'lease:round': 3 }, 2, time)).toEqual({ 'lease:round': 1 });
  expect(duesAfter({ 'lease:round': 1 }, 2, time)).toEqual({ 'lease:round': -1 });
  expect(duesAfter({ 'lease:round': -1 }, 2, time)).toEqual({ 'lease:round': -1 });
  expect(isLate({ 'lease:round': 1 }, 2, time)).toBe(false);
  expect(isLate({ 'lease:round': 0 }, 2, time)).toBe(true);
});

test('alarms of concerns that do not live by the clock have no deadline', () => {
  expect(isTimed(time, 'lease:round')).toBe(true);
  expect(isTimed(time, 'election:quorum')).toBe(false);
  expect(isTimed(undefined, 'lease:round')).toBe(false);
});

test('stamps move back as the clock advances, and what has passed stays at the present', () => {
  const timing = { leaseMs: 2 };
  const moved = (context: object) => shifts['lease']?.({ timing, ...context }, 2);
  expect(moved({ barredUntilMs: 3, untilMs: 1, sentAt: -1 })).toMatchObject({
    barredUntilMs: 1,
    untilMs: 0,
    sentAt: -2,
  });
  expect(moved({ barredUntilMs: 0, untilMs: null, sentAt: 0 })).toMatchObject({
    barredUntilMs: 0,
    untilMs: null,
    sentAt: -2,
  });
});
