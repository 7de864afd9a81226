/** Machines that people bring: found in their modules, tried, and written down as tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMachines } from '../../bin/machine-module.ts';
import { generatePaths } from '../../simulation/generate/generate.ts';
import { retold } from '../../simulation/generate/situation.ts';
import { sourceOf } from '../../simulation/generate/source.ts';
import { ROOT } from '../source-text.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const BARRIER = join(ROOT, 'docs/barrier.js');

describe('the example of the README', () => {
  test('is covered, and gives the tests that the README shows, which hold', async () => {
    const [origin] = await readMachines(BARRIER, join(ROOT, 'docs'));
    if (!origin) throw new Error('there is no machine');
    const { name, machine, alphabet } = origin.tryable;
    const { suite, coverage } = generatePaths(name, machine, alphabet);
    expect(coverage.uncovered).toEqual([]);
    for (const one of suite.situations) {
      expect(retold(machine, suite.words, one)).toBe(one.table);
    }
    const text = sourceOf(suite, origin);
    expect(text).toContain("import { barrierMachine } from './barrier.js';");
    expect(text).toContain("from 'greenwave/generate';");
    const [, shown = 'nothing'] = /```ts\n(given\([\s\S]*?)```/.exec(readme) ?? [];
    expect(text.slice(-shown.length)).toBe(shown);
  });
});

test('a module that is not there is told by its path', async () => {
  await expect(readMachines('./nothing.js', '.')).rejects.toThrow(/nothing\.js: there is no such/);
});

test('a module without a machine is told what it should export', async () => {
  const path = join(ROOT, 'protocol/life.ts');
  await expect(readMachines(path, '.')).rejects.toThrow(/exports no machine/);
});
