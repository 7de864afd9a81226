/**
 * Groups of one district as real processes: one that was founded apart yields, in the same process
 * and with its lamps; and a district that lost its voters goes on from one store.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crossroads } from './crossroads.ts';
import { inView } from './district.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

const enrolled = (node: Process, from = 0) => node.fact('enrolment.enrolled', () => true, from);
const group = async (node: Process, is: RegExp, from = 0) =>
  (await node.fact('genesis.formed', (event) => is.test(event.group), from)).group;

test('a node that founded a group alone gives it up for that of the others, and is not lost', async () => {
  const together = bench.file('together.json', {
    ...crossroads(3, discoveryPort(12)),
    expect: 2,
  });
  const apart = bench.file('apart.json', crossroads(3, discoveryPort(13)));
  const start = (file: string, id: string) =>
    bench.start('node', file, id, '--json', '--data', bench.path(id));

  const alone = start(apart, 'n3');
  const lone = await group(alone, /^1\.1\.n3\./);
  await enrolled(alone);
  alone.signal('SIGTERM');
  expect(await alone.ended()).toBe(0);

  const two = ['n1', 'n2'].map((id) => start(together, id));
  const [n1, n2] = two as [Process, Process];
  const theirs = await group(n1, /^1\.2\.n[12]\./);
  expect(await group(n2, /^1\.2\.n[12]\./)).toBe(theirs);

  const n3 = start(together, 'n3');
  expect(await group(n3, /^1\.1\.n3\./)).toBe(lone);
  const { group: chosen } = await n3.fact('merge.yielded');
  expect(chosen).toBe(theirs);
  const mark = n3.lines.findIndex((l) => l.kind === 'fact' && l.event.type === 'merge.yielded');
  expect(await group(n3, /^1\.2\.n[12]\./, mark)).toBe(theirs);
  await enrolled(n3, mark);
  for (const node of [n1, n2]) await inView(node, 2);
  expect(n3.code).toBeUndefined();
  expect(n3.stderr).toBe('');
}, 90_000);

test('a store that is recovered is a group that the others yield to', async () => {
  const file = bench.file('town.json', crossroads(3, discoveryPort(0)));
  const start = (id: string) => bench.start('node', file, id, '--json', '--data', bench.path(id));
  const [n1, n2] = ['n1', 'n2'].map(start) as [Process, Process];
  for (const node of [n1, n2]) await enrolled(node);
  const busy = bench.start('recover', file, 'n2', '--data', bench.path('n2'));
  expect(await busy.ended()).toBe(2);
  expect(busy.stderr).toMatch(/another process is using it/);
  for (const node of [n1, n2]) node.signal('SIGKILL');
  for (const node of [n1, n2]) await node.ended();

  const recover = bench.start('recover', file, 'n2', '--data', bench.path('n2'), '--yes', '--json');
  expect(await recover.ended()).toBe(0);
  const said = JSON.parse(recover.stdout) as { recovered: { group: string } };
  const again = ['n2', 'n1'].map(start) as [Process, Process];
  expect(await group(again[0], /^2\.1\.n2\./)).toBe(said.recovered.group);
  expect(await group(again[1], /^2\.1\.n2\./)).toBe(said.recovered.group);
  await enrolled(again[1]);
}, 90_000);
