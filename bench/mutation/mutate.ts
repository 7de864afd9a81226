/**
 * `npm run mutants`: how many mutants of a machine its tests kill. Two judges, of which the second
 * knows nothing of the first: the generated tests, as they are frozen; and what does not come from
 * the machine: rows that people wrote, and rules that hold for any traffic. It ends with 1 when
 * others live than `survivors.ts` says.
 */
import { Command } from 'commander';
import { whole } from '../../bin/options.ts';
import { survivorsOf } from './judge.ts';
import type { Mutation } from './mutations.ts';
import { JUDGES, type Judge, mutationsOf, roundsOf, SUBJECTS, type Subject } from './subjects.ts';
import { livingIn, survivors } from './survivors.ts';

interface Options {
  readonly jobs: number;
  readonly judge?: Judge;
}

const program = new Command('mutants')
  .argument('[machine...]', `of ${SUBJECTS.join(', ')}`, SUBJECTS)
  .option('--jobs <count>', 'processes at once', whole(1, 64), 2)
  .option('--judge <judge>', `only ${JUDGES.join(' or ')}`)
  .action(async (machines: readonly Subject[], options: Options) => {
    for (const machine of machines) {
      for (const judge of JUDGES.filter((one) => one === (options.judge ?? one))) {
        const mutations = mutationsOf(machine);
        let alive = mutations;
        for (const tests of roundsOf(judge, machine)) {
          alive = await survivorsOf({ machine, mutations: alive, tests, jobs: options.jobs });
          process.stderr.write(`${machine}: ${alive.length} live after ${tests.join(', ')}\n`);
        }
        tell(machine, judge, { mutations, alive });
      }
    }
  });

interface Result {
  readonly mutations: readonly Mutation[];
  readonly alive: readonly Mutation[];
}

const print = (line: string) => process.stdout.write(`${line}\n`);

const tell = (machine: Subject, judge: Judge, { mutations, alive }: Result): void => {
  const killed = mutations.length - alive.length;
  const share = ((100 * killed) / mutations.length).toFixed(1);
  print(`${machine}, ${judge}: ${killed} of ${mutations.length} killed (${share} %)`);
  const known = new Set(livingIn(survivors[machine][judge]).alive);
  for (const { line, name } of alive) {
    const isNew = !known.delete(name);
    print(
      `  lives: machines/${machine}.ts:${line} ${name}${isNew ? ', which is not expected' : ''}`,
    );
    if (isNew) process.exitCode = 1;
  }
  for (const name of known) {
    print(`  is killed, though it is said to live: ${name}`);
    process.exitCode = 1;
  }
};

await program.parseAsync();
