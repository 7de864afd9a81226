/** The generated tests say what the machines say, and leave nothing of a chart out. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { originOfHouse } from '../../bin/machine-module.ts';
import { generatePaths } from '../../simulation/generate/generate.ts';
import { house } from '../../simulation/generate/house.ts';
import { sourceOf } from '../../simulation/generate/source.ts';
import { ROOT } from '../source-text.ts';

const FOLDER = 'test/generated';
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe.each(house)('the machine $name', (tryable) => {
  const { suite, coverage } = generatePaths(tryable.name, tryable.machine, tryable.alphabet);

  test('has generated tests that are up to date (npm run generate)', () => {
    const text = sourceOf(suite, originOfHouse(tryable, FOLDER));
    expect(read(`${FOLDER}/${tryable.name}.test.ts`) === text).toBe(true);
  });

  test('has every state, transition and guard outcome covered, or a reason why not', () => {
    expect(coverage.uncovered.filter(({ reason }) => reason === undefined)).toEqual([]);
    expect(coverage.needless).toEqual([]);
  });

  test('has its coverage in the page', () => {
    const told = JSON.parse(read('visualizer/views/statecharts/coverage.json')) as {
      machine: string;
    }[];
    const { machine, uncovered } = coverage;
    expect(told.find((one) => one.machine === machine)).toEqual({
      ...{ machine, uncovered, counts: suite.counts },
    });
  });
});

test('the document about generated tests shows one that is there', () => {
  const [, shown = 'nothing'] = /```ts\n([\s\S]*?)```/.exec(read('docs/TESTS.md')) ?? [];
  expect(read(`${FOLDER}/lease.test.ts`)).toContain(shown);
});

test('no test is there of a machine that is not', () => {
  const files = readdirSync(join(ROOT, FOLDER)).sort();
  expect(files).toEqual(house.map(({ name }) => `${name}.test.ts`).sort());
});
