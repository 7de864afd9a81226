/** What is expected where sensors count vehicles and do not tell them apart: loops, and stretches of lane. */
import { describe, expect, test } from 'vitest';
import { expect as expectTraffic, nothingKnown } from '../../machines/expectation.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import type { LaneReading, LoopReading, Reading, Sensing } from '../../protocol/readings.ts';
import { junction } from './sensing-words.ts';

const stretch = (
  vehicles: number,
  queue: number,
  rest: Partial<LaneReading> = {},
): LaneReading => ({
  ...{ kind: 'lane', nearM: 0, farM: 139, lanes: ['W_0'], groups: ['a'], vehicles, queue },
  ...rest,
});
const loop = (place: LoopReading['place'], rest: Partial<LoopReading> = {}): LoopReading => ({
  ...{ kind: 'loop', loop: place, place, distanceM: place === 'stopLine' ? 2 : 69.5 },
  ...{ lanes: ['W_0'], groups: ['a'], passed: 0, occupancy: 0, gapS: 100 },
  ...rest,
});

/** What is expected after these steps, each a list of readings. */
const told = (sensing: Sensing, steps: readonly Reading[][], lamps: Lamps = { a: 'red' }) => {
  let knowledge = nothingKnown(junction);
  let last: ReturnType<typeof expectTraffic>['expected'] | undefined;
  for (const readings of steps) {
    const step = expectTraffic(junction, knowledge, {
      read: { sensing, stepS: 1, readings },
      lamps,
    });
    knowledge = step.knowledge;
    last = step.expected;
  }
  return last;
};
const times = (count: number, readings: Reading[]) => Array.from({ length: count }, () => readings);
const etas = (one: ReturnType<typeof told>) =>
  one?.lanes[0]?.vehicles.map(({ etaS }) => Math.round(etaS)) ?? [];

describe('a stretch of lane', () => {
  test('lets who comes in drive on until he stands', () => {
    expect(etas(told('lanes', [[stretch(1, 0)]]))).toEqual([11]);
    expect(etas(told('lanes', times(4, [stretch(1, 0)])))).toEqual([8]);
    expect(etas(told('lanes', [...times(2, [stretch(2, 0)]), [stretch(2, 1)]]))).toEqual([0, 9]);
  });

  test('loses the first when there is one less', () => {
    const steps = [...times(3, [stretch(2, 2)]), [stretch(1, 1)]];
    const [vehicle] = told('lanes', steps)?.lanes[0]?.vehicles ?? [];
    expect(etas(told('lanes', steps))).toEqual([0]);
    expect(vehicle?.waitedS).toBeGreaterThan(1);
  });

  test('of several lanes is shared between them', () => {
    const upstream = stretch(4, 0, { nearM: 100, farM: 200, lanes: ['W_0', 'W_1'] });
    const expected = told('lanes', [[stretch(0, 0), upstream]]);
    expect(expected?.lanes.map(({ vehicles }) => vehicles.length)).toEqual([2, 2]);
  });
});

describe('who stands first at a green of his lane', () => {
  const both = stretch(3, 3, { groups: ['a', 'b'] });

  test('is taken to need another one after a while', () => {
    const first = (seconds: number) =>
      told('lanes', times(seconds, [both]), { a: 'green', b: 'red' })?.lanes[0]?.vehicles[0];
    expect(first(2)?.groups).toEqual(['a', 'b']);
    expect(first(6)?.groups).toEqual(['b']);
  });

  test('is not counted on when he needs no other', () => {
    const expected = told('lanes', times(7, [stretch(3, 3)]), { a: 'green', b: 'red' });
    expect(expected?.stuck).toEqual(['a']);
  });
});

describe('loops', () => {
  test('count in who passes the first, and out who passes the second', () => {
    const come = [loop('stopLine'), loop('advance', { passed: 1 })];
    const none = [loop('stopLine'), loop('advance')];
    expect(etas(told('loops', [come, none]))).toEqual([4]);
    const gone = [loop('stopLine', { passed: 1, gapS: 0 }), loop('advance')];
    expect(etas(told('loops', [come, ...times(5, none), gone]))).toEqual([]);
  });

  test('tell of somebody who stands at the stop line, whoever was counted', () => {
    const stands = [loop('stopLine', { occupancy: 1, gapS: 0 }), loop('advance')];
    expect(etas(told('loops', [stands]))).toEqual([0]);
  });

  test('forget who was counted and never came', () => {
    const come = [loop('stopLine'), loop('advance', { passed: 1 })];
    const none = [loop('stopLine'), loop('advance')];
    expect(etas(told('loops', [come, ...times(12, none)]))).toEqual([]);
  });

  test('say by the one upstream how far the queue reaches', () => {
    const full = [
      loop('stopLine', { occupancy: 1, gapS: 0 }),
      loop('advance', { occupancy: 1, gapS: 0 }),
    ];
    expect(etas(told('loops', [full]))).toHaveLength(9);
  });
});
