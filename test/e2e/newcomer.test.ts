/** A newcomer's path: docs/add-an-intersection.md, command by command, with real processes. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { blocksOf } from '../docs/blocks.ts';
import { Bench, discoveryPort } from './processes.ts';

const bench = new Bench();
afterAll(() => bench.clear());

const six = readFileSync(new URL('../../districts/arterial.json', import.meta.url), 'utf8');

/** What the page says to type, without the program's name. */
const commands = blocksOf('docs/add-an-intersection.md', 'sh')
  .flatMap((block) => block.split('\n'))
  .filter((line) => line.startsWith('npx greenwave '))
  .map((line) => line.split(' ').slice(2));

test('the seven, put into one file, go through a minute of heavy faults', async () => {
  mkdirSync(bench.path('districts'), { recursive: true });
  bench.file(join('districts', 'arterial.json'), six);
  bench.file('seventh.json', blocksOf('docs/add-an-intersection.md', 'json')[0] ?? '');
  const merge = blocksOf('docs/add-an-intersection.md', 'sh').find((text) =>
    text.startsWith('node '),
  );
  execFileSync('sh', ['-c', merge ?? ''], { cwd: bench.folder });
  const simulate = bench.start(...(commands.find(([name]) => name === 'simulate') ?? []));
  expect(await simulate.ended(60_000)).toBe(0);
  expect(simulate.stdout).toContain('1 run of 7 nodes');
  expect(simulate.stdout).toContain('no violation');
}, 90_000);

test('six run, the seventh is started beside them, and all are in one view', async () => {
  const [up = [], node = [], status = []] = commands;
  expect([up[0], node[0], status[0]]).toEqual(['up', 'node', 'status']);
  // No other district of this run meets it.
  const here = (text: string) =>
    JSON.stringify({ ...JSON.parse(text), discovery: { port: discoveryPort(11) } });
  mkdirSync(bench.path('districts'), { recursive: true });
  bench.file(join('districts', 'arterial.json'), here(six));
  bench.file('seventh.json', here(blocksOf('docs/add-an-intersection.md', 'json')[0] ?? ''));
  const running = bench.start(...up, '--no-page', '--no-traffic', '--json');
  await running.fact('election.elected');
  const seventh = bench.start(...node, '--json');
  // It may learn of it by a snapshot itself.
  await running.fact(
    'replica.committed',
    ({ command }) => command.kind === 'district.admit' && command.node === 'n7',
  );
  await seventh.fact('phases.changed');
  const asked = bench.start(...status, '--json');
  expect(await asked.ended()).toBe(0);
  const { groups } = JSON.parse(asked.stdout);
  expect(groups).toHaveLength(1);
  expect(groups[0].view).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7']);
  seventh.signal('SIGINT');
  expect(await seventh.ended()).toBe(0);
  const gone = await running.fact('membership.left', ({ peer }) => peer === 'n7');
  expect(gone.how).toBe('goodbye');
  // What a clean stop of six takes is proved elsewhere.
  running.signal('SIGINT');
  running.signal('SIGTERM');
}, 120_000);
