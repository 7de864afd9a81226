/**
 * `npm run bench`: what agreement costs on this machine, beside what the machine itself can do, in
 * one run. Figures are n, median, p99 and max; only ratios within a run compare between machines.
 */
import { setTimeout as wait } from 'node:timers/promises';
import Table from 'cli-table3';
import { Cluster } from './cluster.ts';
import { floors } from './floors.ts';
import { type Spread, short, spreadOf } from './statistics.ts';

const port = 40_000 + (process.pid % 9000);
const KILLS = Number(process.env['KILLS'] ?? 30);
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

const loadOn = async (cluster: Cluster, count: number, inFlight: number) => {
  const loaded = cluster.report('loaded');
  cluster.order(cluster.leader, { kind: 'load', plan: cluster.plan, count, inFlight });
  return loaded;
};

const commits = async (isDurable: boolean) => {
  const name = isDurable ? 'on disk' : 'in memory';
  note(`commits ${name} …`);
  const cluster = new Cluster(3, { port: port + (isDurable ? 1 : 0), isDurable });
  await cluster.agreed();
  await loadOn(cluster, 500, 8);
  const one = await loadOn(cluster, 1000, 1);
  figure(`commit, 3 voters ${name}, one client`, 'ms', one.latenciesMs, '1.5 × floor');
  const rates: number[] = [];
  for (let run = 0; run < 5; run++) {
    const { seconds } = await loadOn(cluster, isDurable ? 2000 : 4000, 64);
    rates.push((isDurable ? 2000 : 4000) / seconds);
  }
  figure(`commits a second, 64 in flight, ${name}`, '/s', rates, isDurable ? '8,000' : '30,000');
  await cluster.close();
};

const failovers = async () => {
  note(`${KILLS} kills of the leader …`);
  const cluster = new Cluster(3, { port: port + 2, isDurable: true });
  await cluster.agreed();
  const gaps: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
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

for (const { what, unit, values } of await floors(port + 60)) figure(what, unit, values);
await commits(false);
await commits(true);
await failovers();
await bytesAtRest(5);
await bytesAtRest(16);

const table = new Table({
  head: ['', 'unit', 'n', 'median', 'p99', 'max', 'goal'],
  style: { head: [], border: [], compact: true },
});
for (const { what, unit, spread, goal } of rows) {
  const { n, median, p99, max } = spread;
  table.push([what, unit, n, short(median), short(p99), short(max), goal ?? '']);
}
process.stdout.write(`${table}\n`);
process.exit(0);
