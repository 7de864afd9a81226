/**
 * The main job as a user starts it: a whole district by one command; and a district that grows.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crossroad, crossroads } from './crossroads.ts';
import { inView, startDistrict, viewOf } from './district.ts';
import { Bench, discoveryPort, type Process, processesWith } from './processes.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

const joined = (up: Process, count: number) => {
  const views = new Map<string, Set<string>>();
  for (const line of up.lines) {
    if (line.kind !== 'fact' || line.event.type !== 'membership.joined') continue;
    views.set(line.node, (views.get(line.node) ?? new Set()).add(line.event.peer));
  }
  return views.size === count && [...views.values()].every(({ size }) => size === count - 1);
};

/** One view of `count`, one leader that all follow last, and green lamps at every intersection. */
const runs = async (up: Process, count: number) => {
  await up.until(`one view of ${count}`, () => joined(up, count));
  await up.until('one leader', () => {
    const leaderOf = new Map<string, string>();
    for (const line of up.lines) {
      if (line.kind !== 'fact' || line.event.type !== 'election.elected') continue;
      leaderOf.set(line.node, line.event.leader);
    }
    return leaderOf.size === count && new Set(leaderOf.values()).size === 1;
  });
  await up.until('green everywhere', () => {
    const green = new Set<string>();
    for (const line of up.lines) {
      if (line.kind !== 'lamps') continue;
      if (Object.values(line.lamps).includes('green')) green.add(line.intersection);
    }
    return green.size === count;
  });
};

test('the shipped arterial of six runs, prints nothing but journal lines, and stops by itself', async () => {
  const up = bench.start('up', '--json', '--for', '20');
  await runs(up, 6);
  expect(await up.ended(45_000)).toBe(0);
  expect(up.rubbish).toEqual([]);
  const last = up.lines.at(-1);
  expect(last).toMatchObject({ kind: 'summary', unsafe: 0, nodes: 6, largestView: 6 });
  // Traffic drives, and every node hears what is sensed of it.
  expect(last).toMatchObject({ traffic: { came: expect.any(Number) } });
  expect(up.lines.filter(({ kind }) => kind === 'roads')).toHaveLength(1);
  expect(up.lines.filter(({ kind }) => kind === 'traffic').length).toBeGreaterThan(5);
  const sighted = up.lines.flatMap((line) =>
    line.kind === 'state' && line.machine === 'arrivals' && line.value === 'sighted'
      ? [line.node]
      : [],
  );
  expect(new Set(sighted).size).toBe(6);
}, 90_000);

const scenarios = new URL('../../../shared/scenarios/', import.meta.url);
const isThere = existsSync(fileURLToPath(scenarios));
if (!isThere) console.log('left out: districts imported from ../shared/scenarios, which is absent');

test.skipIf(process.platform !== 'linux')(
  'a second Ctrl-C ends all at once, and leaves no process',
  async () => {
    const file = bench.file('crossroads.json', crossroads(2, discoveryPort(5)));
    const up = bench.start('up', file, '--json', '--page-port', '0');
    await runs(up, 2);
    expect(processesWith(file)).toHaveLength(4);
    up.signal('SIGINT');
    await up.until('a node that stops', () => up.findFact('membership.left'));
    up.signal('SIGINT');
    expect(await up.ended()).toBe(1);
    await expect.poll(() => processesWith(file), { timeout: 30_000 }).toEqual([]);
  },
  120_000,
);

test.skipIf(!isThere).each([
  { name: 'ingolstadt7', count: 7 },
  { name: 'cologne3', count: 3 },
])(
  'the imported streets of $name run',
  async ({ name, count }) => {
    const net = fileURLToPath(new URL(`${name}/${name}.net.xml`, scenarios));
    const file = bench.path(`${name}.json`);
    const imported = bench.start('import', net, '-o', file);
    expect(await imported.ended()).toBe(0);
    const up = bench.start('up', file, '--json');
    await runs(up, count);
    up.signal('SIGINT');
    expect(await up.ended(45_000)).toBe(0);
    expect(up.lines.at(-1)).toMatchObject({ kind: 'summary', unsafe: 0 });
  },
  90_000,
);

test('status tells the view, the leader and the commit, and is itself in nobody’s view', async () => {
  const run = await startDistrict(bench, crossroads(3, discoveryPort(11)));
  const status = bench.start('status', run.file, '--for', '1.5', '--json');
  expect(await status.ended()).toBe(0);
  const { groups, nodes } = JSON.parse(status.stdout);
  expect(groups).toHaveLength(1);
  expect(groups[0]).toMatchObject({ district: 'crossroads', leader: run.leader, term: 1 });
  expect(groups[0].view).toEqual(['n1', 'n2', 'n3']);
  expect(groups[0].commit).toBeGreaterThan(3);
  for (const node of nodes) expect(node.phi).toBeLessThan(8);
  for (const node of run.nodes.values()) expect(viewOf(node).size).toBe(2);
}, 60_000);

test('a node that only its own file knows joins a running district, and leaves it', async () => {
  const port = discoveryPort(10);
  const run = await startDistrict(bench, crossroads(3, port));
  const own = { ...crossroads(3, port), intersections: [crossroad(7)], links: [] };
  const file = bench.file('seventh.json', own);
  const lamps = bench.start('lamps', file, '--json');
  const seventh = bench.start('node', file, 'n7', '--json');
  await inView(seventh, 3);
  await seventh.fact('enrolment.enrolled');
  for (const node of run.nodes.values()) {
    await inView(node, 3);
    await node.fact(
      'replica.committed',
      ({ command }) => command.kind === 'district.admit' && command.intersection?.id === 'x7',
    );
    await node.fact(
      'replica.committed',
      ({ command }) =>
        command.kind === 'plan.adopt' && command.plan.intersections.some(({ id }) => id === 'x7'),
    );
  }
  await lamps.until('green at x7', () =>
    lamps.lines.some(
      (line) => line.kind === 'lamps' && Object.values(line.lamps).includes('green'),
    ),
  );
  seventh.signal('SIGTERM');
  expect(await seventh.ended()).toBe(0);
  for (const node of run.nodes.values()) {
    await inView(node, 2);
    await node.fact(
      'replica.committed',
      ({ command }) => command.kind === 'district.dismiss' && command.node === 'n7',
    );
  }
}, 90_000);
