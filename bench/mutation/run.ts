/**
 * Runs tests with one file of the house replaced by mutants of it, each with modules of its own. A
 * process of its own, because a mutant may hang.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { startVitest } from 'vitest/node';
import type { MutantOrder } from './suite.ts';

const SUITE = 'bench/mutation/suite.ts';
/** What no mutant changes is loaded once. */
const SHARED = /\/(protocol|node_modules)\//;

const [path = ''] = process.argv.slice(2);
const order = JSON.parse(readFileSync(path, 'utf8')) as MutantOrder;

/** The id of the mutant that a module belongs to. */
const mutantOf = (id: string | undefined): string | undefined =>
  /\?mutant=(.+)$/.exec(id ?? '')?.[1];

const vitest = await startVitest(
  'test',
  [SUITE],
  {
    ...{ config: false, watch: false, include: [SUITE], reporters: [{}], maxWorkers: 1 },
    ...{ testTimeout: 60_000, isolate: false, pool: 'forks', provide: { order } },
  },
  {
    plugins: [
      {
        name: 'mutants',
        enforce: 'pre',
        resolveId: (source, importer) => {
          const mutant = mutantOf(importer);
          if (mutant === undefined || !source.startsWith('.')) return undefined;
          const file = resolve(dirname(importer ?? ''), source);
          return SHARED.test(file) ? file : `${file}?mutant=${mutant}`;
        },
        load: (id) => {
          const mutant = mutantOf(id);
          if (mutant === undefined) return undefined;
          const file = id.replace(/\?.*$/, '');
          const isReplaced = file.endsWith(`/${order.replaced}`);
          return isReplaced ? order.mutants[mutant] : readFileSync(file, 'utf8');
        },
      },
    ],
  },
);
await vitest.close();
