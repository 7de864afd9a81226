/** Platoons between neighbours as tables: who is told to leave, and who is then expected. */
import { describe, expect, test } from 'vitest';
import type { Expected } from '../../machines/expectation.ts';
import { advise } from '../../machines/planner.ts';
import {
  comingOf,
  departuresOf,
  type Forecast,
  type Platoon,
  platoonsAfter,
  platoonsLater,
} from '../../machines/platoons.ts';
import type { Intersection, Link } from '../../protocol/district.ts';
import type { Read } from '../../protocol/readings.ts';
import { junction, traffic } from './sensing-words.ts';

/** A street of 400 m to `y` and one from there, at 36 km/h: free at 9.5 m/s. */
const links: readonly Link[] = [
  { from: 'x', to: 'y', lengthM: 400, speedMps: 10, fromGroups: ['a'] },
  { from: 'y', to: 'x', lengthM: 400, speedMps: 10, toGroups: ['a', 'b'] },
  { from: 'w', to: 'x', lengthM: 400, speedMps: 10, toGroups: ['b'] },
];
const here: Intersection = { ...junction, id: 'x' };
const street = { intersection: here, links };
const loops: Read = {
  sensing: 'loops',
  stepS: 1,
  readings: [
    {
      ...{ kind: 'loop', loop: 'l', place: 'advance', distanceM: 50, lanes: ['W_0'] },
      ...{ groups: ['a'], passed: 0, occupancy: 0, gapS: 0 },
    },
  ],
};

describe('who leaves towards a neighbour', () => {
  const told = (expected: Expected, a: 'green' | 'amber' | 'red') =>
    departuresOf(street, { expected, lamps: { a, b: 'red' } });

  test('is told at green, one after another, by when he leaves', () => {
    expect(told(traffic([0, 0, 5], []), 'green')).toEqual([{ to: 'y', departS: [0, 2, 5] }]);
  });

  test('is nobody at amber, at red, or at the green of a group that leads elsewhere', () => {
    expect(told(traffic([0, 0, 5], []), 'amber')).toEqual([]);
    expect(told(traffic([0, 0, 5], []), 'red')).toEqual([]);
    expect(told(traffic([], [0, 0]), 'green')).toEqual([]);
  });

  test('is not foretold for longer than a green surely lasts', () => {
    expect(told(traffic([0, 9.9, 10.1], []), 'green')).toEqual([{ to: 'y', departS: [0, 9.9] }]);
    const queue = Array.from({ length: 20 }, () => 0);
    expect(told(traffic(queue, []), 'green')[0]?.departS).toEqual([0, 2, 4, 6, 8, 10]);
  });

  test('is nobody behind one who waits for another green', () => {
    const lanes = [
      {
        lane: 'A_0',
        vehicles: ['a', 'b', 'a'].map((group) => ({ groups: [group], etaS: 0, waitedS: 0 })),
      },
    ];
    expect(told({ ...traffic([], []), lanes }, 'green')).toEqual([{ to: 'y', departS: [0] }]);
  });
});

const forecast = (...departS: number[]): Forecast => ({
  type: 'arrivals.forecast',
  intersection: 'y',
  streets: [{ to: 'x', departS }],
  full: [],
});
const hear = (platoons: readonly Platoon[], said: Forecast, at: number) =>
  platoonsAfter(platoons, street, { forecast: said, at });

describe('what a neighbour foresaw', () => {
  test('is replaced by what it says later, as far as it has not come true', () => {
    const first = hear([], forecast(0, 2, 4), 1000);
    expect(first[0]?.departMs).toEqual([1000, 3000, 5000]);
    expect(hear(first, forecast(3), 4000)[0]?.departMs).toEqual([1000, 3000, 7000]);
  });

  test('is taken back by a word that nobody leaves any more', () => {
    const first = hear([], forecast(0, 2, 4), 1000);
    expect(hear(first, { ...forecast(), streets: [] }, 2000)[0]?.departMs).toEqual([1000]);
  });

  test('is nothing when it leads to others', () => {
    const other = { ...forecast(), streets: [{ to: 'z', departS: [1] }] };
    expect(hear([], other, 1000)).toEqual([]);
  });

  test('is nothing when no street leads here from who says it, however many do', () => {
    const liars = Array.from({ length: 1000 }, (_, k) => ({
      ...forecast(1),
      intersection: `liar ${k}`,
    }));
    const heeded = liars.reduce((all, lie) => hear(all, lie, 0), [] as Platoon[]);
    expect(heeded).toEqual([]);
  });

  test('is kept of each neighbour apart, and not for ever', () => {
    const two = hear(hear([], forecast(0), 0), { ...forecast(1), intersection: 'w' }, 0);
    expect(two.map(({ from }) => from)).toEqual(['y', 'w']);
    const later = platoonsLater(two, { at: 200_000, stepS: 1 });
    expect(later.map(({ departMs }) => departMs)).toEqual([[], []]);
  });
});

