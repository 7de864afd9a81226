/** `greenwave check`: what it runs, what it says, and when it is not content. */
import { expect, test } from 'vitest';
import { checkCommand } from '../../bin/check.ts';
import { runModel } from '../../bin/check-model.ts';
import { isGood, resultText, titleText } from '../../bin/check-words.ts';
import type { Model } from '../../simulation/search/model.ts';
import { electionModel } from '../../simulation/search/models/election.ts';

const election = electionModel({
  name: 'election',
  title: 'three nodes, one new term',
  nodes: ['a', 'b', 'c'],
  termMax: 2,
  bounds: {
    crashes: 0,
    drops: 0,
    duplicates: 0,
    timeouts: 1,
    beats: 0,
    requests: 0,
    letters: 2,
  },
});
const small: Model = {
  ...election,
  sometimes: { 'a claim is made': election.sometimes['a claim is made'] ?? (() => false) },
};
const run = (model: Model, options = {}) => runModel(model, options, () => {});

test('a model that is exhausted and not vacuous is good, and its figures are told', () => {
  const checked = run(small);
  expect(isGood(checked)).toBe(true);
  expect(titleText(checked)).toContain('0 crashes, 0 drops, 0 duplicates, 1 timeouts');
  expect(resultText(checked)).toMatch(
    /exhausted: [\d,]+ states, [\d,]+ transitions, depth \d+, in [\d.]+ CPU-seconds \([\d,]+ states a CPU-second\)/,
  );
  expect(resultText(checked)).toContain('sometimes a claim is made');
});

test('a model in which something never happens is not good', () => {
  const checked = run({ ...small, sometimes: { 'pigs fly': () => false } });
  expect(checked.verdict).toBe('exhausted');
  expect(isGood(checked)).toBe(false);
  expect(resultText(checked)).toContain('never: pigs fly');
});

test('a model that has more states than allowed is not good', () => {
  const checked = run(small, { statesMax: 3 });
  expect(checked.verdict).toBe('capped');
  expect(isGood(checked)).toBe(false);
});

test('a model that has not as many states as it had says so', () => {
  const before = { states: 7, transitions: 8, depth: 9 };
  expect(resultText(run({ ...small, counts: before }))).toContain('it had 7 states and 8 trans');
  expect(resultText(run(small))).not.toContain('it had');
});

test('what is wrong is drawn', () => {
  const checked = run({
    ...small,
    laws: [({ heard }) => (heard.length > 0 ? 'somebody hears something' : undefined)],
  });
  expect(checked.verdict).toBe('violated');
  expect(isGood(checked)).toBe(false);
  expect(resultText(checked)).toContain('wrong: somebody hears something');
  expect(resultText(checked)).toContain('a timeout place');
});

test('a model that does not exist is refused with the list of those that do', async () => {
  const args = ['nothing-of-the-kind'];
  await expect(checkCommand.parseAsync(args, { from: 'user' })).rejects.toThrow(
    /no model nothing-of-the-kind; there are .*election/,
  );
});
