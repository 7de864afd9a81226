/** What may be changed of a contract while its district runs, key by key, and why something may not. */
import { describe, expect, test } from 'vitest';
import {
  changeProblems,
  changesBetween,
  RIGHT_KEYS,
  takesEffect,
} from '../../protocol/contract.ts';
import { lan, type Timing } from '../../protocol/timing.ts';

const problemsOf = (to: Partial<Timing>, from: Partial<Timing> = {}) =>
  changeProblems({ ...lan(), ...from }, { ...lan(), ...to }).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('a change of the contract', () => {
  test.each<[string, Partial<Timing>]>([
    ['the silences of peers and leaders', { heartbeatTimeoutMs: 4000, leaderSilenceMs: 1500 }],
    ['beats, when both patiences are long enough', { beatMs: 400 }],
    ['a longer or a shorter lease', { leaseMs: 1200 }],
    ['the line for elections', { placeSpacingMs: 200, electionTimeoutMs: 6000 }],
    ['what a timescale carries, downwards', { rightHorizonMs: 40_000, clockBoundMsMax: 190 }],
    ['drift, downwards', { clockDriftPpmMax: 200 }],
  ])('may be of %s', (_, to) => {
    expect(problemsOf(to)).toEqual([]);
  });

  test.each(RIGHT_KEYS)('may not raise %s, and says what to do instead', (key) => {
    const [problem, ...others] = problemsOf({ [key]: lan()[key] + 1 });
    expect(others).toEqual([]);
    expect(problem).toMatch(
      new RegExp(`^timing.${key}: cannot be raised from ${lan()[key]} .* Stop all nodes`),
    );
  });

  test('that changes nothing is none', () => {
    expect(problemsOf({})).toEqual(['timing: nothing differs from what is in force']);
  });

  test('may not make beats slower than the patience that some still have, or faster than they come', () => {
    const slow = { beatMs: 600, heartbeatTimeoutMs: 6000, leaderSilenceMs: 2500 };
    const said = [
      /^timing.beatMs: 3 of the slower beats \(600 ms\) .* shorter leaderSilenceMs \(1200 ms\)/,
    ];
    expect(problemsOf(slow)).toEqual(said.map((one) => expect.stringMatching(one)));
    expect(problemsOf({}, slow)).toEqual(said.map((one) => expect.stringMatching(one)));
    // The longer patience first, then the beat.
    const patient = { heartbeatTimeoutMs: 6000, leaderSilenceMs: 2500 };
    expect(problemsOf(patient)).toEqual([]);
    expect(problemsOf(slow, patient)).toEqual([]);
  });

  test('must lead to a sound contract, and every mistake is told at once', () => {
    const problems = problemsOf({ beatMs: 2000, leaseMs: 5000, rightHorizonMs: 90_000 });
    for (const key of ['beatMs', 'leaderSilenceMs', 'leaseMs', 'rightHorizonMs']) {
      expect(problems.some((problem) => problem.startsWith(`timing.${key}:`))).toBe(true);
    }
  });

  test('is told key by key, with when each takes effect', () => {
    const to = { ...lan(), retryMs: 500, beatMs: 300 };
    expect(changesBetween(lan(), to)).toEqual(['beatMs 320 → 300', 'retryMs 600 → 500']);
    expect(takesEffect('beatMs')).toMatch(/next wait/);
    expect(takesEffect('leaseMs')).toMatch(/longest there ever was/);
    for (const key of RIGHT_KEYS) expect(takesEffect(key)).toMatch(/timescale of the next leader/);
  });
});
