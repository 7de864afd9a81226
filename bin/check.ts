/**
 * `greenwave check`: searches the models exhaustively, each in a process of its own, as many at
 * once as there are cores. It fails when a model is violated, not exhausted, or proves nothing
 * because what should happen sometimes never did.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import pc from 'picocolors';
import type { Model } from '../simulation/search/model.ts';
import { models } from '../simulation/search/models/models.ts';
import { type Checked, type Pace, runModel } from './check-model.ts';
import { isGood, progressText, resultText, titleText } from './check-words.ts';
import { printer, startGreenwave } from './host.ts';
import { whole } from './options.ts';
import { OperatorError } from './read-district.ts';

const JOBS_MAX = 64;
const STATES_MAX = 1_000_000_000;

interface Options {
  readonly list?: true;
  readonly json?: true;
  readonly statesMax?: number;
  readonly jobs: number;
}

export const checkCommand: Command = new Command('check')
  .description('Search models of a few nodes exhaustively, on the machines that run')
  .argument('[model...]', 'which models; all by default')
  .option('--list', 'name the models, and search none')
  .option('--states-max <count>', 'give a model up beyond this many states', whole(1, STATES_MAX))
  .option('--jobs <count>', 'processes at once', whole(1, JOBS_MAX), availableParallelism())
  .option('--json', 'print progress, each model and the summary as JSON lines')
  .action(async (names: readonly string[], options: Options) => {
    const chosen = choose(names);
    if (options.list) {
      list(chosen, options);
      return;
    }
    process.exitCode = (await check(chosen, options)) ? 0 : 1;
  });

/** The models of these names, in the order of the registry. */
const choose = (names: readonly string[]): readonly Model[] => {
  const known = models.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new OperatorError(`no model ${unknown.join(', ')}; there are ${known.join(', ')}`);
  }
  return names.length === 0 ? models : models.filter(({ name }) => names.includes(name));
};

const list = (chosen: readonly Model[], { json }: Options): void => {
  const print = printer();
  for (const model of chosen) {
    const { name, title, bounds, limits } = model;
    print(json ? JSON.stringify({ kind: 'model', name, title, bounds, limits }) : titleText(model));
  }
};

const check = async (chosen: readonly Model[], options: Options): Promise<boolean> => {
  const print = printer();
  const results: Checked[] = [];
  const tell = (line: Pace | Checked) => {
    if (options.json) print(JSON.stringify(line));
    else if (line.kind === 'progress') process.stderr.write(`${pc.dim(progressText(line))}\n`);
    else print(`${titleText(line)}\n${resultText(line)}\n`);
    if (line.kind === 'model') results.push(line);
  };
  const isAlone = options.jobs === 1 || chosen.length === 1;
  if (isAlone) for (const model of chosen) tell(runModel(model, options, tell));
  else await inProcesses(chosen, options, tell);
  const untold = chosen.filter(({ name }) => !results.some((result) => result.name === name));
  const failed = [...results.filter((result) => !isGood(result)), ...untold];
  const states = results.reduce((sum, result) => sum + result.states, 0);
  const summary = { models: chosen.length, states, failed: failed.map(({ name }) => name) };
  if (options.json) print(JSON.stringify({ kind: 'summary', ...summary }));
  else print(totalText(summary));
  for (const { name } of untold)
    process.stderr.write(`${name} came to no end: its process failed\n`);
  return failed.length === 0;
};

const totalText = ({
  models: count,
  states,
  failed,
}: {
  models: number;
  states: number;
  failed: string[];
}) =>
  failed.length === 0
    ? pc.green(`${count} models hold, in ${states.toLocaleString('en')} states`)
    : pc.red(`of ${count} models ${failed.length} failed: ${failed.join(', ')}`);

type Tell = (line: Pace | Checked) => void;

const inProcesses = async (chosen: readonly Model[], options: Options, tell: Tell) => {
  const waiting = [...chosen];
  const work = async () => {
    for (let model = waiting.shift(); model; model = waiting.shift()) {
      await runProcess(model, options, tell);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
};

const runProcess = async ({ name }: Model, { statesMax }: Options, tell: Tell) => {
  const most = statesMax === undefined ? [] : ['--states-max', `${statesMax}`];
  const child = startGreenwave(['check', name, ...most, '--jobs', '1', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  if (!child.stdout) return;
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Pace | Checked | { kind: 'summary' };
    // The last line of the process sums up its own model only.
    if (line.kind !== 'summary') tell(line);
  }
  await ended;
};
