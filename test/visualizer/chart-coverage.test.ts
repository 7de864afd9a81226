/** The coverage that a chart is coloured by: every place of a chart is found in what was written. */
import { describe, expect, test } from 'vitest';
import {
  type CoverageTold,
  coverageIn,
  loadCoverage,
  tallyOf,
  worstOf,
} from '../../visualizer/views/statecharts/coverage.ts';
import { charts } from '../../visualizer/views/statecharts/definitions.ts';

const told = await loadCoverage();
const chart = charts.find(({ name }) => name === 'election');
if (!chart) throw new Error('there is no election');
const [first] = chart.transitions;
if (!first) throw new Error('the election does nothing');

const missing = (...uncovered: CoverageTold['uncovered'][number][]): CoverageTold[] =>
  told.map((one) => ({ ...one, uncovered }));

describe.each(charts)('the chart of $name', (one) => {
  test('has a standing for each of its states and transitions', () => {
    const covered = coverageIn(one, told);
    expect([...(covered?.states.values() ?? [])]).not.toContain('missing');
    expect(covered?.transitions.size).toBe(one.transitions.length);
    expect([...(covered?.transitions.values() ?? [])]).not.toContain('missing');
  });
});

test('what is not covered is missing, or excused by its reason', () => {
  const place = { kind: 'state', name: 'leader' };
  expect(coverageIn(chart, missing(place))?.states.get('leader')).toBe('missing');
  const excused = missing({ ...place, reason: 'a reason' });
  expect(coverageIn(chart, excused)?.states.get('leader')).toBe('excused');
});

test('a line is as good as the worst of its transitions, and partly covered by half a guard', () => {
  const name = 'leader: clock.due [hasQuorum] is true';
  const covered = coverageIn(chart, missing({ kind: 'guard', name }));
  const [due] = chart.transitions.filter(
    ({ from, trigger }) => from === 'leader' && trigger === 'clock.due',
  );
  expect(worstOf(covered, [first])).toBe('whole');
  expect(worstOf(covered, [first, due ?? first])).toBe('partly');
  expect(worstOf(undefined, [first])).toBeUndefined();
});

test('what is covered is counted by kind', () => {
  const [election] = told.filter(({ machine }) => machine === 'election');
  if (!election) throw new Error('nothing is told of the election');
  const tally = tallyOf(election);
  expect(tally.map(({ kind }) => kind)).toEqual(['state', 'transition', 'guard']);
  for (const { covered, all } of tally) expect(covered).toBe(all);
});
