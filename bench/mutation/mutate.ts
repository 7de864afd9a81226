/**
 * `npm run mutants`: how many mutants of a machine its tests kill. Two judges, of which the second
 * knows nothing of the first: the generated tests, as they are frozen; and what does not come from
 * the machine, tables of rows that people wrote and searches by the laws of the papers.
 */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { whole } from '../../bin/options.ts';
import { house } from '../../simulation/generate/house.ts';
import { nodesIn } from '../../simulation/generate/places.ts';
import { survivorsOf } from './judge.ts';
import { type Mutation, Mutations } from './mutations.ts';

/** Tests that do not come from the machine: the quick ones first, then, for what lives on, others. */
const BY_HAND: Readonly<Record<string, readonly (readonly string[])[]>> = {
  election: [
    ['election', 'former-voter'].map((name) => `test/machines/${name}.test.ts`),
    ['bench/mutation/laws.ts'],
  ],
  replica: [
    ['replica', 'primary', 'backup', 'learner', 'draining'].map(
      (name) => `test/machines/${name}.test.ts`,
    ),
    ['bench/mutation/laws.ts'],
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

const roundsOf = (judge: Judge, machine: string): readonly (readonly string[])[] =>
  judge === 'generated' ? [[`test/generated/${machine}.test.ts`]] : (BY_HAND[machine] ?? []);

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
  readonly judge?: Judge;
  readonly rounds: number;
}

const program = new Command('mutants')
  .argument('[machine...]', `of ${Object.keys(BY_HAND).join(', ')}`, Object.keys(BY_HAND))
  .option('--jobs <count>', 'processes at once', whole(1, 64), 2)
  .option('--every <count>', 'judge one of so many mutants', whole(1, 1000), 1)
  .option('--judge <judge>', `only ${JUDGES.join(' or ')}`)
  .option('--rounds <count>', 'x', whole(1, 9), 9)
  .action(async (names: readonly string[], options: Options) => {
    for (const machine of names) {
      const mutations = mutationsOf(machine).filter((_, k) => k % options.every === 0);
      for (const judge of JUDGES.filter((one) => one === (options.judge ?? one))) {
        let alive: readonly Mutation[] = mutations;
        for (const tests of roundsOf(judge, machine).slice(0, options.rounds)) {
          alive = await survivorsOf({ machine, mutations: alive, tests, jobs: options.jobs });
        }
        summarise(`${machine}, ${judge}`, mutations, alive);
      }
    }
  });

const summarise = (title: string, all: readonly Mutation[], alive: readonly Mutation[]): void => {
  const killed = all.length - alive.length;
  const share = ((100 * killed) / all.length).toFixed(1);
  process.stdout.write(`${title}: ${killed} of ${all.length} killed (${share} %)\n`);
  for (const { line, kind, name } of alive) {
    process.stdout.write(`  lives: ${line} ${kind} ${name}\n`);
  }
};

await program.parseAsync();
