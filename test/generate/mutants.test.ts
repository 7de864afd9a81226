/**
 * What mutants say of the tests of three machines. All are judged by `npm run mutants`; here some are
 * by the generated tests, and the lists of those that live are held to the machines.
 */
import { describe, expect, test } from 'vitest';
import { survivorsOf } from '../../bench/mutation/judge.ts';
import { JUDGES, mutationsOf, roundsOf, SUBJECTS } from '../../bench/mutation/subjects.ts';
import { livingIn, survivors } from '../../bench/mutation/survivors.ts';

/** One of so many is judged here. */
const EVERY = 25;
/** And of those that live by hand, one of so many. */
const LIVING_EVERY = 12;

describe.each(SUBJECTS)('of the machine %s', (machine) => {
  const mutations = mutationsOf(machine);
  const names = mutations.map(({ name }) => name);

  test('the mutants that live are some of those that are made, each with one meaning', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const judge of JUDGES) {
      const { alive } = livingIn(survivors[machine][judge]);
      expect(alive.filter((name) => !names.includes(name))).toEqual([]);
      expect(new Set(alive).size).toBe(alive.length);
    }
  });

  test('generated tests kill 95 of 100 mutants that do anything else', () => {
    const { alive, same } = livingIn(survivors[machine].generated);
    expect(alive.length - same.length).toBeLessThanOrEqual(0.05 * (names.length - same.length));
  });

  test('tests that do not come from the machine kill 70 of 100 mutants', () => {
    const { alive } = livingIn(survivors[machine].byHand);
    expect(alive.length).toBeLessThanOrEqual(0.3 * names.length);
  });

  test('some that are said to live by hand do, as far as the first tables tell', async () => {
    const { alive } = livingIn(survivors[machine].byHand);
    const some = mutations.filter(({ name }) => alive.indexOf(name) % LIVING_EVERY === 0);
    const [tests = []] = roundsOf('byHand', machine);
    const lived = await survivorsOf({ machine, mutations: some, tests, jobs: 1 });
    expect(lived.map(({ name }) => name)).toEqual(some.map(({ name }) => name));
  });

  test('the generated tests kill some mutants, and the others live, as it is written', async () => {
    const some = mutations.filter((_, k) => k % EVERY === 0);
    const [tests = []] = roundsOf('generated', machine);
    const lived = await survivorsOf({ machine, mutations: some, tests, jobs: 1 });
    const { alive } = livingIn(survivors[machine].generated);
    const expected = some.filter(({ name }) => alive.includes(name));
    expect(lived.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  });
});
