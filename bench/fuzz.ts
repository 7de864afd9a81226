/**
 * `npm run fuzz`: throws changed messages and files at everything that reads them, and follows what
 * code they reach: what reaches new code is kept and changed further. Ends with exit code 1 and writes
 * the bytes down when a reader did what it may not.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { seconds } from '../bin/options.ts';
import { Coverage } from './coverage.ts';
import { type Target, targets } from './fuzz-targets.ts';
import { mutant, randomFrom } from './wrong-bytes.ts';

/** Cases between two looks at what they reached. */
const CASES = 500;
/** A case that takes longer is a failure: readers are to be quick, whatever they read. */
const CASE_MS_MAX = 1_000;
/** Inputs that are kept of a target. */
const CORPUS_MAX = 300;

interface Options {
  readonly for: number;
  readonly only?: string;
  readonly corpus: string;
  readonly seed: string;
  readonly keep?: true;
}

const options = new Command('fuzz')
  .description('Fuzzes every reader of bytes and files, guided by the code that they reach.')
  .option('--for <seconds>', 'how long each target is fuzzed', seconds, 20)
  .option('--only <target>', `one of ${targets.map(({ name }) => name).join(', ')}`)
  .option('--corpus <dir>', 'folder of what was found to reach something', 'test/fuzz/corpus')
  .option('--keep', 'write down what reached something new')
  .option('--seed <number>', 'what the changes are drawn from', `${Date.now() % 1_000_000}`)
  .parse()
  .opts<Options>();

const kept = (folder: string): Uint8Array[] => {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name)));
};

/** Gives what is wrong with the reader, if this input shows it. */
const faultOf = ({ run }: Target, bytes: Uint8Array): string | undefined => {
  const startMs = performance.now();
  try {
    run(bytes);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const ms = performance.now() - startMs;
  return ms > CASE_MS_MAX ? `took ${Math.round(ms)} ms` : undefined;
};

interface Reached {
  readonly coverage: Coverage;
  readonly fresh: readonly string[];
}

/** One of those tried that reaches what is new: half of them are tried again, and half of these. */
const causeOf = (
  target: Target,
  tried: readonly Uint8Array[],
  { coverage, fresh }: Reached,
): Uint8Array => {
  let suspects = tried;
  while (suspects.length > 1) {
    const half = suspects.slice(0, suspects.length >> 1);
    coverage.ran();
    for (const bytes of half) faultOf(target, bytes);
    const ran = coverage.ran();
    suspects = fresh.some((block) => ran.has(block)) ? half : suspects.slice(half.length);
  }
  return suspects[0] as Uint8Array;
};

const fuzz = (target: Target): boolean => {
  const folder = join(options.corpus, target.name);
  const corpus = [...target.corpus, ...kept(folder)];
  const random = randomFrom(Number(options.seed));
  const coverage = new Coverage();
  for (const bytes of corpus) faultOf(target, bytes);
  coverage.fresh();
  let [cases, found] = [0, 0];
  const untilMs = performance.now() + options.for * 1_000;
  while (performance.now() < untilMs) {
    const tried = Array.from({ length: CASES }, () => mutant(random, corpus));
    for (const bytes of tried) {
      const fault = faultOf(target, bytes);
      if (fault === undefined) continue;
      const file = join(folder, `fault-${Date.now()}`);
      writeFileSync(file, bytes);
      process.stderr.write(`${target.name}: ${fault}\nThe input is ${file}\n`);
      coverage.close();
      return false;
    }
    cases += CASES;
    const fresh = coverage.fresh();
    if (fresh.length === 0 || corpus.length >= CORPUS_MAX) continue;
    const bytes = causeOf(target, tried, { coverage, fresh });
    corpus.push(bytes);
    found += 1;
    if (options.keep) writeFileSync(join(folder, `${options.seed}-${found}`), bytes);
  }
  coverage.close();
  const count = cases.toLocaleString('en');
  process.stdout.write(
    `${target.name}: ${count} cases, ${found} reached something new, no fault\n`,
  );
  return true;
};

const chosen = targets.filter(({ name }) => options.only === undefined || name === options.only);
process.stdout.write(`seed ${options.seed}\n`);
if (!chosen.map(fuzz).every(Boolean)) process.exitCode = 1;