describe('who is on his way', () => {
  /** One leaves every ten seconds for ten minutes, and as many come for each group in a second. */
  const known = (flows: Expected['flows']) => {
    let platoons: readonly Platoon[] = [];
    let at = 0;
    for (let k = 0; k < 600; k += 1) {
      at += 1000;
      if (k % 10 === 0) platoons = hear(platoons, forecast(0), at);
      platoons = platoonsLater(platoons, { at, stepS: 1 });
    }
    const expected = { flows };
    return {
      at: (later: number, said = forecast(0)) => {
        const heard = hear(platoons, said, at);
        return comingOf(heard, street, { expected, read: loops, at: at + later * 1000 });
      },
      platoons,
    };
  };
  const vehicles = (lanes: Expected['lanes']) => lanes.flatMap((one) => one.vehicles);
  const all = known([{ group: 'a', perS: 0.1 }]);

  test('is expected once he will soon be seen, until he is', () => {
    // 42.1 s from stop line to stop line, of which the last 5.3 are seen.
    const etas = (later: number) =>
      vehicles(all.at(later, forecast(5))).map(({ etaS }) => Math.round(etaS));
    expect(etas(30)).not.toContain(17);
    expect(etas(33)).toContain(14);
    for (const later of [10, 20, 30, 40]) {
      for (const etaS of etas(later)) {
        expect(etaS).toBeGreaterThanOrEqual(5);
        expect(etaS).toBeLessThanOrEqual(16);
      }
    }
  });

  test('is expected for the group that those need who came of late', () => {
    expect(new Set(vehicles(all.at(0)).flatMap(({ groups }) => groups))).toEqual(new Set(['a']));
  });

  test('is nobody of a street from which nobody is known to come', () => {
    expect(known([{ group: 'a', perS: 0 }]).at(0)).toEqual([]);
    expect(known([{ group: 'c', perS: 1 }]).at(0)).toEqual([]);
  });

  test('is counted only in that part in which they came of late', () => {
    const many = forecast(...Array.from({ length: 40 }, (_, k) => k / 10));
    const part = (perS: number) => vehicles(known([{ group: 'a', perS }]).at(32, many)).length;
    expect(part(0.1)).toBeGreaterThanOrEqual(40);
    expect(part(0.05) / part(0.1)).toBeCloseTo(0.5, 1);
  });

  test('is nobody before two minutes were learned from', () => {
    const fresh = hear([], forecast(0, 1, 2), 0);
    const expected = { flows: [{ group: 'a', perS: 1 }] };
    expect(comingOf(fresh, street, { expected, read: loops, at: 30_000 })).toEqual([]);
  });
});

describe('the planner', () => {
  const stage = here.stages.find(({ green }) => green.includes('a'));
  const coming = (etaS: number) => [
    { lane: 'B_0', vehicles: [{ groups: ['b'], etaS, waitedS: 0 }] },
  ];
  const advised = (expected: Expected) =>
    stage && advise({ intersection: here, stage, expected, walks: [] })?.green;

  test('turns to who is on the way in time for him, as long as nobody is in sight', () => {
    expect(advised({ ...traffic([], []), coming: coming(4) })).toContain('b');
    expect(advised({ ...traffic([], []), coming: coming(12) })).toBeUndefined();
    expect(advised(traffic([], []))).toBeUndefined();
  });

  test('does nothing for them once anybody is in sight, who could lose by it', () => {
    for (const seen of [traffic([4], []), traffic([0, 0], []), traffic([], [9])]) {
      expect(advised({ ...seen, coming: coming(4) })).toEqual(advised(seen));
    }
  });
});
