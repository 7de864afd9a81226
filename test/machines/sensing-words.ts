/** What the tests of control by sensors are written with: what is expected, and a crossing for it. */
import type { Expected } from '../../machines/expectation.ts';
import type { Intersection } from '../../protocol/district.ts';
import { crossroads } from './phases-words.ts';

/** Crossroads without red clearance, on which greens may be long. */
export const junction: Intersection = {
  ...crossroads,
  groups: crossroads.groups.map((group) => ({
    ...group,
    minGreenS: 5,
    maxGreenS: 50,
    redClearanceS: 0,
  })),
};

/** Vehicles of one lane each for `a` and `b`, by when they could be at the stop line. */
export const traffic = (
  a: readonly number[],
  b: readonly number[],
  rest: Partial<Expected> = {},
): Expected => ({
  sensing: 'vehicles',
  stepS: 1,
  lanes: [
    { lane: 'A_0', vehicles: a.map((etaS) => ({ group: 'a', etaS, waitedS: 0 })) },
    { lane: 'B_0', vehicles: b.map((etaS) => ({ group: 'b', etaS, waitedS: 0 })) },
  ].filter(({ vehicles }) => vehicles.length > 0),
  flows: [],
  inside: 0,
  stuck: [],
  barred: [],
  overdue: [],
  ...rest,
});

export const expecting = (expected: Expected) =>
  ({ type: 'arrivals.expected', ...expected }) as const;
