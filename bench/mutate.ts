/**
 * `npm run mutate`: how many mutants of a machine its tests kill. Two judges, of which the second
 * knows nothing of the first: the generated tests, as they are frozen; and what does not come from
 * the machine, tables of rows that people wrote and searches by the laws of the papers.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { whole } from '../bin/options.ts';
import { house } from '../simulation/generate/house.ts';
import { nodesIn } from '../simulation/generate/places.ts';
import { type Mutation, Mutations } from './mutations.ts';

/** Tests that do not come from the machine: the quick ones first, then, for what lives on, others. */
const BY_HAND: Readonly<Record<string, readonly (readonly string[])[]>> = {
  election: [
    ['election', 'former-voter'].map((name) => `test/machines/${name}.test.ts`),
    ['bench/laws.ts'],
  ],
  replica: [
    ['replica', 'primary', 'backup', 'learner', 'draining'].map(
      (name) => `test/machines/${name}.test.ts`,
    ),
    ['bench/laws.ts'],
  ],
  phases: [
    ['phases', 'phases-in-step', 'preemption', 'push-button', 'phases-sensing'].map(
      (name) => `test/machines/${name}.test.ts`,
    ),
    ['test/machines/preemption-runs.test.ts'],
  ],
};
const JUDGES = ['generated', 'byHand'] as const;
type Judge = (typeof JUDGES)[number];
/** Longer than any of these tests takes: a mutant that hangs is found out. In milliseconds. */
const RUN_MS_MAX = 120_000;

interface Judged extends Omit<Mutation, 'source'> {
  readonly machine: string;
  readonly killedBy: readonly Judge[];
}

const stepsOf = (judge: Judge, machine: string): readonly (readonly string[])[] =>
  judge === 'generated' ? [[`test/generated/${machine}.test.ts`]] : (BY_HAND[machine] ?? []);

const runner = fileURLToPath(new URL('./mutant-run.js', import.meta.url));

/** Whether all these tests pass on the mutant. */
const survives = async (machine: string, file: string, tests: readonly string[]) => {
  const child = spawn(process.execPath, [runner, `machines/${machine}.ts`, file, ...tests], {
    stdio: 'ignore',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_MS_MAX);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  return code === 0;
};

const judged = async (machine: string, mutation: Mutation, folder: string): Promise<Judged> => {
  const { source, ...rest } = mutation;
  const file = join(mkdtempSync(join(folder, 'mutant-')), `${machine}.ts`);
  writeFileSync(file, source);
  const killedBy: Judge[] = [];
  for (const judge of JUDGES) {
    for (const tests of stepsOf(judge, machine)) {
      if (await survives(machine, file, tests)) continue;
      killedBy.push(judge);
      break;
    }
  }
  return { machine, ...rest, killedBy };
};

const mutationsOf = (name: string): readonly Mutation[] => {
  const { machine } = house.find((one) => one.name === name) ?? {};
  if (!machine || !BY_HAND[name]) throw new Error(`no mutants are made of ${name}`);
  const states = nodesIn(machine.root).filter(({ type }) => type === 'atomic');
  const text = readFileSync(`machines/${name}.ts`, 'utf8');
  return new Mutations(
    text,
    states.map(({ id }) => id),
  ).all();
};

interface Options {
  readonly jobs: number;
  readonly every: number;
  readonly json?: true;
}

const program = new Command('mutate')
  .argument('[machine...]', `of ${Object.keys(BY_HAND).join(', ')}`, Object.keys(BY_HAND))
  .option('--jobs <count>', 'processes at once', whole(1, 64), 2)
  .option('--every <count>', 'judge one of so many mutants', whole(1, 1000), 1)
  .option('--json', 'print each mutant as a JSON line')
  .action(async (names: readonly string[], options: Options) => {
    mkdirSync('.greenwave', { recursive: true });
    const folder = mkdtempSync(resolve('.greenwave', 'mutants-'));
    try {
      for (const name of names) summarise(name, await judgeAll(name, folder, options));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

const judgeAll = async (name: string, folder: string, { jobs, every, json }: Options) => {
  const waiting = mutationsOf(name).filter((_, k) => k % every === 0);
  const results: Judged[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const result = await judged(name, next, folder);
      results.push(result);
      if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return results;
};

const summarise = (name: string, results: readonly Judged[]): void => {
  for (const judge of JUDGES) {
    const lived = results.filter(({ killedBy }) => !killedBy.includes(judge));
    const killed = results.length - lived.length;
    const share = ((100 * killed) / results.length).toFixed(1);
    process.stdout.write(`${name}, ${judge}: ${killed} of ${results.length} killed (${share} %)\n`);
    for (const { line, kind, what } of lived) {
      process.stdout.write(`  lives: machines/${name}.ts:${line} ${kind} ${what}\n`);
    }
  }
};

await program.parseAsync();
