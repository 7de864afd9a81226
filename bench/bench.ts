/**
 * `npm run bench`: what agreement costs on this machine, beside what the machine itself can do, in
 * one run. Figures are n, median, p99 and max; only ratios within a run compare between machines.
 */
import { setTimeout as wait } from 'node:timers/promises';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { InspectServer } from '../bin/inspect-server.ts';
import { Cluster } from './cluster.ts';
import { doorCosts } from './door.ts';
import { floors } from './floors.ts';
import { KINDS, samplesOf } from './lamp-figures.ts';
import { lampTimes } from './lamp-times.ts';
import { type Spread, short, spreadOf } from './statistics.ts';

const PARTS = ['floors', 'door', 'memory', 'disk', 'kills', 'rest', 'inspect', 'lamps'] as const;
type Part = (typeof PARTS)[number];

const count = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number above zero.');
};

const partsOf = (text: string): Part[] =>
  text.split(',').map((name) => {
    const part = PARTS.find((known) => known === name);
    if (part) return part;
    throw new InvalidArgumentError(`Parts are ${PARTS.join(', ')}.`);
  });

const { kills, loads, calls, only } = new Command('bench')
  .description('Measures what agreement costs on this machine, beside what the machine can do.')
  .option('--kills <n>', 'how often the leader is killed', count, 30)
  .option('--loads <n>', 'how often the throughput is measured', count, 5)
  .option('--calls <n>', 'how often lamps are commanded in each way, at least', count, 20)
  .option('--only <parts>', `some of ${PARTS.join(', ')}`, partsOf, [...PARTS])
  .parse()
  .opts<{ kills: number; loads: number; calls: number; only: Part[] }>();

const port = 40_000 + (process.pid % 9000);
const note = (text: string) => process.stderr.write(`${text}\n`);

interface Row {
  readonly what: string;
  readonly unit: string;
  readonly spread: Spread;
  readonly goal?: string;
}

const rows: Row[] = [];
const figure = (what: string, unit: string, values: readonly number[], goal?: string) => {
  rows.push({ what, unit, spread: spreadOf(values), ...(goal !== undefined && { goal }) });
};

/** What a commit cannot be faster than: an answer of one of two others, and their write. */
const floorMs = { memory: Number.NaN, disk: Number.NaN };

const measureFloors = async () => {
  note('floors …');
  for (const { what, unit, values } of await floors(port + 60)) {
    figure(what, unit, values);
    const { median } = spreadOf(values);
    if (what.includes('multicast')) floorMs.memory = median;
    if (what.includes('write')) floorMs.disk = floorMs.memory + median;
  }
};

/** A datagram that is heard, and those that are refused. */
const door = async () => {
  note('the door …');
  const costs = doorCosts();
  for (const { what, isRefused, hasKeys, values } of costs) {
    const heard = costs.find((one) => !one.isRefused && one.hasKeys === hasKeys);
    const goal = `${short(2 * spreadOf(heard?.values ?? []).median)} (2 × heard)`;
    const name = `a datagram ${hasKeys ? 'with' : 'without'} keys, ${what}`;
    figure(name, 'µs', values, isRefused ? goal : undefined);
  }
};

const loadOn = async (cluster: Cluster, count: number, inFlight: number) => {
  const loaded = cluster.report('loaded');
  cluster.order(cluster.leader, { kind: 'load', plan: cluster.plan, count, inFlight });
  return loaded;
};

const LOAD_COMMANDS = 4000;

const commits = async (isDurable: boolean) => {
  const name = isDurable ? 'on disk' : 'in memory';
  note(`commits ${name} …`);
  const cluster = new Cluster(3, { port: port + (isDurable ? 1 : 0), isDurable });
  await cluster.agreed();
  await loadOn(cluster, 500, 8);
  const one = await loadOn(cluster, 1000, 1);
  const floor = isDurable ? floorMs.disk : floorMs.memory;
  const goal = Number.isNaN(floor) ? '1.5 × floor' : `${short(1.5 * floor)} (1.5 × floor)`;
  figure(`commit, 3 voters ${name}, one client`, 'ms', one.latenciesMs, goal);
  const rates: number[] = [];
  for (let run = 0; run < loads; run++) {
    const { seconds } = await loadOn(cluster, LOAD_COMMANDS, 64);
    rates.push(LOAD_COMMANDS / seconds);
  }
  figure(`commits a second, 64 in flight, ${name}`, '/s', rates, isDurable ? '8,000' : '30,000');
  await cluster.close();
};

