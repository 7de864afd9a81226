/** The concern `arrivals` as tables: what it expects by what sensors say, and when it knows nothing. */
import { describe, expect, test } from 'vitest';
import { arrivalsMachine } from '../../machines/arrivals.ts';
import type { FactAs } from '../../protocol/event.ts';
import type { VehicleReading } from '../../protocol/readings.ts';
import { crossroads } from './phases-words.ts';
import { heard, only, Play, sent } from './play.ts';

const car = (vehicle: string, distanceM: number, rest: Partial<VehicleReading> = {}) => ({
  ...{ kind: 'vehicle' as const, vehicle, place: 'approach' as const, lane: 'W_0', group: 'a' },
  ...{ distanceM, speedMps: 0 },
  ...rest,
});
const read = (...readings: VehicleReading[]) =>
  ({ type: 'sensors.read', sensing: 'vehicles', stepS: 1, readings }) as const;
const lamps = (a: 'red' | 'green' | 'greenPermissive') =>
  ({ type: 'lamps.shown', lamps: { a, b: 'red' } }) as const;

const watching = () => new Play(arrivalsMachine, { id: 'n1', intersection: crossroads, links: [] });
type Watching = ReturnType<typeof watching>;
const expected = (play: Watching) =>
  play.told.map(({ event }) => event).findLast((event) => event.type === 'arrivals.expected') as
    | FactAs<'arrivals.expected'>
    | undefined;
/** The same readings for so many steps. */
const steps = (play: Watching, count: number, ...readings: VehicleReading[]) => {
  for (let k = 0; k < count; k += 1) {
    play.pass(1000);
    play.hear(read(...readings));
  }
};

describe('what is expected', () => {
  test('is told by lane, from the stop line upstream', () => {
    const play = watching();
    play.hear(
      read(car('far', 150, { speedMps: 13 }), car('near', 8), car('other', 5, { lane: 'E' })),
    );
    const lanes = expected(play)?.lanes.map(({ lane, vehicles }) => [lane, vehicles.length]);
    expect(lanes).toEqual([
      ['E', 1],
      ['W_0', 2],
    ]);
    const [near, far] = expected(play)?.lanes[1]?.vehicles ?? [];
    expect(near?.etaS).toBe(0);
    expect(far?.etaS).toBeCloseTo(150 / (13.9 * 0.95), 0);
  });

  test('of a vehicle that stands is told with how long it has stood in all', () => {
    const play = watching();
    steps(play, 7, car('x', 5));
    expect(expected(play)?.lanes[0]?.vehicles[0]?.waitedS).toBe(7);
    steps(play, 2, car('x', 5, { speedMps: 3 }));
    expect(expected(play)?.lanes[0]?.vehicles[0]?.waitedS).toBe(7);
  });

  test('is nothing of who stands inside, who is counted', () => {
    const play = watching();
    play.hear(
      read(car('in', 0, { place: 'inside' }), car('out', 0, { place: 'inside', speedMps: 9 })),
    );
    expect(expected(play)).toMatchObject({ inside: 1, lanes: [] });
  });
});

describe('a first vehicle that stands', () => {
  test.each([
    ['green', 'stuck'],
    ['greenPermissive', 'barred'],
  ] as const)('at %s for a while makes its group %s, and no other', (lamp, word) => {
    const play = watching();
    play.hear(lamps(lamp));
    steps(play, 5, car('x', 5));
    expect(expected(play)?.[word]).toEqual([]);
    steps(play, 1, car('x', 5));
    expect(expected(play)).toMatchObject({ stuck: [], barred: [], [word]: ['a'] });
  });

  test('at red for two minutes makes its group overdue', () => {
    const play = watching();
    play.hear(lamps('red'));
    steps(play, 120, car('x', 5));
    expect(expected(play)?.overdue).toEqual([]);
    steps(play, 1, car('x', 5));
    expect(expected(play)?.overdue).toEqual(['a']);
  });
});

