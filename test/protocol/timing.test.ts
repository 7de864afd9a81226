/** The contract: its relations hold, drift is noticed, and the keys that differ are named. */
import { describe, expect, test } from 'vitest';
import {
  checkTiming,
  contractDifferences,
  contractDigest,
  discoveryDefault,
  lan,
  loopback,
  type Timing,
} from '../../protocol/timing.ts';

const contract = (rest: Partial<Timing> = {}) => ({
  timing: { ...lan(), ...rest },
  discovery: discoveryDefault,
});

test('our own timings keep every relation', () => {
  expect(checkTiming(lan())).toEqual([]);
  expect(checkTiming(loopback())).toEqual([]);
});

test.each([
  ['fewer than four beats in T_hb', { beatMs: 751 }, ['beatMs', 'leaderSilenceMs']],
  ['probes longer than T_hb / 2', { probeTimeoutMs: 751 }, ['probeTimeoutMs']],
  [
    'a leader that two lost beats depose',
    { leaderSilenceMs: 900, leaseMs: 900 },
    ['leaderSilenceMs'],
  ],
  ['a leader that outlasts T_hb', { leaderSilenceMs: 3001 }, ['leaderSilenceMs']],
  ['places that do not fit into T_elect', { placeSpacingMs: 600 }, ['placeSpacingMs']],
  ['a lease longer than an office', { leaseMs: 1201 }, ['leaseMs']],
  ['a lease of one round', { leaseMs: 600 }, ['retryMs']],
  ['a join that is heard once', { joinAnnounceMs: 700 }, ['joinAnnounceMs']],
] as const)('%s is a problem, with its place and value', (_, rest, keys) => {
  const problems = checkTiming({ ...lan(), ...rest });
  expect(problems.map(({ path }) => path)).toEqual(keys.map((key) => ['timing', key]));
  for (const { message } of problems) expect(message).toMatch(/\(is \d+\)$/);
});

describe('two contracts', () => {
  test('have one digest when they are equal, however their keys are ordered', () => {
    const { timing, discovery } = contract();
    const reversed = Object.fromEntries(Object.entries(timing).reverse()) as Timing;
    expect(contractDigest({ discovery, timing: reversed })).toBe(contractDigest(contract()));
  });

  test('have different digests when any one value differs', () => {
    const digests = Object.keys(lan()).map((key) => contractDigest(contract({ [key]: 7 })));
    digests.push(contractDigest({ timing: lan(), discovery: { ...discoveryDefault, port: 5008 } }));
    expect(new Set([...digests, contractDigest(contract())]).size).toBe(digests.length + 1);
  });

  test('name the keys in which they differ, with both values, and nothing else', () => {
    expect(contractDifferences(contract(), contract())).toEqual([]);
    expect(contractDifferences(contract(), contract({ beatMs: 321, retryMs: 1 }))).toEqual([
      'timing.beatMs: 320 here, 321 there',
      'timing.retryMs: 600 here, 1 there',
    ]);
    const { beatMs: _, ...less } = lan();
    expect(contractDifferences({ timing: less }, { timing: lan() })).toEqual([
      'timing.beatMs: absent here, 320 there',
    ]);
  });
});
