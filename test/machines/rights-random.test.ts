/**
 * Rights of way in thousands of made-up worlds: in true time no two conflicting groups are ever lit,
 * whatever clocks, leaders, holders and letters do within their bounds.
 */
import { expect, test } from 'vitest';
import * as state from '../../machines/district-state.ts';
import * as rights from '../../machines/rights.ts';
import { RightsWorld, STEPS } from './rights-world.ts';

/** `RIGHTS_SEEDS=50` looks at so many times more worlds. */
const MORE = Number(process.env['RIGHTS_SEEDS'] ?? 1);
const WORLDS = 1000 * MORE;

test('in no world are two conflicting groups lit together', { timeout: 120_000 * MORE }, () => {
  let granted = 0;
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const world = new RightsWorld({ state, rights }, seed);
    expect({ seed, wrong: world.run(STEPS) }).toEqual({ seed, wrong: undefined });
    granted += world.granted;
  }
  // A world in which nothing is granted would prove nothing.
  expect(granted).toBeGreaterThan(8 * WORLDS);
});
