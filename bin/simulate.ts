/**
 * `greenwave simulate`: a city in virtual time, with faults drawn from a seed; or many seeds, in as
 * many processes as there are cores. A failure prints the one command that replays it.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { type FaultLevel, faultLevels } from '../simulation/schedule.ts';
import type { Sharers } from '../simulation/shared-town.ts';
import { shrink } from '../simulation/shrink.ts';
import { faultsOf, type Outcome, type SimulateOptions, simulate } from '../simulation/simulate.ts';
import { jsonPrinter, printer, rerunWith, startGreenwave } from './host.ts';
import { whole } from './options.ts';
import { OperatorError, readDistrict } from './read-district.ts';
import { hours, textOf, totalOf } from './simulate-total.ts';
import { above0, placeList, seedRange, sharersOf } from './simulate-words.ts';

const NODES_MAX = 1000;
const HOURS_MAX = 24 * 365;
const JOBS_MAX = 64;
/** Seeds that one process runs, because starting a process costs as much as a short run. */
const SEEDS_A_PROCESS = 4;
/** Runs that a search for a shorter schedule may take. */
const SHRINK_RUNS_MAX = 300;
/** How often long work says how far it is. */
const PROGRESS_MS = 2_000;

/** A city makes much that is soon forgotten: room for it, and no threads to help to forget. */
export const CITY_FLAGS = ['--max-semi-space-size=64', '--single-threaded-gc'];

interface Options {
  readonly seed: number;
  readonly seeds?: readonly number[];
  readonly nodes: number;
  readonly district?: string;
  readonly minutes?: number;
  readonly hours?: number;
  readonly faults: FaultLevel;
  readonly apart?: true;
  readonly shared?: true;
  readonly sharers?: Sharers;
  readonly only?: readonly number[];
  readonly jobs: number;
  readonly shrink?: true;
  readonly json?: true;
}

export const simulateCommand: Command = new Command('simulate')
  .description('Run a city in virtual time, with faults drawn from a seed')
  .option('--seed <number>', 'what everything is drawn from', whole(0, Number.MAX_SAFE_INTEGER), 1)
  .option('--seeds <range>', 'run many seeds, such as 1..200', seedRange)
  .option('--nodes <count>', 'nodes of the city', whole(1, NODES_MAX), 9)
  .addOption(
    new Option('--district <file>', 'a district of your own, and not a made-up town').conflicts([
      ...['nodes', 'shared', 'sharers'],
    ]),
  )
  .option('--minutes <count>', 'virtual minutes of faults', above0(HOURS_MAX * 60))
  .option('--hours <count>', 'virtual hours of faults', above0(HOURS_MAX))
  .addOption(
    new Option('--faults <level>', 'how bad it gets').choices(faultLevels).default('heavy'),
  )
  .option('--shared', 'every intersection is shared, by two, three or four nodes as the seed says')
  .option('--sharers <count>', 'it is shared by so many nodes (2, 3 or 4) everywhere', sharersOf)
  .option('--apart', 'a district without `expect`, parted while it is founded')
  .option('--only <places>', 'of the schedule of faults, only these: 3,17,21', placeList)
  .option('--jobs <count>', 'processes at once', whole(1, JOBS_MAX), availableParallelism())
  .option('--shrink', 'after a failure, look for a shorter schedule that fails too')
  .option('--json', 'print the journal (of one seed) and the summary as JSON lines')
  .action(async (options: Options) => {
    if (options.minutes !== undefined && options.hours !== undefined) {
      throw new OperatorError('give --minutes or --hours, not both');
    }
    if (options.seeds && (options.only || options.shrink)) {
      throw new OperatorError('--only and --shrink are for one --seed');
    }
    const isHere = !options.seeds || options.jobs === 1;
    const code = isHere ? await rerunWith(CITY_FLAGS) : undefined;
    process.exitCode = code ?? ((await run(options)) ? 0 : 1);
  });

const run = (options: Options): Promise<boolean> =>
  options.seeds ? runMany(options.seeds, options) : runOne(options.seed, options);

const durationMsOf = ({ minutes = 10, hours }: Options): number =>
  Math.round((hours === undefined ? minutes * 60 : hours * 3600) * 1000);

const plan = (seed: number, options: Options): SimulateOptions => ({
  seed,
  nodes: options.nodes,
  ...(options.district !== undefined && { district: readDistrict(options.district) }),
  durationMs: durationMsOf(options),
  faults: options.faults,
  ...(options.apart && { apart: true }),
  ...((options.sharers ?? options.shared) && { shared: options.sharers ?? true }),
  ...(options.only && { only: options.only }),
});

/** The arguments that tell one run from another, as they are typed. */
const lengthArgs = ({ minutes, hours }: Options) =>
  hours === undefined ? ['--minutes', `${minutes ?? 10}`] : ['--hours', `${hours}`];

const placeArgs = ({ district, nodes }: Options) =>
  district === undefined ? ['--nodes', `${nodes}`] : ['--district', district];

const kindArgs = ({ shared, sharers, apart }: Options) => [
  ...(sharers ? ['--sharers', `${sharers}`] : shared ? ['--shared'] : []),
  ...(apart ? ['--apart'] : []),
];

