/** What is expected where sensors count vehicles and do not tell them apart: loops, and stretches of lane. */
import { describe, expect, test } from 'vitest';
import { expect as expectTraffic, nothingKnown } from '../../machines/expectation.ts';
import type { Lamp, Lamps } from '../../protocol/lamp.ts';
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

interface Lit {
  readonly readings: Reading[];
  readonly lamps: Lamps;
}

/** The same, with lamps that change. */
const lit = (sensing: Sensing, steps: readonly Lit[]) => {
  let knowledge = nothingKnown(junction);
  let last: ReturnType<typeof expectTraffic>['expected'] | undefined;
  for (const { readings, lamps } of steps) {
    const step = expectTraffic(junction, knowledge, {
      read: { sensing, stepS: 1, readings },
      lamps,
    });
    knowledge = step.knowledge;
    last = step.expected;
  }
  return last;
};

/** What is expected after these steps, each a list of readings. */
const told = (sensing: Sensing, steps: readonly Reading[][], lamps: Lamps = { a: 'red' }) =>
  lit(
    sensing,
    steps.map((readings) => ({ readings, lamps })),
  );
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
    expect(first(2)?.groups).toHaveLength(1);
    // Nobody has left for three seconds, and he has stood for four.
    expect(first(8)?.groups).toEqual(['b']);
  });

  test('is still taken to need it when all is red again', () => {
    const idle = times(8, [both]).map((readings) => ({
      readings,
      lamps: { a: 'green', b: 'red' },
    }));
    const red = times(3, [both]).map((readings) => ({ readings, lamps: { a: 'red', b: 'red' } }));
    const expected = lit('lanes', [...idle, ...red] as Lit[]);
    expect(expected?.lanes[0]?.vehicles[0]?.groups).toEqual(['b']);
  });

  test('is taken to wait for a gap where one of them yields', () => {
    const expected = told('lanes', times(9, [both]), { a: 'green', b: 'greenPermissive' });
    expect(expected?.lanes[0]?.vehicles[0]?.groups).toEqual(['b']);
    expect(expected?.stuck).toEqual([]);
    expect(expected?.barred).toEqual(['b']);
  });

  test('is not counted on when he needs no other', () => {
    const expected = told('lanes', times(10, [stretch(3, 3)]), { a: 'green', b: 'red' });
    expect(expected?.stuck).toEqual(['a']);
  });

  test('is not counted on when he stands far before the stop line', () => {
    const far = [stretch(0, 0, { farM: 10 }), stretch(4, 2, { nearM: 30, farM: 100 })];
    expect(told('lanes', times(10, far), { a: 'green', b: 'red' })?.stuck).toEqual(['a']);
  });

  test('is not taken for one who stands while the queue drives off', () => {
    const leaving = [6, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2].map((count) => [stretch(count, count - 1)]);
    expect(told('lanes', leaving, { a: 'green', b: 'red' })?.stuck).toEqual([]);
  });
});

describe('who leaves', () => {
  test('leaves once, also when another comes in that step', () => {
    const steps = [...times(4, [stretch(1, 1)]), [stretch(0, 0)], [stretch(1, 0)]];
    expect(etas(told('lanes', steps, { a: 'green' }))).toEqual([11]);
    const at = (count: number) =>
      etas(
        told('lanes', [...times(12, [stretch(1, 0)]), ...times(count, [stretch(1, 0)])], {
          a: 'green',
        }),
      );
    // Two seconds after he should have been at the line somebody else must be there.
    expect(at(0)).toEqual([0]);
    expect(at(2)).toEqual([11]);
  });

  test('does not leave at red, whoever changes lanes', () => {
    const steps = [...times(12, [stretch(2, 2)]), [stretch(1, 1)], [stretch(2, 1)]];
    expect(etas(told('lanes', steps))).toEqual([0, 11]);
    expect(told('lanes', steps)?.lanes[0]?.vehicles[0]?.waitedS).toBeGreaterThan(10);
  });

  test('has not left the lane where two stretches join', () => {
    const [near, far] = [{ farM: 10 }, { nearM: 22, farM: 92 }];
    const count = (n: number, k: number) => [stretch(n, 0, near), stretch(k, 0, far)];
    const steps = [count(0, 1), count(0, 1), count(0, 0), count(1, 0)];
    expect(told('lanes', steps, { a: 'green' })?.inside).toBe(0);
    expect(etas(told('lanes', steps, { a: 'green' }))).toHaveLength(1);
  });

  test('may be inside for a second, or for five who may have had to yield', () => {
    const gone = (seconds: number, b: Lamp) =>
      told(
        'lanes',
        [
          ...times(4, [stretch(1, 1, { groups: ['a', 'b'] })]),
          ...times(seconds, [stretch(0, 0, { groups: ['a', 'b'] })]),
        ],
        { a: 'green', b },
      )?.inside;
    expect([gone(1, 'red'), gone(2, 'red')]).toEqual([1, 0]);
    expect([gone(1, 'greenPermissive'), gone(5, 'greenPermissive')]).toEqual([1, 1]);
    expect(gone(6, 'greenPermissive')).toBe(0);
  });
});

