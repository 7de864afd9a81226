/**
 * A disk that is full, at the start or later: the node says so, votes no more, and its lamps go on.
 * The disk is a file system of its own in memory, so only who may mount one can run this.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crossroads } from './crossroads.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

const KILOBYTES = 256;

const mountAt = (path: string) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${KILOBYTES}k`, 'none', path], {
    stdio: 'ignore',
  });
const unmount = (path: string) => execFileSync('umount', ['-l', path], { stdio: 'ignore' });

let bench: Bench;
let disk: string;
let isMounted = false;
beforeEach(() => {
  bench = new Bench();
  disk = bench.path('disk');
  mkdirSync(disk);
  try {
    mountAt(disk);
    isMounted = true;
  } catch {
    isMounted = false;
  }
});
afterEach(async () => {
  if (isMounted) unmount(disk);
  await bench.clear();
});

/** Takes all the room there is. */
const fill = () => {
  try {
    writeFileSync(join(disk, 'filler'), Buffer.alloc(KILOBYTES * 1024));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
};

const start = (port: number): Process => {
  const file = bench.file('crossroads.json', crossroads(1, port));
  return bench.start('node', file, 'n1', '--json', '--data', join(disk, 'n1'));
};

const saying = (node: Process, text: RegExp) =>
  node.until(`an error that says ${text}`, () =>
    node.lines.find((line) => line.kind === 'error' && text.test(line.message)),
  );

const greenAfter = (node: Process, from: number) =>
  node.until('a green lamp', () =>
    node.lines
      .slice(from)
      .some((line) => line.kind === 'lamps' && Object.values(line.lamps).includes('green')),
  );

test('a disk that is full at the start is told, and the node shows lamps all the same', async (test) => {
  if (!isMounted) test.skip('this user may not mount a file system');
  fill();
  const node = start(discoveryPort(14));
  await saying(node, /cannot be used as a store: the disk is full.*runs its lamps/);
  await greenAfter(node, 0);
  expect(node.code).toBeUndefined();
}, 60_000);

test('a disk that fills up is told once, the node votes no more, and its lamps go on', async (test) => {
  if (!isMounted) test.skip('this user may not mount a file system');
  const node = start(discoveryPort(15));
  await node.fact('replica.committed', ({ command }) => command.kind === 'plan.adopt');
  await greenAfter(node, 0);
  fill();
  const from = node.lines.length;
  // What is agreed on is written, so nodes that join soon find the disk full.
  const more = bench.file('more.json', crossroads(5, discoveryPort(15)));
  for (const id of ['n2', 'n3', 'n4', 'n5']) bench.start('node', more, id, '--json');
  await saying(node, /the store cannot be written, so this node votes no more: the disk is full/);
  await greenAfter(node, from);
  const told = node.lines.filter(
    (line) => line.kind === 'error' && /disk is full/.test(line.message),
  );
  expect(told).toHaveLength(1);
  expect(node.code).toBeUndefined();
}, 60_000);
