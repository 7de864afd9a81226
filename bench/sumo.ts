/**
 * `npm run bench:sumo -- SCENARIO.sumocfg`: what it costs to speak to SUMO at every step. The same run,
 * by turns: SUMO alone; stepped by this client, which watches nothing; and with each level of
 * sensing. SUMO's own programs run in all. Only ratios within a run compare between machines.
 */
import { execFileSync } from 'node:child_process';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { SENSING, type Sensing } from '../protocol/readings.ts';
import { importNetwork } from '../traffic/import.ts';
import { startSumo } from '../traffic/sumo.ts';
import { findSumo } from '../traffic/sumo-program.ts';
import { readScenario } from '../traffic/sumo-scenario.ts';
import { openStreet } from '../traffic/sumo-street.ts';
import { short, spreadOf } from './statistics.ts';

const count = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number above zero.');
};

const command = new Command('bench:sumo')
  .description('Measures what it costs to speak to SUMO at every step.')
  .argument('<scenario>', 'a SUMO configuration, SCENARIO.sumocfg')
  .option('--runs <n>', 'how often each is run', count, 5)
  .option('--seconds <n>', 'how much of the scenario is run', count, 3600)
  .parse();
const { runs, seconds } = command.opts<{ runs: number; seconds: number }>();
const scenario = await readScenario(command.args[0] ?? '');
const { intersections } = importNetwork(scenario.roads, { name: 'bench' }).district;
const endS = scenario.beginS + seconds;
const environment = process.env;
const args = ['--seed', '1', '--no-warnings', 'true', '--time-to-teleport', '300'];
const config = ['-c', scenario.file, ...args];

const alone = async (): Promise<void> => {
  const quiet = ['--no-step-log', 'true', '--xml-validation', 'never', '--end', `${endS}`];
  execFileSync(findSumo('sumo', environment), [...config, ...quiet], { stdio: 'ignore' });
};

const stepped = async (): Promise<void> => {
  const sumo = await startSumo({ args: config, environment });
  for (let left = seconds; left > 0; left--) await sumo.client.step();
  await sumo.close();
};

const sensed = (sensing: Sensing) => async (): Promise<void> => {
  const street = await openStreet({ scenario, intersections, sensing, environment, args });
  while (street.timeS < endS) await street.step();
  await street.close();
};

const ways: readonly (readonly [string, () => Promise<void>])[] = [
  ['SUMO alone', alone],
  ['stepped, nothing watched', stepped],
  ...SENSING.map((sensing) => [`sensed: ${sensing}`, sensed(sensing)] as const),
];
const rates = ways.map((): number[] => []);
/** Of this process alone, in milliseconds a step. */
const costs = ways.map((): number[] => []);
for (let run = 1; run <= runs; run++) {
  process.stderr.write(`run ${run} of ${runs} …\n`);
  for (const [k, [, way]] of ways.entries()) {
    const startMs = performance.now();
    const before = process.cpuUsage();
    await way();
    const { user, system } = process.cpuUsage(before);
    rates[k]?.push((seconds * 1000) / (performance.now() - startMs));
    costs[k]?.push((user + system) / 1000 / seconds);
  }
}
const table = new Table({
  head: ['steps a second, loading included', 'n', 'least', 'median', 'most', 'own CPU, ms a step'],
});
for (const [k, [name]] of ways.entries()) {
  const values = rates[k] ?? [];
  const { median } = spreadOf(values);
  const figures = [Math.min(...values), median, Math.max(...values)].map(short);
  const cost = spreadOf(costs[k] ?? []).median.toFixed(3);
  table.push([name, `${values.length}`, ...figures, cost]);
}
process.stdout.write(`${table.toString()}\n`);
