/** How measurements of lamps become figures, sentence by sentence; no speed of any machine. */
import { describe, expect, test } from 'vitest';
import { brisk, lampDistrict } from '../../bench/lamp-district.ts';
import {
  callSamples,
  KINDS,
  planSamples,
  type Sample,
  samplesOf,
  victimOf,
} from '../../bench/lamp-figures.ts';
import { spreadOf } from '../../bench/statistics.ts';
import { checkDistrict } from '../../protocol/check-district.ts';
import { checkTiming } from '../../protocol/timing.ts';

const isShared = (intersection: string) => intersection.startsWith('s');
const [planWhole, planShared, callWhole, callReached, callKilled] = KINDS;

describe('a plan', () => {
  const node = (intersection: string, litMs: number | null) => ({ intersection, litMs });

  test('is followed at an intersection when the last of its nodes follows', () => {
    const nodes = [node('s1', 10), node('w1', 7), node('s1', 30), node('s1', 20)];
    expect(planSamples(nodes, isShared)).toEqual([
      { kind: planShared, ms: 30 },
      { kind: planWhole, ms: 7 },
    ]);
  });

  test('that one of them never follows has no time there', () => {
    expect(planSamples([node('s1', 10), node('s1', null)], isShared)).toEqual([
      { kind: planShared, ms: null },
    ]);
  });
});

describe('a preemption', () => {
  const call = (intersection: string, greenMs: number | null, ...waitedFor: string[]) => ({
    intersection,
    greenMs,
    waitedFor,
  });

  test('counts by who serves the intersection', () => {
    const calls = [call('w1', 1), call('s1', 2), call('s2', null)];
    expect(callSamples(calls, isShared)).toEqual([
      { kind: callWhole, ms: 1 },
      { kind: callReached, ms: 2 },
      { kind: callReached, ms: null },
    ]);
  });

  test('counts as one without a holder only where he had to be waited for, or all is in vain', () => {
    const calls = [call('s1', 9, 's1a'), call('s2', 2), call('s3', 8, 's3c'), call('s4', null)];
    expect(callSamples(calls, isShared, new Set(['s1a', 's2a', 's3a']))).toEqual([
      { kind: callKilled, ms: 9 },
      { kind: callKilled, ms: null },
    ]);
  });

  test('kills the holder of the green, or the other one when he must live', () => {
    expect(victimOf({ a: 'red', b: 'green' }, () => false)).toBe('b');
    expect(victimOf({ a: 'green', b: 'red' }, () => false)).toBe('a');
    expect(victimOf({ a: 'green', b: 'red' }, (group) => group === 'a')).toBe('b');
    expect(victimOf({ a: 'green', b: 'red' }, () => true)).toBeUndefined();
  });
});

test('what did not come is counted, and is in no percentile', () => {
  const samples: Sample[] = [1, 2, null, 3].map((ms) => ({ kind: callWhole, ms }));
  const { values, missed } = samplesOf([...samples, { kind: planWhole, ms: 99 }], callWhole);
  expect({ values, missed }).toEqual({ values: [1, 2, 3], missed: 1 });
  expect(spreadOf(values)).toEqual({ n: 3, median: 2, p99: 3, max: 3 });
});

test('the district that is measured and its contract are sound', () => {
  expect(checkTiming(brisk)).toEqual([]);
  const checked = checkDistrict(lampDistrict({ name: 'd', port: 40_000, shared: 2, whole: 2 }));
  expect('district' in checked ? checked.district.intersections : checked.problems).toHaveLength(4);
});
