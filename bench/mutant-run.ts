/**
 * Runs tests with one file of the house replaced by a mutant of it, and ends with 0 when all pass:
 * the mutant lives. A process of its own, because a mutant may hang.
 */
import { readFileSync } from 'node:fs';
import { startVitest } from 'vitest/node';

const [replaced = '', by = '', ...files] = process.argv.slice(2);
const mutant = readFileSync(by, 'utf8');

const vitest = await startVitest(
  'test',
  files,
  {
    ...{ config: false, watch: false, bail: 1, include: files, reporters: [], maxWorkers: 1 },
    ...{ testTimeout: 60_000, fileParallelism: false, isolate: false },
  },
  {
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        load: (id) => (id.endsWith(`/${replaced}`) ? mutant : undefined),
      },
    ],
  },
);
const modules = vitest.state.getTestModules();
const isAlive = modules.length > 0 && modules.every((module) => module.ok());
await vitest.close();
process.exit(isAlive ? 0 : 1);
