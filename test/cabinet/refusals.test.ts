/** Tables of what a lamp driver refuses, and the reason it gives: group, lamps, instants. */
import { describe, expect, test } from 'vitest';
import { bench, type Short, timelines } from './crossing.ts';

/** A green from second 6 to 16 and what follows it. */
const green: Short = ['red', 6, 'green', 16, 'amber', 19, 'red', 21];

describe('refused', () => {
  const late = 'too late: not after 5000 ms, now 7000 ms';
  const sequence = (shorts: Record<string, Short>, rest: object = {}) => ({
    incarnation: 1,
    counter: 9,
    notAfterMs: 100_000,
    timelines: timelines(shorts),
    ...rest,
  });
  test.each([
    [
      'a sequence numbered lower',
      { north: green },
      { counter: 0 },
      'n1 said 1.0, not later than 1.1',
    ],
    ['the same number again', { north: green }, { counter: 1 }, 'n1 said 1.1, not later than 1.1'],
    ['a former life', { north: green }, { incarnation: 0 }, 'n1 said 0.9, not later than 1.1'],
    ['a sequence after its not-after', { north: green }, { notAfterMs: 5_000 }, late],
    ['one that is past', { north: ['red', 6] }, {}, 'all of it is past (now 7000 ms)'],
    ['one without red at its end', { north: ['green', 20] }, {}, 'north: does not end in red'],
    [
      'one that reaches too far',
      { north: ['red', 400] },
      {},
      'north: ends 400000 ms, more than 300000 ms after now (7000 ms)',
    ],
    ['an endless one', { north: ['red', Number.NaN] }, {}, 'north: red until NaN'],
    [
      'one that goes back',
      { north: ['red', 20, 'red', 15] },
      {},
      'north: red until 15000 ms follows what ends 20000 ms',
    ],
    [
      'flashing, which is the driver’s own',
      { north: ['flashingAmber', 20, 'red', 30] },
      {},
      'north: flashingAmber is not for a sequence',
    ],
    [
      'green without amber',
      { north: ['green', 16, 'red', 30] },
      {},
      'north: red from 16000 ms to 30000 ms cannot follow green from 7000 ms to 16000 ms',
    ],
    [
      'short amber',
      { north: ['green', 16, 'amber', 18, 'red', 30] },
      {},
      'north: amber from 16000 ms to 18000 ms is less than its 3000 ms',
    ],
    [
      'a short green to come',
      { north: ['red', 10, 'green', 14, 'amber', 17, 'red', 30] },
      {},
      'north: green from 10000 ms to 14000 ms is less than its minimum of 5000 ms',
    ],
    [
      'conflicting greens',
      {
        north: ['red', 10, 'green', 20, 'amber', 23, 'red', 30],
        east: ['red', 19, 'green', 29, 'amber', 32, 'red', 33],
      },
      {},
      'east: green from 19000 ms to 29000 ms conflicts with north: green from 10000 ms to 20000 ms',
    ],
    [
      'conflicting green within red clearance',
      {
        north: ['red', 10, 'green', 20, 'amber', 23, 'red', 30],
        east: ['red', 24, 'green', 30, 'amber', 33, 'red', 33],
      },
      {},
      'east: green from 24000 ms to 30000 ms comes within the red clearance of north, which ends 25000 ms',
    ],
    [
      'a protected turn against those it yields to',
      {
        south: ['red', 10, 'green', 20, 'amber', 23, 'red', 30],
        left: ['red', 10, 'green', 20, 'amber', 23, 'red', 30],
      },
      {},
      'left: green from 10000 ms to 20000 ms conflicts with south: green from 10000 ms to 20000 ms',
    ],
    ['groups nobody described', {}, { timelines: { west: [] } }, 'no group west'],
    [
      'a sequence that leaves a group out',
      {},
      { timelines: { north: [] } },
      'south: no timeline, but n1 commands it too',
    ],
  ] as const)('%s is refused', (_, shorts, rest, reason) => {
    const { clock, driver, send, story } = bench();
    expect(send({ east: ['red', 50] })).toBeUndefined();
    clock.run(7_000);
    expect(driver.accept(sequence(shorts, rest)).refused).toBe(reason);
    clock.run(40_000);
    expect(story('north')).toBe('red 0');
  });

  test('a sequence that cuts a running green off is refused, and the green goes on', () => {
    const { clock, send, story } = bench();
    send({ north: green });
    clock.run(15_000);
    expect(send({ north: ['red', 30] })).toBe(
      'north: red from 15000 ms to 30000 ms cannot follow green from 6000 ms to 15000 ms',
    );
    clock.run(18_000);
    expect(story('north')).toBe('red 0, green 6, amber 16');
  });

  test('nothing more is accepted from a node that left; what it said goes on to its end', () => {
    const { clock, driver, send, story } = bench();
    send({ north: green });
    clock.run(10_000);
    driver.leave('n1', 1);
    expect(send({ north: green })).toBe('n1 said 1.2, not later than its leave in 1');
    clock.run(30_000);
    expect(story('north')).toBe('red 0, green 6, amber 16, red 19, flashingAmber 21');
    expect(
      driver.accept(sequence({ north: ['red', 60] }, { incarnation: 2, counter: 0 })).refused,
    ).toBeUndefined();
  });
});
