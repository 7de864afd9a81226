/** Machines that people bring: found in their modules, tried, and written down as tests. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMachines } from '../../bin/machine-module.ts';
import { generatePaths } from '../../simulation/generate/generate.ts';
import { sourceOf } from '../../simulation/generate/source.ts';
import { ROOT } from '../source-text.ts';

const BARRIER = join(ROOT, 'docs/examples/barrier.js');

describe('the example of the README', () => {
  test('is covered as the README says', async () => {
    const [origin] = await readMachines(BARRIER, join(ROOT, 'docs/examples'));
    if (!origin) throw new Error('there is no machine');
    const { name, machine, alphabet } = origin.tryable;
    const { suite, coverage } = generatePaths(name, machine, alphabet);
    expect(coverage.uncovered).toEqual([]);
    const text = sourceOf(suite, origin);
    expect(text).toContain("import { barrierMachine } from './barrier.js';");
    expect(text).toContain("from 'greenwave/generate';");
  });
});

test('a module that is not there is told by its path', async () => {
  await expect(readMachines('./nothing.js', '.')).rejects.toThrow(/nothing\.js: there is no such/);
});

test('a module without a machine is told what it should export', async () => {
  const path = join(ROOT, 'protocol/life.ts');
  await expect(readMachines(path, '.')).rejects.toThrow(/exports no machine/);
});
