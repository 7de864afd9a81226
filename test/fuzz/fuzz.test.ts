/**
 * A million wrong messages and files: no reader throws what it may not, and none takes long. Seeds are
 * drawn by fast-check, which gives the seed of a failure; each seed makes many cases, since making one
 * by one would cost more than reading it. `npm run fuzz` goes further, guided by what is reached.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { targets } from '../../bench/fuzz-targets.ts';
import { mutant, randomFrom } from '../../bench/wrong-bytes.ts';

const SEED = 20_261;
/** Cases of one seed. */
const CASES = 500;
/** So many are read in all; what is read faster is read more often. */
const RUNS: Record<string, number> = {
  codec: 700,
  envelope: 500,
  frames: 600,
  district: 10,
  journal: 90,
  traci: 100,
  sumo: 20,
};

const folder = fileURLToPath(new URL('./corpus/', import.meta.url));
const keptOf = (name: string): Uint8Array[] => {
  const path = join(folder, name);
  return existsSync(path)
    ? readdirSync(path)
        .sort()
        .map((one) => readFileSync(join(path, one)))
    : [];
};

test('they are a million cases', () => {
  expect(Object.keys(RUNS)).toEqual(targets.map(({ name }) => name));
  const all = Object.values(RUNS).reduce((sum, runs) => sum + runs * CASES, 0);
  expect(all).toBeGreaterThanOrEqual(1_000_000);
});

test.each(targets)(
  '$name: whatever it is given, it is read or refused',
  (target) => {
    const corpus = [...target.corpus, ...keptOf(target.name)];
    for (const bytes of corpus) target.run(bytes);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomFrom(seed);
        for (let k = 0; k < CASES; k += 1) target.run(mutant(random, corpus));
      }),
      { seed: SEED, numRuns: RUNS[target.name] ?? 0 },
    );
  },
  120_000,
);
