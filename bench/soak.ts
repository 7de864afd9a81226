/**
 * `npm run soak`: long runs of the simulated city, which are no part of `npm test`. Many seeds under
 * heavy faults, a few for longer, many of shared intersections, and one large city; one whose heap
 * is looked at for a week; then the page in a browser, streamed to from a record and from a live
 * district. Ends with status 1 if any invariant broke, memory grew or the page drew too slowly.
 *
 * Each run is the command that an operator would type, so what it prints can be run again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { soakHeap } from './heap-soak.ts';
import { soakLive } from './live-soak.ts';
import { soakPage } from './page-soak.ts';

const SIMULATED = ['many', 'long', 'shared', 'large'] as const;
const PARTS = [...SIMULATED, 'heap', 'page', 'live'] as const;
type Part = (typeof PARTS)[number];
type Simulated = (typeof SIMULATED)[number];

const above0 = (text: string): number => {
  const value = Number(text);
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new InvalidArgumentError('It must be a number above zero.');
};

const whole = (text: string): number => {
  const value = above0(text);
  if (Number.isInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number.');
};

const partsOf = (text: string): Part[] =>
  text.split(',').map((name) => {
    const part = PARTS.find((known) => known === name);
    if (part) return part;
    throw new InvalidArgumentError(`Parts are ${PARTS.join(', ')}.`);
  });

interface Options {
  readonly seeds: number;
  readonly minutes: number;
  readonly longSeeds: number;
  readonly hours: number;
  readonly sharedHours: number;
  readonly largeNodes: number;
  readonly largeHours: number;
  readonly heapHours: number;
  readonly pageMinutes: number;
  readonly first: number;
  readonly only: Part[];
}

const options = new Command('soak')
  .description('Long runs of the simulated city and of the page; the options shorten them.')
  .option('--seeds <n>', 'many: seeds of nine nodes', whole, 200)
  .option('--minutes <n>', 'many: virtual minutes of each', above0, 10)
  .option('--long-seeds <n>', 'long: seeds of nine nodes', whole, 4)
  .option('--hours <n>', 'long: virtual hours of each', above0, 1)
  .option('--shared-hours <n>', 'shared: intersection-hours, about', above0, 1_000)
  .option('--large-nodes <n>', 'large: nodes of the one city', whole, 500)
  .option('--large-hours <n>', 'large: virtual hours', above0, 1)
  .option('--heap-hours <n>', 'heap: virtual hours of six nodes', whole, 168)
  .option('--page-minutes <n>', 'page, live: minutes of streaming to a browser', whole, 10)
  .option('--first <seed>', 'the first seed', whole, 1)
  .option('--only <parts>', `some of ${PARTS.join(', ')}`, partsOf, [...PARTS])
  .parse()
  .opts<Options>();

const { seeds, minutes, longSeeds, hours, sharedHours, largeNodes, largeHours, first, only } =
  options;
const simulated = SIMULATED.filter((part) => only.includes(part));
const range = (count: number) => `${first}..${first + count - 1}`;
/** Four nodes share one intersection or, more often, two; each is watched a little longer than there
 *  are faults. */
const SHARED_HOURS_A_SEED = 1.1;
const sharedSeeds = Math.ceil(sharedHours / SHARED_HOURS_A_SEED);

/** What each part is: the arguments of `greenwave simulate`. */
const runs: Record<Simulated, readonly string[]> = {
  many: ['--seeds', range(seeds), '--nodes', '9', '--minutes', `${minutes}`, '--faults', 'heavy'],
  long: ['--seeds', range(longSeeds), '--nodes', '9', '--hours', `${hours}`, '--faults', 'heavy'],
  shared: [
    ...['--shared', '--seeds', range(sharedSeeds), '--nodes', '4'],
    ...['--minutes', '40', '--faults', 'heavy'],
  ],
  large: [
    ...['--seeds', range(1), '--nodes', `${largeNodes}`],
    ...['--hours', `${largeHours}`, '--faults', 'light'],
  ],
};

/** The last line that `greenwave simulate --json` prints, as far as it is told here. */
interface Summary {
  readonly runs: number;
  readonly nodes: number;
  readonly virtualSeconds: number;
  readonly wallSeconds: number;
  readonly speed: number;
  readonly leaderChanges: number;
  readonly crashes: number;
  readonly partitions: number;
  readonly commits: number;
  readonly reads: number;
  readonly intersectionHours: number;
  readonly greens: number;
  readonly settledSecondsMax: number | null;
  readonly violations: readonly unknown[];
}

const program = fileURLToPath(new URL('../bin/greenwave.js', import.meta.url));

/** Runs one part to its end, however it ends. */
const run = async (part: Simulated): Promise<Summary> => {
  const args = ['simulate', ...runs[part], '--json'];
  process.stderr.write(`greenwave ${args.join(' ')} …\n`);
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => child.kill();
  process.once('exit', stop);
  const ended = once(child, 'exit');
  let last = '{}';
  for await (const line of createInterface({ input: child.stdout })) last = line;
  await ended;
  process.off('exit', stop);
  const summary = JSON.parse(last) as Partial<Summary>;
  if (summary.runs === undefined) throw new Error(`no summary, but ${last.slice(0, 200)}`);
  return summary as Summary;
};

const table = new Table({
  head: [
    ...['', 'runs', 'nodes', 'virtual h', 'wall s', '× real', 'leaders', 'crashes', 'partitions'],
    ...['commits', 'reads', 'shared h', 'greens', 'settled s', 'violations'],
  ],
  style: { head: [], border: [], compact: true },
});
let violations = 0;
for (const part of simulated) {
  const summary = await run(part);
  violations += summary.violations.length;
  table.push([
    ...[part, summary.runs, summary.nodes, (summary.virtualSeconds / 3600).toFixed(2)],
    ...[Math.round(summary.wallSeconds), summary.speed, summary.leaderChanges],
    ...[summary.crashes, summary.partitions, summary.commits, summary.reads],
    ...[summary.intersectionHours, summary.greens],
    ...[summary.settledSecondsMax ?? '–', summary.violations.length],
  ]);
}
if (simulated.length > 0) process.stdout.write(`${table}\n`);
const isHeapGood = !only.includes('heap') || (await soakHeap(options.heapHours, first));
const isPageGood = !only.includes('page') || (await soakPage(options.pageMinutes));
const isLiveGood = !only.includes('live') || (await soakLive(options.pageMinutes));
process.exitCode = violations === 0 && isHeapGood && isPageGood && isLiveGood ? 0 : 1;
