/**
 * Lives of real nodes: one that lost its disk while its clock was set back serves again, and a copy
 * of one that lives ends without a word to the lamps.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crossroads } from './crossroads.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

const wallClock = fileURLToPath(new URL('../network/wall-clock.mjs', import.meta.url));
const BACK_MS = 600_000;

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

const greenAt = (lamps: Process, from: number) =>
  lamps.until('a green lamp', () =>
    lamps.lines
      .slice(from)
      .find((line) => line.kind === 'lamps' && Object.values(line.lamps).includes('green')),
  );

/** Words that the lamps refused, because they had heard a later one of the same node. */
const fencedOff = (lamps: Process) =>
  lamps.lines.filter((line) => line.kind === 'refused' && /not later than/.test(line.reason));

/** A crossroads with its lamp driver, which outlives its nodes. */
const opened = async (place: number) => {
  const file = bench.file('crossroads.json', crossroads(1, discoveryPort(place)));
  const socket = bench.path('lamps.sock');
  const lamps = bench.start('lamps', file, 'x1', '--socket', socket, '--json');
  await lamps.until('its first lamps', () => lamps.lines.length > 0);
  const node = (data: string, flags: readonly string[] = []) =>
    bench.launch(['node', file, 'n1', '--json', '--lamps', socket, '--data', bench.path(data)], {
      flags,
    });
  return { lamps, node };
};

test('a node that lost its disk and its time of day begins anew by itself, and serves again', async () => {
  const { lamps, node } = await opened(9);
  const former = node('data');
  await greenAt(lamps, 0);
  former.signal('SIGKILL');
  await former.ended();
  rmSync(bench.path('data'), { recursive: true });
  const mark = lamps.lines.length;
  const next = node('data', ['--import', `file://${wallClock}?aheadMs=${-BACK_MS}`]);
  const { by } = await next.fact('membership.outlived');
  expect(by).toBeGreaterThan(Date.now() - BACK_MS);
  await next.fact('membership.settled');
  await next.fact('phases.changed');
  await greenAt(lamps, mark);
  expect(fencedOff(lamps)).toEqual([]);
});

test('a copy of a node that lives ends, and has said nothing to its lamps', async () => {
  const { lamps, node } = await opened(10);
  const living = node('data');
  await greenAt(lamps, 0);
  const copy = node('copy');
  expect(await copy.ended()).toBe(3);
  expect(copy.stderr).toMatch(/another node with the id n1 answers/);
  // A word of the copy, which is the later life, would have put out the one that lives.
  await greenAt(lamps, lamps.lines.length);
  expect(fencedOff(lamps)).toEqual([]);
  expect(living.code).toBeUndefined();
});
