/** The contract in the replicated state: what each command changes, and why it may not be applied. */
import { describe, expect, test } from 'vitest';
import { apply } from '../../machines/district-state.ts';
import type { Command, State } from '../../protocol/command.ts';
import { FORMER_MAX } from '../../protocol/contract.ts';
import {
  agreed,
  change,
  first,
  prepare,
  ready,
  second,
  switching,
  third,
  verdict,
  withdraw,
} from './contract-words.ts';
import { admitting } from './log-words.ts';

describe('a contract that is changed', () => {
  test('is in no log before it is changed first', () => {
    expect(agreed().contract).toBeUndefined();
  });

  test('stays in force while it is prepared; nobody is ready yet', () => {
    expect(agreed(prepare()).contract).toEqual({
      version: 1,
      timing: first,
      former: [],
      longest: { leaseMs: 1100, clockDriftPpmMax: first.clockDriftPpmMax },
      next: { timing: second, ready: [] },
    });
  });

  test('is prepared once, said twice: who is ready stays so', () => {
    const state = agreed(prepare(), ready('a'), prepare());
    expect(state.contract?.next?.ready).toEqual([{ node: 'a', store: 'sa' }]);
    expect(state.contract?.version).toBe(1);
  });

  test('is in force after the switch, and the former is remembered', () => {
    const { contract } = agreed(...change());
    expect(contract).toMatchObject({ version: 2, timing: second, former: [first] });
    expect(contract?.next).toBeUndefined();
  });

  test('is what it was when the change is taken back', () => {
    const { contract } = agreed(prepare(), ready('a'), withdraw());
    expect(contract).toMatchObject({ version: 2, timing: first, former: [] });
    expect(contract?.next).toBeUndefined();
  });

  test('remembers the longest lease for good, and so many former contracts', () => {
    const steps = Array.from({ length: FORMER_MAX + 2 }, (_, k) => ({ ...first, beatMs: 319 - k }));
    const all = [first, second, ...steps, first];
    const state = agreed(...all.slice(1).flatMap((to, k) => change(to, all[k])));
    expect(state.contract).toMatchObject({ timing: first, longest: { leaseMs: 1100 } });
    // What is in force again is no former one.
    expect(state.contract?.former).toEqual(steps.slice(-FORMER_MAX));
  });

  test('is kept when somebody is dismissed', () => {
    const state = agreed(...change(), { kind: 'district.dismiss', node: 'c' });
    expect(state.contract?.timing).toEqual(second);
  });
});

describe('a command is refused', () => {
  const none = 'no such change of the contract is half-way';
  test.each<[string, State, Command, string]>([
    [
      'that takes another contract for the one in force',
      agreed(...change()),
      prepare(third, first),
      'the district runs by another contract: beatMs 320 → 300, leaseMs 1000 → 1100',
    ],
    [
      'that begins another change while one is half-way',
      agreed(prepare()),
      prepare(third),
      'another change is half-way: beatMs 320 → 300, leaseMs 1000 → 1100',
    ],
    [
      'that leads to no sound contract',
      agreed(),
      prepare({ ...first, retryMs: 1000 }),
      'timing.retryMs: must be less than leaseMs, or no round of a lease is repeated before it is worth nothing (is 1000)',
    ],
    ['that is ready for nothing', agreed(), ready('a'), none],
    ['that is ready for another change', agreed(prepare()), ready('a', third), none],
    [
      'that says a stranger is ready',
      agreed(prepare()),
      ready('x'),
      'x with store sx is not a member',
    ],
    [
      'that says so of a store that is lost',
      agreed(prepare()),
      ready('a', second, 'old'),
      'a with store old is not a member',
    ],
    ['that switches without a first step', agreed(), switching(), none],
    ['that switches to something else', agreed(prepare()), switching(third), none],
    ['that switches after it was taken back', agreed(prepare(), withdraw()), switching(), none],
    [
      'that switches while somebody is neither ready nor named as absent',
      agreed(prepare(), ready('a')),
      switching(second, 'b'),
      'c is not known to be ready',
    ],
    [
      'that switches while somebody has come back with another store',
      agreed(prepare(), ready('a'), ready('b'), ready('c'), admitting('c', 'anew')),
      switching(),
      'c is not known to be ready',
    ],
    ['that takes back nothing', agreed(...change()), withdraw(), none],
  ])('%s', (_, state, command, problem) => {
    expect(verdict(state, command)).toBe(problem);
    expect(apply(state, command)).toBe(state);
  });
});