describe('which way those turn who come', () => {
  /** One after another comes and leaves, each of them at this green. */
  const leaving = (lamps: readonly Lamps[]): Lit[] =>
    lamps.flatMap((now) => [
      ...times(3, [stretch(1, 1, { groups: ['a', 'b'] })]).map((readings) => ({
        readings,
        lamps: now,
      })),
      { readings: [stretch(0, 0, { groups: ['a', 'b'] })], lamps: now },
    ]);
  const queue = {
    readings: [stretch(10, 10, { groups: ['a', 'b'] })],
    lamps: { a: 'red', b: 'red' } as Lamps,
  };
  const turns = (steps: Lit[]) =>
    lit('lanes', [...steps, queue])?.lanes[0]?.vehicles.map(({ groups }) => groups.join()) ?? [];
  const [onlyA, onlyB] = [
    { a: 'green', b: 'red' },
    { a: 'red', b: 'green' },
  ] as Lamps[] as [Lamps, Lamps];

  test('is half of them each before anything is known', () => {
    expect(turns([]).filter((group) => group === 'a')).toHaveLength(5);
  });

  test('is learned from those who left at one green alone', () => {
    const most = leaving(Array.from({ length: 40 }, (_, k) => (k % 5 === 0 ? onlyB : onlyA)));
    const ofA = turns(most).filter((group) => group === 'a').length;
    expect(ofA).toBeGreaterThanOrEqual(7);
    expect(ofA).toBeLessThanOrEqual(9);
  });

  test('is the same for each as long as he is there', () => {
    const first = turns([]);
    const later = lit('lanes', [queue, queue, queue])?.lanes[0]?.vehicles.map(({ groups }) =>
      groups.join(),
    );
    expect(later).toEqual(first);
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
    // For three seconds: somebody may stop there for one.
    expect(etas(told('loops', times(2, full)))).toHaveLength(1);
    expect(etas(told('loops', times(3, full)))).toHaveLength(9);
  });

  test('forget all at once who was counted, when nobody is before the stop line', () => {
    const come = [loop('stopLine'), loop('advance', { passed: 3 })];
    const none = [loop('stopLine'), loop('advance')];
    expect(etas(told('loops', [come, ...times(9, none)]))).toHaveLength(3);
    expect(etas(told('loops', [come, ...times(10, none)]))).toEqual([]);
  });

  describe('of which one lies before several lanes', () => {
    const lines = (first: Partial<LoopReading>, second: Partial<LoopReading>) => [
      loop('stopLine', { loop: 'l0', lanes: ['W_0'], ...first }),
      loop('stopLine', { loop: 'l1', lanes: ['W_1'], ...second }),
    ];
    const upstream = (passed: number) => loop('advance', { lanes: ['W_0', 'W_1'], passed });
    const counts = (expected: ReturnType<typeof told>) =>
      Object.fromEntries(
        expected?.lanes.map(({ lane, vehicles }) => [lane, vehicles.length]) ?? [],
      );

    test('share out who comes as others left', () => {
      const busy = times(60, [...lines({ passed: 1, gapS: 0 }, {}), upstream(1)]);
      const expected = told('loops', [...busy, [...lines({}, {}), upstream(10)]], { a: 'green' });
      expect(expected?.lanes.find(({ lane }) => lane === 'W_0')?.vehicles.length).toBeGreaterThan(
        8,
      );
    });

    test('find on the other lane, where somebody stands, who did not come to this one', () => {
      const stands = { occupancy: 1, gapS: 0 };
      const come = [...lines({}, stands), upstream(4)];
      const later = times(12, [...lines({}, stands), upstream(0)]);
      expect(counts(told('loops', [come, ...later]))).toEqual({ W_1: 5 });
    });
  });
});