describe('who leads', () => {
  /** One car comes every other second. */
  const drive = (play: Watching, seconds: number) => {
    for (let k = 0; k < seconds / 2; k += 1) steps(play, 2, car(`car ${play.nowMs}`, 5));
  };
  const told = (play: Watching) => sent(play.told.map(({ event }) => event));
  const elected = (leader: string) => ({ type: 'election.elected', leader, term: 1 }) as const;
  const flows = [
    {
      group: 'a',
      perHour: expect.toSatisfy((rate: number) => Math.abs(rate - 1800) < 100),
      used: 0,
    },
    { group: 'b', perHour: 0, used: 0 },
  ];

  test('is told once a minute how many vehicles come for each group', () => {
    const play = watching();
    play.hear(elected('n2'));
    drive(play, 58);
    expect(told(play)).toEqual([]);
    drive(play, 130);
    const message = { type: 'arrivals.tell', intersection: 'x', flows };
    expect(told(play)).toEqual([1, 2, 3].map(() => ({ to: 'n2', message })));
  });

  test('is not told while there is none, or its sensors do not speak', () => {
    const play = watching();
    play.hear(elected('n2'));
    play.hear({ type: 'election.lost', term: 1, reason: 'silence' });
    drive(play, 200);
    play.hear(elected('n3'));
    play.pass(200_000);
    expect(told(play)).toEqual([]);
  });

  test('hears of its own sensors without a message', () => {
    const play = watching();
    play.hear(elected('n1'));
    drive(play, 70);
    expect(told(play)).toEqual([]);
    const events = play.told.map(({ event }) => event);
    expect(only(events, 'arrivals.counted')).toMatchObject([{ intersection: 'x', flows }]);
  });
});

describe('neighbours', () => {
  const links = [
    { from: 'x', to: 'y', lengthM: 300, speedMps: 14, fromGroups: ['a'] },
    { from: 'y', to: 'x', lengthM: 300, speedMps: 14, toGroups: ['a'] },
  ];
  const between = (forecasts?: boolean) =>
    new Play(arrivalsMachine, {
      id: 'n1',
      intersection: { ...crossroads, ...(forecasts !== undefined && { forecasts }) },
      links,
    });
  const forecasts = (play: Watching) =>
    sent(play.told.map(({ event }) => event)).filter(
      ({ message }) => message.type === 'arrivals.forecast',
    );

  test('are told every other second who leaves towards them, and once that nobody does', () => {
    const play = between();
    play.hear(lamps('green'));
    steps(play, 5, car('x', 5), car('y', 12));
    const says = { type: 'arrivals.forecast', intersection: 'x', full: [] };
    const streets = [{ to: 'y', departS: [0, 2] }];
    const told = { to: '*', message: { ...says, streets } };
    expect(forecasts(play)).toEqual([told, told, told]);
    play.hear(lamps('red'));
    steps(play, 6, car('x', 5));
    expect(forecasts(play).slice(3)).toEqual([{ to: '*', message: { ...says, streets: [] } }]);
  });

  test.each([
    [undefined, true],
    [false, false],
  ] as const)('are heeded, unless it is said (forecasts: %s)', (said, isHeeded) => {
    const play = between(said);
    const departS = [0, 1, 2, 3];
    const message = {
      ...{ type: 'arrivals.forecast' as const, intersection: 'y' },
      streets: [{ to: 'x', departS }],
      full: [],
    };
    let heeded = 0;
    for (let k = 0; k < 200; k += 1) {
      if (k % 4 === 0) play.hear(heard('n2', message));
      steps(play, 1, car(`car ${k}`, 150, { speedMps: 13 }));
      heeded += expected(play)?.coming?.length ?? 0;
    }
    expect(heeded > 0).toBe(isHeeded);
  });
});

describe('a neighbour whose street is full', () => {
  const links = [{ from: 'x', to: 'y', lengthM: 300, speedMps: 14, fromGroups: ['a'] }];
  const full = { type: 'arrivals.forecast' as const, intersection: 'y', streets: [], full: ['x'] };

  test.each([
    [undefined, ['a']],
    [false, []],
  ] as const)('has no green towards it counted on (forecasts: %s)', (forecasts, stuck) => {
    const play = new Play(arrivalsMachine, {
      id: 'n1',
      intersection: { ...crossroads, ...(forecasts !== undefined && { forecasts }) },
      links,
    });
    play.hear(heard('n2', full));
    steps(play, 1, car('x', 5));
    expect(expected(play)?.stuck).toEqual(stuck);
    steps(play, 6, car('x', 5));
    expect(expected(play)?.stuck).toEqual([]);
  });
});

describe('sensors that fall silent', () => {
  test('are said to be lost, once', () => {
    const play = watching();
    steps(play, 2, car('x', 5));
    expect(play.value).toBe('sighted');
    expect(play.pass(10_000)).toEqual([
      { type: 'arrivals.lost', reason: 'the sensors have fallen silent' },
    ]);
    expect(play.value).toBe('blind');
  });
});
