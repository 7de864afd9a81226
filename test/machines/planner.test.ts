/** The planner as tables and properties: what it advises, that it is bounded, and never changes its mind. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actuate } from '../../machines/actuation.ts';
import { advise } from '../../machines/planner.ts';
import type { Stage } from '../../protocol/district.ts';
import { seeded } from '../transport/seeded.ts';
import { anyIntersection } from './any-intersection.ts';
import { junction, traffic } from './sensing-words.ts';

const [A, B] = junction.stages as [Stage, Stage];
const view = (...words: Parameters<typeof traffic>) => ({
  intersection: junction,
  stage: A,
  expected: traffic(...words),
  walks: [],
});

describe('the planner', () => {
  test.each([
    ['goes on while a queue leaves and nobody waits elsewhere', [0, 0, 0], [], null],
    ['ends a green on which nobody comes when somebody waits elsewhere', [], [0, 0], B],
    ['lets a platoon pass before one who comes later', [0, 0, 0, 1, 3], [9], null],
    ['does not hold many for one who is far off', [14], [0, 0, 0, 0, 0, 0], B],
  ])('%s', (_, a, b, advised) => {
    expect(advise(view(a, b))).toBe(advised);
  });

  test('does not count on who stands at a green', () => {
    expect(advise(view([0, 0, 0], [0], { stuck: ['a'] }))).toBe(B);
  });

  test('serves who has waited too long whatever else there is', () => {
    const many = Array.from({ length: 30 }, () => 0);
    expect(advise(view(many, [], { overdue: ['b'] }))).toBe(B);
    expect(advise(view(many, [0], { overdue: ['a'] }))).toBe(null);
  });

  test('serves a crossing for which somebody has called', () => {
    expect(advise({ ...view([], []), walks: ['b'] })).toBe(B);
  });
});

/** Anything sensors may say of any intersection. */
const anyView = fc
  .record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    lanes: fc.array(
      fc.array(fc.record({ at: fc.nat(60), group: fc.nat(20), waitedS: fc.nat(100) }), {
        maxLength: 30,
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ seed, lanes }) => {
    const intersection = anyIntersection(seeded(seed));
    const { groups, stages } = intersection;
    const expected = traffic([], [], {
      lanes: lanes.map((vehicles, k) => ({
        lane: `l${k}`,
        vehicles: vehicles.map(({ at, group, waitedS }) => ({
          group: groups[group % groups.length]?.id ?? '',
          etaS: at,
          waitedS,
        })),
      })),
    });
    return { intersection, stage: stages[seed % stages.length] as Stage, expected, walks: [] };
  });

describe.each([
  ['the planner', advise],
  ['actuated control', (one: Parameters<typeof advise>[0]) => actuate(one, 20_000)],
])('%s, whatever is expected anywhere', (_, control) => {
  test('names a stage of the intersection that is not green, or none', () => {
    fc.assert(
      fc.property(anyView, (one) => {
        const advised = control(one);
        return (
          advised === null || (one.intersection.stages.includes(advised) && advised !== one.stage)
        );
      }),
    );
  });

  test('says the same of the same view', () => {
    fc.assert(
      fc.property(
        anyView,
        (one) => control(one) === control({ ...one, expected: structuredClone(one.expected) }),
      ),
    );
  });
});