const failovers = async () => {
  note(`${kills} kills of the leader …`);
  const cluster = new Cluster(3, { port: port + 2, isDurable: true });
  await cluster.agreed();
  const gaps: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const { leader: victim, term } = cluster;
    const committed = cluster.report('committed', (report) => report.term > term);
    const startMs = performance.now();
    cluster.kill(victim);
    await committed;
    gaps.push(performance.now() - startMs);
    cluster.start(victim);
    await cluster.report('committed', ({ id }) => id === victim);
    await wait(1500);
  }
  figure('leader’s process killed until the next commit', 'ms', gaps, 'p50 60, max 400');
  await cluster.close();
};

const bytesAtRest = async (count: number) => {
  note(`bytes at rest, ${count} nodes …`);
  const cluster = new Cluster(count, { port: port + 3 + count, isDurable: false });
  await cluster.agreed();
  await wait(5000);
  const read = async () => {
    const said = new Map<string, number>();
    for (const id of cluster.ids) {
      const report = cluster.report('bytes', (bytes) => bytes.id === id);
      cluster.order(id, { kind: 'bytes' });
      said.set(id, (await report).said);
    }
    return said;
  };
  const before = await read();
  await wait(10_000);
  const after = await read();
  const rates = cluster.ids
    .filter((id) => id !== cluster.leader)
    .map((id) => ((after.get(id) ?? 0) - (before.get(id) ?? 0)) / 10);
  figure(`bytes sent by a backup at rest, ${count} nodes`, 'B/s', rates, '500');
  await cluster.close();
};

/** What inspection adds to an event, with two clusters side by side: one streams, the other does not. */
const inspection = async () => {
  note('inspection …');
  const server = new InspectServer({
    bytesMax: 64 * 2 ** 20,
    frame: new URL('http://127.0.0.1'),
    tell: () => {},
  });
  const inspect = `ws://127.0.0.1:${await server.listen(0)}`;
  const clusters = {
    off: new Cluster(5, { port: port + 40, isDurable: false }),
    on: new Cluster(5, { port: port + 41, isDurable: false, inspect }),
  };
  const pairs = Object.entries(clusters);
  await Promise.all(pairs.map(([, cluster]) => cluster.agreed()));
  for (const during of ['at rest', 'under load']) {
    const costs = new Map<string, number[]>(pairs.map(([name]) => [name, []]));
    for (let run = 0; run < loads; run += 1) {
      const before = pairs.map(([, cluster]) => costOf(cluster));
      const starts = await Promise.all(before);
      if (during === 'at rest') await wait(REST_MS);
      else await Promise.all(pairs.map(([, cluster]) => loadOn(cluster, 300, 2)));
      for (const [k, [name, cluster]] of pairs.entries()) {
        for (const [id, { cpuMicros, events }] of await costOf(cluster)) {
          const start = starts[k]?.get(id) ?? { cpuMicros: 0, events: 0 };
          costs.get(name)?.push((cpuMicros - start.cpuMicros) / (events - start.events));
        }
      }
    }
    const { median } = spreadOf(costs.get('off') ?? []);
    figure(`processor time an event ${during}`, 'µs', costs.get('off') ?? []);
    const goal = `${short(2 * median)} (2 × off)`;
    figure(`processor time an event ${during}, inspected`, 'µs', costs.get('on') ?? [], goal);
  }
  await Promise.all(pairs.map(([, cluster]) => cluster.close()));
  server.close();
};

const REST_MS = 5000;

/** By node: processor time and events since its start. */
const costOf = async (cluster: Cluster) => {
  const costs = new Map<string, { cpuMicros: number; events: number }>();
  for (const id of cluster.ids) {
    const report = cluster.report('cost', (cost) => cost.id === id);
    cluster.order(id, { kind: 'cost' });
    costs.set(id, await report);
  }
  return costs;
};

/** From an operator's command to the lamps. */
const lamps = async () => {
  const samples = await lampTimes({ port: port + 80, count: calls, note });
  for (const kind of KINDS) {
    const { values, missed } = samplesOf(samples, kind);
    figure(
      kind,
      's',
      values.map((ms) => ms / 1000),
    );
    if (missed > 0) note(`${kind}: ${missed} of ${values.length + missed} did not come at all`);
  }
};

const parts: Record<Part, () => Promise<void>> = {
  floors: measureFloors,
  door,
  memory: () => commits(false),
  disk: () => commits(true),
  kills: failovers,
  rest: async () => {
    await bytesAtRest(5);
    await bytesAtRest(16);
  },
  inspect: inspection,
  lamps,
};
for (const part of PARTS) if (only.includes(part)) await parts[part]();

const table = new Table({
  head: ['', 'unit', 'n', 'p50', 'p99', 'max', 'goal'],
  style: { head: [], border: [], compact: true },
});
for (const { what, unit, spread, goal } of rows) {
  const { n, median, p99, max } = spread;
  table.push([what, unit, n, short(median), short(p99), short(max), goal ?? '']);
}
process.stdout.write(`${table}\n`);
process.exit(0);
