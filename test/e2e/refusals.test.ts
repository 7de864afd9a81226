/**
 * What a district refuses: other contracts, other descriptions, strangers, rubbish, doubles, and
 * district files that cannot be run.
 */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DistrictFile } from '../../protocol/district.ts';
import { discoveryDefault, lan } from '../../protocol/timing.ts';
import { crossroad, crossroads } from './crossroads.ts';
import { inView, startDistrict, viewOf } from './district.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

const refusal = (process: Process, text: RegExp) =>
  process.until(`a refusal that says ${text}`, () =>
    process.lines.find((line) => line.kind === 'refused' && text.test(line.reason)),
  );

test('a node with another contract is refused, and both sides name the value', async () => {
  const run = await startDistrict(bench, crossroads(2, discoveryPort(5)));
  const { beatMs } = lan();
  const other: DistrictFile = {
    ...run.district,
    intersections: [crossroad(7)],
    links: [],
    timing: { beatMs: beatMs + 1 },
  };
  const stranger = bench.start('node', bench.file('other.json', other), 'n7', '--json');
  await refusal(stranger, new RegExp(`timing.beatMs: ${beatMs + 1} here, ${beatMs} there`));
  for (const node of run.nodes.values()) {
    await refusal(node, new RegExp(`timing.beatMs: ${beatMs} here, ${beatMs + 1} there`));
    expect([...viewOf(node)]).not.toContain('n7');
  }
  expect(stranger.code).toBeUndefined();
}, 60_000);

test('a node that describes its intersection otherwise is refused, and both sides name the value', async () => {
  const run = await startDistrict(bench, crossroads(3, discoveryPort(6)));
  const stopped = run.nodes.get(run.leader === 'n3' ? 'n2' : 'n3') as Process;
  const id = run.leader === 'n3' ? 'n2' : 'n3';
  stopped.signal('SIGKILL');
  await stopped.ended();
  const changed: DistrictFile = structuredClone(run.district);
  const place = changed.intersections.findIndex(({ node }) => node === id);
  for (const group of changed.intersections[place]?.groups ?? []) group.amberS = 4;
  const marks = new Map([...run.nodes].map(([name, node]) => [name, node.lines.length]));
  const again = bench.start('node', bench.file('changed.json', changed), id, '--json');
  await refusal(again, /groups\.0\.amberS: 1 here, 4 there/);
  const leader = run.nodes.get(run.leader) as Process;
  await refusal(leader, /groups\.0\.amberS: 1 here, 4 there/);
  // It may be refused before it has announced itself to all: then it was never in the view.
  const from = marks.get(run.leader);
  const joined = leader.findFact('membership.joined', ({ peer }) => peer === id, from);
  if (joined) await leader.fact('membership.left', ({ how }) => how === 'refused', from);
  expect([...viewOf(leader)]).not.toContain(id);
}, 60_000);

test('two districts on one network do not disturb each other', async () => {
  const port = discoveryPort(7);
  const first = await startDistrict(bench, crossroads(2, port, 'first'));
  const second = await startDistrict(bench, crossroads(2, port, 'second'));
  for (const { nodes } of [first, second]) {
    for (const [id, node] of nodes) {
      expect([...viewOf(node)]).toEqual(['n1', 'n2'].filter((other) => other !== id));
      expect(node.lines.filter(({ kind }) => kind === 'refused')).toEqual([]);
      expect(node.findFact('election.lost')).toBeUndefined();
    }
  }
}, 60_000);

test('rubbish on every port is refused and told, and no node stops', async () => {
  const port = discoveryPort(8);
  const { nodes } = await startDistrict(bench, crossroads(2, port));
  const marks = [...nodes.values()].map((node) => ({ node, mark: node.lines.length }));
  const header = { sender_id: 'x', timestamp: 1, group: '', incarnation: 1, counter: 1 };
  const rubbish = [
    'not JSON',
    '{}',
    '[]',
    'null',
    JSON.stringify({ ...header, type: 'xstate.stop', payload: {} }),
    JSON.stringify({ ...header, type: 'membership.announce', payload: { district: 7 } }),
    JSON.stringify({ ...header, type: '__proto__', payload: {} }),
    'x'.repeat(60_000),
  ];
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  socket.setMulticastInterface('127.0.0.1');
  for (const text of rubbish) socket.send(text, port, discoveryDefault.address);
  const { port: tcpPort } = await (nodes.get('n1') as Process).fact('wire.opened');
  const call = connect(tcpPort, '127.0.0.1');
  call.on('error', () => {});
  call.write(`${rubbish.slice(0, 7).join('\n')}\n`);
  for (const { node, mark } of marks) {
    for (const reason of [
      /not JSON/,
      /malformed header/,
      /unknown type "xstate.stop"/,
      /malformed membership.announce/,
      /are more than 1400/,
    ]) {
      await refusal(node, reason);
    }
    // It goes on living: beats are said after the rubbish was heard.
    await node.until('a beat', () =>
      node.lines.slice(mark).some((line) => line.kind === 'said' && line.type === 'detector.beat'),
    );
    expect(node.code).toBeUndefined();
    expect(node.lines.slice(mark).filter(({ kind }) => kind === 'error')).toEqual([]);
  }
  call.destroy();
  socket.close();
}, 60_000);

test('a second node with an id that still answers says so and ends; the first goes on', async () => {
  const run = await startDistrict(bench, crossroads(2, discoveryPort(9)));
  const first = run.nodes.get('n2') as Process;
  const double = bench.start('node', run.file, 'n2', '--json');
  expect(await double.ended()).toBe(3);
  expect(double.stderr).toContain('another node with the id n2 answers');
  expect(first.code).toBeUndefined();
  const other = run.nodes.get('n1') as Process;
  await inView(other, 1);
  expect(other.findFact('membership.left')).toBeUndefined();
}, 60_000);

test('a bad district file gives every problem with its place, and nothing starts', async () => {
  const bad = structuredClone(crossroads(2, 5007)) as unknown as {
    intersections: { id: string; groups: { amberS: number }[]; stages: unknown[]; zork?: number }[];
  };
  const [x1, x2] = bad.intersections;
  if (!x1 || !x2) throw new Error('two intersections');
  x1.zork = 1;
  x1.stages = [{ id: 'all', green: ['NS', 'EW'] }];
  x2.stages = [{ id: 'ns', green: ['SN'] }];
  const [group] = x2.groups;
  if (group) group.amberS = 0;
  const file = bench.file('bad.json', JSON.stringify(bad, null, 2));
  const commands = [
    ['up', file],
    ['node', file, 'n1'],
    ['lamps', file],
    ['status', file],
  ];
  for (const args of commands) {
    const process = bench.start(...args);
    expect(await process.ended()).toBe(2);
    expect(process.stdout).toBe('');
    expect(process.stderr).toMatch(/bad\.json:\d+:\d+ intersections\[0\]\.zork: unknown key/);
    expect(process.stderr).toMatch(
      /bad\.json:\d+:\d+ intersections\[0\]\.stages\[0\]\.green\[1\]: EW conflicts with NS/,
    );
    expect(process.stderr).toMatch(
      /bad\.json:\d+:\d+ intersections\[1\]\.stages\[0\]\.green\[0\]: no group SN/,
    );
    expect(process.stderr).toMatch(
      /bad\.json:\d+:\d+ intersections\[1\]\.groups\[0\]\.amberS: must be > 0/,
    );
  }
}, 60_000);
