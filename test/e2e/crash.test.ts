/**
 * Processes that fail by an error which nobody caught: lamps are left safe, a report is written, the
 * exit code says so; and `greenwave up` starts a node again that crashed, and none that was killed.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createJudge } from '../../protocol/judge.ts';
import { crossroads } from './crossroads.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

interface Failing {
  readonly how: 'throw' | 'reject';
  /** So long after it has printed `at`. */
  readonly afterMs: number;
  readonly at: string;
  /** A word of the command that fails. */
  readonly in: string;
}

/** What makes a process fail so. */
const thrower = ({ how, afterMs, at, in: word }: Failing): string =>
  `${new URL(`./thrower.mjs?how=${how}&afterMs=${afterMs}&at=${at}&in=${word}`, import.meta.url)}`;

const reports = () => {
  const folder = bench.path('crashes');
  return readdirSync(folder).map((name) => {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    return { path, text, mode: statSync(path).mode & 0o777, ...JSON.parse(text) };
  });
};

const lampLines = ({ lines }: Process) =>
  lines.flatMap((line) => (line.kind === 'lamps' ? [line] : []));
const isGreen = (run: Process) =>
  Object.values(lampLines(run).at(-1)?.lamps ?? {}).includes('green');

/** One crossing, with a key and places of its own for all that is kept. */
const crossing = async (place: number) => {
  const district = crossroads(1, discoveryPort(place), `crash-${place}`);
  const file = bench.file('district.json', district);
  const [key, crashes] = [bench.path('town.key'), ['--crashes', bench.path('crashes')]];
  expect(await bench.start('key', key).ended()).toBe(0);
  const node = (failing?: Failing) =>
    bench.launch(
      ['node', file, 'n1', '--json', '--key-file', key, '--data', bench.path('n1'), ...crashes],
      failing && { flags: ['--import', thrower(failing)] },
    );
  const bulbs = ['--driver', `files:${bench.path('bulbs')}`, '--latch', bench.path('latches')];
  const lamps = (failing?: Failing) =>
    bench.launch(
      ['lamps', file, '--json', ...bulbs, ...crashes],
      failing && { flags: ['--import', thrower(failing)] },
    );
  return { district, file, key, node, lamps };
};

test('a node that fails leaves its lamps safe, a report, and an exit code of its own', async () => {
  const { district, key, node, lamps } = await crossing(6);
  const driver = lamps();
  await driver.until('lamps', () => lampLines(driver).length > 0);
  const failed = node({ how: 'throw', afterMs: 5_000, at: 'phases.changed', in: 'n1' });
  await driver.until('green', () => isGreen(driver));
  expect(await failed.ended()).toBe(4);
  const [report] = reports();
  expect(report).toMatchObject({ name: 'n1', how: 'uncaughtException', mode: 0o600 });
  expect(report.error.message).toBe('thrown for a test');
  expect(report.error.stack).toContain('thrower.mjs');
  expect(report.lines.length).toBeGreaterThan(20);
  expect(failed.stdout).toContain(`n1 crashed: thrown for a test; the report is ${report.path}`);
  const secrets = readFileSync(key, 'utf8').match(/[A-Za-z0-9_+/-]{40,}/g) ?? [];
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of secrets) expect(report.text).not.toContain(secret);
  // What was promised ends; then nobody serves the lamps, which is shown.
  const isFlashing = () => lampLines(driver).at(-1)?.lamps['NS']?.startsWith('flashing');
  await driver.until('flashing', isFlashing);
  const judge = createJudge(district.intersections);
  for (const line of lampLines(driver)) judge.see(line);
  expect(judge.verdict().unsafe).toEqual([]);
  const again = node({ how: 'reject', afterMs: 500, at: 'kind', in: 'n1' });
  expect(await again.ended()).toBe(4);
  expect(
    reports()
      .map(({ how }) => how)
      .sort(),
  ).toEqual(['uncaughtException', 'unhandledRejection']);
}, 90_000);

const bulbsOf = (group: string) =>
  ['red', 'amber', 'green'].filter((bulb) => {
    const path = join(bench.path('bulbs'), 'x1', group, bulb, 'value');
    return readFileSync(path, 'utf8').trim() === '1';
  });

test('lamps whose process fails are left red, and latched until somebody has looked', async () => {
  const { file, node, lamps } = await crossing(7);
  const driver = lamps({ how: 'throw', afterMs: 500, at: ':%22green', in: 'lamps' });
  await driver.until('lamps', () => lampLines(driver).length > 0);
  node();
  await driver.until('green', () => isGreen(driver));
  expect(await driver.ended()).toBe(4);
  for (const group of ['NS', 'EW']) expect(bulbsOf(group)).toEqual(['red']);
  const [report] = reports();
  expect(report).toMatchObject({ name: 'lamps', how: 'uncaughtException' });
  expect(driver.stderr).toContain(`the report is ${report.path}`);
  const next = lamps();
  const said = (text: string) =>
    next.lines.some((line) => line.kind === 'error' && line.message.includes(text));
  await next.until('still latched', () => said('its process crashed: thrown for a test'));
  expect(await bench.start('clear', 'x1', file, '--latch', bench.path('latches')).ended()).toBe(0);
  await next.until('green', () => isGreen(next), 60_000);
}, 120_000);

test('greenwave up starts a node again that crashes, ever later, and none that was killed', async () => {
  const file = bench.file('district.json', crossroads(2, discoveryPort(8), 'crash-up'));
  const failing: Failing = { how: 'throw', afterMs: 1_000, at: 'kind', in: 'n2' };
  const up = bench.launch(['up', file, '--json', '--crashes', bench.path('crashes')], {
    env: { NODE_OPTIONS: `--import=${thrower(failing)}` },
  });
  const processLines = (node: string) =>
    up.lines.flatMap((line) => (line.kind === 'process' && line.node === node ? [line] : []));
  const ends = () =>
    processLines('n2').flatMap(({ standing, how = '' }) => (standing === 'ended' ? [how] : []));
  await up.until('a third crash', () => ends().length >= 3, 60_000);
  const waits = ends().map((how) => {
    const [, s] = /^ended with exit code 4; it is started again in ([\d.]+) s$/.exec(how) ?? [];
    return Number(s);
  });
  for (const [k, s] of waits.slice(0, 3).entries()) {
    expect(s).toBeGreaterThanOrEqual(0.2 * 2 ** k);
    expect(s).toBeLessThanOrEqual(0.5 * 2 ** k + 0.05);
  }
  expect(reports().length).toBeGreaterThanOrEqual(3);
  const [begun] = processLines('n1');
  process.kill(begun?.pid ?? 0, 'SIGKILL');
  await up.until('the end of n1', () => processLines('n1').at(-1)?.how === 'was ended by SIGKILL');
  await up.until('a fourth crash', () => ends().length >= 4);
  expect(processLines('n1').filter(({ standing }) => standing === 'started')).toHaveLength(1);
  up.signal('SIGTERM');
  expect(await up.ended()).toBe(0);
  expect(up.lines.at(-1)).toMatchObject({ kind: 'summary', unsafe: 0 });
}, 120_000);
