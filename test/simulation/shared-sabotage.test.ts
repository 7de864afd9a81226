/**
 * Sabotages of rights of way that a city finds: the same machines taken apart as in
 * `sabotage.test.ts`, each in the city where it matters; in the same city the real ones violate
 * nothing. Trust in one's own disk after a start needs one word lost and another not, which the
 * exhaustive search finds sooner than seeds do.
 */
import { afterAll, expect, test } from 'vitest';
import type * as Cities from '../../simulation/city.ts';
import { type Copy, copyOf, original, type Sabotage } from '../search/sabotaged.ts';
import { busy, litLate, movedApart, skewed } from './shared-words.ts';

const copies: Copy[] = [];
afterAll(() => {
  for (const copy of copies) copy.remove();
});
const broken = (sabotage: Sabotage): Copy => {
  const copy = copyOf(sabotage);
  copies.push(copy);
  return copy;
};

type Run = (making: typeof Cities) => Promise<Cities.City>;

const ran = async ({ load }: Pick<Copy, 'load'>, run: Run): Promise<Cities.City> =>
  run((await load('simulation/city.ts')) as typeof Cities);

const apart: Run = async (making) => {
  const { city } = await movedApart(making);
  await city.run(city.now() + 60_000);
  return city;
};
/** Half of it is what a clock may be off by: most of the bound, and more than all of it. */
const slightly: Run = (making) => skewed(making, 330);
const widely: Run = (making) => skewed(making, 700);

test.each([
  ['calls and changes of leaders', busy],
  ['greens that are lit late', litLate],
  ['clocks that are off by as much as they may', slightly],
  ['clocks that are off by more', widely],
] as const)(
  'the real machines violate nothing among %s',
  async (_, run) => {
    const { violations, invariants } = await ran(original, run);
    expect(violations).toEqual([]);
    expect(invariants.streets.counts.greens).toBeGreaterThan(0);
  },
  60_000,
);

test.each<[string, Run, Sabotage, string[]]>([
  [
    'ignore the clock bound',
    widely,
    {
      file: 'machines/holding.ts',
      replace: 'boundMs(atMs) + lampBoundMs + MOVED_MS <= allowedMs;',
      by: 'boundMs(atMs) + lampBoundMs + MOVED_MS <= allowedMs * 9;',
    },
    ['greens have a right', 'never two greens'],
  ],
  [
    'one bound instead of two',
    slightly,
    {
      file: 'machines/rights.ts',
      replace: 'const boundsMs = newest.clockBoundMs + own.clockBoundMs;',
      by: 'const boundsMs = newest.clockBoundMs;',
    },
    ['never two greens'],
  ],
  [
    'no clearance between rights of way',
    busy,
    {
      file: 'machines/granting.ts',
      replace: '  (amberS + redClearanceS) * 1000 + LATE_MS;',
      by: '  (amberS + redClearanceS) * 0 + LATE_MS;',
    },
    ['never two greens'],
  ],
  [
    'cut short without a release',
    busy,
    {
      file: 'machines/rights.ts',
      replace: 'if (own === newest) return interval.untilMs + boundsMs;',
      by: 'if (own === newest) return interval.untilMs - 6_000 + boundsMs;',
    },
    // What is over for the log is forgotten there, and its holder with it.
    ['never two greens', 'greens are kept'],
  ],
  [
    'released when the lamps were meant to let go',
    litLate,
    {
      file: 'machines/holding.ts',
      replace: 'untilMs: Math.max(gave.untilMs, clearMs + clock.offsetMs)',
      by: 'untilMs: gave.untilMs + 0 * clearMs',
    },
    ['never two greens'],
  ],
  [
    'green without a committed right of way',
    busy,
    {
      file: 'machines/primary.ts',
      replace: 'const index = reached[Math.floor(voters.length / 2)] ?? 0;',
      by: 'const index = reached[0 * voters.length] ?? 0;',
    },
    ['committed is final', 'logs match', 'states agree', 'leaders are complete'],
  ],
  [
    'counted in another group at once',
    apart,
    {
      file: 'machines/rights.ts',
      replace: '): number => longestMs(timing.rightHorizonMs + timing.clockBoundMsMax, ',
      by: '): number => 1 + 0 * longestMs(timing.rightHorizonMs + timing.clockBoundMsMax, ',
    },
    ['never two greens'],
  ],
])(
  '"%s" is found',
  async (_, run, sabotage, expected) => {
    const { violations } = await ran(broken(sabotage), run);
    expect(expected).toContain(violations[0]?.invariant);
  },
  120_000,
);