const commandOf = (seed: number, options: Options, only = options.only): string =>
  [
    `greenwave simulate --seed ${seed}`,
    ...placeArgs(options),
    ...lengthArgs(options),
    ['--faults', options.faults, ...kindArgs(options)].join(' '),
    ...(only ? [`--only ${only.join(',') || "''"}`] : []),
  ].join(' ');

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Says how far long work is, but not too often. */
const progress = () => {
  let toldMs = performance.now();
  return (text: () => string) => {
    if (performance.now() - toldMs < PROGRESS_MS) return;
    toldMs = performance.now();
    say(pc.dim(text()));
  };
};

const tellViolations = ({ seed, violations }: Outcome, options: Options): void => {
  for (const { invariant, t, node, message } of violations) {
    say(`${pc.red('violated')} ${pc.bold(invariant)} at ${(t / 1000).toFixed(3)} s by ${node}`);
    say(`  ${message}`);
  }
  if (violations.length > 0) say(`  again: ${commandOf(seed, options)}`);
};

const runOne = async (seed: number, options: Options): Promise<boolean> => {
  const startedMs = performance.now();
  const tell = progress();
  const outcome = await simulate({
    ...plan(seed, options),
    ...(options.json && { journal: jsonPrinter() }),
    progress: (nowMs, untilMs) => tell(() => `seed ${seed}: ${hours(nowMs)} of ${hours(untilMs)}`),
  });
  const total = totalOf([outcome], performance.now() - startedMs);
  printer()(options.json ? JSON.stringify({ ...total, seed }) : textOf(total));
  tellViolations(outcome, options);
  if (options.shrink && outcome.violations[0]) await shorten(outcome, options);
  return outcome.violations.length === 0;
};

/** Looks for a shorter schedule that violates the same invariant. */
const shorten = async ({ seed, violations }: Outcome, options: Options): Promise<void> => {
  const { only, ...base } = plan(seed, options);
  const tell = progress();
  const places = await shrink({
    places: only ?? faultsOf(base).map((_, place) => place),
    runsMax: SHRINK_RUNS_MAX,
    fails: async (tried) => {
      tell(() => `shrinking: trying ${tried.length} faults`);
      const outcome = await simulate({ ...base, only: tried });
      return outcome.violations[0]?.invariant === violations[0]?.invariant;
    },
  });
  const faults = faultsOf({ ...base, only: places });
  say(`${places.length} faults are enough:`);
  for (const fault of faults) say(`  ${JSON.stringify(fault)}`);
  say(`  again: ${commandOf(seed, options, places)}`);
};

/** Runs seeds in several processes, or in this one when only one is allowed. */
const runMany = async (seeds: readonly number[], options: Options): Promise<boolean> => {
  const startedMs = performance.now();
  const outcomes: Outcome[] = [];
  const tell = progress();
  const print = printer();
  const take = (outcome: Outcome) => {
    outcomes.push(outcome);
    if (options.json) {
      print(JSON.stringify(outcome));
      return;
    }
    tellViolations(outcome, options);
    tell(() => `${outcomes.length} of ${seeds.length} seeds`);
  };
  if (options.jobs === 1) {
    for (const seed of seeds) take(await simulate(plan(seed, options)));
  } else await inProcesses(seeds, options, take);
  const total = totalOf(outcomes, performance.now() - startedMs);
  const last = { ...total, seeds: `${seeds[0]}..${seeds.at(-1)}` };
  print(options.json ? JSON.stringify(last) : textOf(total));
  const untold = seeds.length - outcomes.length;
  if (untold > 0) say(pc.red(`${untold} seeds came to no end: a process of theirs failed`));
  return untold === 0 && total.violations.length === 0;
};

const inProcesses = async (
  seeds: readonly number[],
  options: Options,
  take: (outcome: Outcome) => void,
): Promise<void> => {
  const waiting = [...seeds];
  const size = Math.max(1, Math.min(SEEDS_A_PROCESS, Math.ceil(seeds.length / options.jobs)));
  const work = async () => {
    for (let some = waiting.splice(0, size); some.length > 0; some = waiting.splice(0, size)) {
      await runProcess(some, options, take);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
};

const runProcess = async (
  seeds: readonly number[],
  options: Options,
  take: (outcome: Outcome) => void,
): Promise<void> => {
  const range = ['--seeds', `${seeds[0]}..${seeds.at(-1)}`, ...placeArgs(options)];
  const how = ['--faults', options.faults, ...kindArgs(options)];
  const args = ['simulate', ...range, ...lengthArgs(options), ...how];
  const stdio = ['ignore' as const, 'pipe' as const, 'inherit' as const];
  const child = startGreenwave([...args, '--jobs', '1', '--json'], { stdio }, CITY_FLAGS);
  const ended = once(child, 'close');
  if (!child.stdout) return;
  for await (const line of createInterface({ input: child.stdout })) {
    const outcome = JSON.parse(line) as Outcome;
    // The last line of the process sums up its own seeds only.
    if (typeof outcome.seed === 'number') take(outcome);
  }
  await ended;
};
