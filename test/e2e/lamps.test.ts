/**
 * `greenwave lamps` with bulbs that are files, and `greenwave clear`: what an operator sees when a bulb
 * does not do as it is told, with and without a driver that runs.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DistrictFile } from '../../protocol/district.ts';
import { quickCrossing } from '../cabinet/quick-district.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

const bulb = (name: string) => join(bench.path('bulbs'), 'crossing', name, 'value');
/** Overwrites it, as a pin would change: a file that is cut off first is read empty now and then. */
const set = (name: string, isOn: boolean) =>
  writeFileSync(bulb(name), isOn ? '1\n' : '0\n', { flag: 'r+' });

const start = () => {
  const district: DistrictFile = {
    name: 'lamps',
    intersections: [quickCrossing()],
    discovery: { port: discoveryPort(12) },
  };
  const file = bench.file('district.json', district);
  const latch = ['--latch', bench.path('latches')];
  const drive = () =>
    bench.start('lamps', file, '--driver', `files:${bench.path('bulbs')}`, ...latch, '--json');
  const clear = (...rest: string[]) => bench.start('clear', 'crossing', file, ...latch, ...rest);
  return { file, drive, clear };
};

const shows = (driver: Process, lamp: string) =>
  driver.until(`north shows ${lamp}`, () => {
    const line = driver.lines.findLast(({ kind }) => kind === 'lamps');
    return line?.kind === 'lamps' && line.lamps['north'] === lamp;
  });
const told = (driver: Process, text: string) =>
  driver.until(text, () =>
    driver.lines.some((line) => line.kind === 'error' && line.message.includes(text)),
  );

const REASON = 'north green shines though it is off';

test('a latch stays while the fault does, and is cleared by the operator when it is mended', async () => {
  const { drive, clear } = start();
  const driver = drive();
  await shows(driver, 'flashingAmber');
  const early = clear();
  expect(await early.ended()).toBe(0);
  expect(early.stdout).toBe('crossing is not latched: nothing to clear.\n');
  set('north/green', true);
  await told(driver, `latched to flashing: ${REASON}`);
  await shows(driver, 'flashingRed');
  const refused = clear('--json');
  expect(await refused.ended()).toBe(1);
  expect(JSON.parse(refused.stdout)).toEqual({
    intersection: 'crossing',
    isRunning: true,
    reason: REASON,
    isCleared: false,
    refused: `still wrong: ${REASON}`,
  });
  set('north/green', false);
  // A fault counts as there for as long as a lamp that flashes takes for its round.
  const cleared = await vi.waitFor(async () => {
    const asked = clear();
    expect(await asked.ended()).toBe(0);
    return asked.stdout;
  }, 20_000);
  expect(cleared).toBe(
    `crossing was latched to flashing: ${REASON}\nCleared: it shows steady red now, then follows its nodes again.\n`,
  );
  await told(driver, `an operator cleared the latch: ${REASON}`);
  await shows(driver, 'flashingAmber');
  driver.signal('SIGTERM');
  expect(await driver.ended()).toBe(0);
  expect(readFileSync(bulb('north/red'), 'utf8')).toBe('1\n');
});

test('a latch outlives its driver, and is cleared without one; nothing to clear is said so', async () => {
  const { drive, clear } = start();
  const first = drive();
  await shows(first, 'flashingAmber');
  set('north/green', true);
  await told(first, `latched to flashing: ${REASON}`);
  first.signal('SIGKILL');
  await first.ended();
  set('north/green', false);
  const second = drive();
  await told(second, `still latched to flashing: ${REASON}; once it is mended: greenwave clear`);
  await shows(second, 'flashingRed');
  second.signal('SIGKILL');
  await second.ended();
  const cleared = clear('--json');
  expect(await cleared.ended()).toBe(0);
  expect(JSON.parse(cleared.stdout)).toEqual({
    intersection: 'crossing',
    isRunning: false,
    reason: REASON,
    isCleared: true,
  });
  const again = clear();
  expect(await again.ended()).toBe(2);
  expect(again.stderr).toMatch(
    /^greenwave: no lamp driver of crossing answers at .*, and there is no latch .*crossing\.latch; say --socket or --latch as the driver was told\n$/,
  );
});

test('who asks for what is not there is told what is', async () => {
  const { file } = start();
  const nowhere = bench.start('clear', 'nowhere', file);
  expect(await nowhere.ended()).toBe(2);
  expect(nowhere.stderr).toBe(`greenwave: ${file} has no intersection nowhere; it has crossing\n`);
  const kind = bench.start('lamps', file, '--driver', 'sumo');
  expect(await kind.ended()).toBe(2);
  expect(kind.stderr).toContain('It must be terminal, memory or files:DIR.');
  const help = bench.start('clear', '--help');
  expect(await help.ended()).toBe(0);
  expect(help.stdout).toContain('Exit codes: 0 cleared, or nothing was latched; 1 refused');
});

test('a driver whose intersection lacks a bulb does not start, and lists the files', async () => {
  const { drive } = start();
  const first = drive();
  await shows(first, 'flashingAmber');
  first.signal('SIGTERM');
  await first.ended();
  rmSync(bulb('east/red'));
  const second = drive();
  expect(await second.ended()).toBe(2);
  expect(second.stderr).toContain(`have no file; link each to its pin:\n  ${bulb('east/red')}`);
});

test('a node that is told of a driver of its own waits for it, and starts none', async () => {
  const { file, drive } = start();
  const node = bench.start('node', file, 'n1', '--lamps', 'own', '--json');
  await node.fact('lamps.lost');
  // A driver that the node had started would have the place.
  const driver = drive();
  await node.fact('lamps.ready');
  expect(driver.code).toBeUndefined();
});
