/** The driver as a process: its lines, its signals, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { connectLamps } from '../../cabinet/client.ts';
import { createJudge, type LampsSeen } from '../../protocol/judge.ts';
import type { Lamp } from '../../protocol/lamp.ts';
import {
  quickCrossing,
  quickDistrictFile,
  START_UP_MS,
  temporaryFolder,
} from './quick-district.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = here(`../../node_modules/.cache/greenwave-lamps-${process.pid}`);

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: here('run-lamps.ts'), outDir: folder, emptyOutDir: true, minify: false },
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Line extends LampsSeen {
  readonly node: string;
  readonly kind: string;
}

/** What north shows by a line. */
const northOf = (line: Line | undefined): Lamp | undefined => {
  const { north } = line?.lamps ?? {};
  return north;
};

const start = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
  const child: ChildProcess = spawn(process.execPath, [join(folder, 'run-lamps.js'), ...args], {
    env: { ...process.env, ...environment },
  });
  let out = '';
  let complaints = '';
  child.stdout?.on('data', (bytes) => {
    out += bytes;
  });
  child.stderr?.on('data', (bytes) => {
    complaints += bytes;
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines = () => {
    const whole = out.split('\n').slice(0, -1);
    return whole.map((line) => JSON.parse(line) as Line);
  };
  return {
    child,
    lines,
    complaints: () => complaints,
    shows: (lamp: string) => vi.waitFor(() => expect(northOf(lines().at(-1))).toBe(lamp), 6_000),
    exit: new Promise<number | null>((resolve) => child.on('exit', resolve)),
  };
};

/** A node that asks for one long green of north. */
const askForGreen = (path: string) => {
  const now = () => performance.now();
  const client = connectLamps({
    door: { path },
    node: 'n1',
    intersection: 'crossing',
    incarnation: 1,
    now,
    heard: {
      compared: () => {},
      entered: () => {
        const rest = [{ lamp: 'red' as const, untilMs: now() + 40_000 }];
        const north = [
          { lamp: 'green' as const, untilMs: now() + 30_000 },
          { lamp: 'amber' as const, untilMs: now() + 31_000 },
          ...rest,
        ];
        const timelines = { north, south: rest, left: rest, east: rest };
        client.send({ counter: 1, notAfterMs: now() + 1_000, timelines });
      },
      answer: () => {},
      showing: () => {},
      input: () => {},
      refused: () => {},
      lost: () => {},
    },
  });
  onTestFinished(() => client.close());
  return client;
};

test('SIGTERM in the middle of green ends in red, through amber', async () => {
  const home = temporaryFolder();
  const socket = join(home, 's');
  const args = [quickDistrictFile(home), 'crossing', '--socket', socket, '--json'];
  const { child, lines, shows, exit, complaints } = start(args);
  askForGreen(socket);
  await shows('green');
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
  expect(complaints()).toBe('');
  const seen = lines();
  // A slow host may have let it flash before the node was there.
  expect(seen.map(northOf).slice(-4)).toEqual(['red', 'green', 'amber', 'red']);
  expect(seen[0]).toEqual({
    t: expect.any(Number),
    nowMs: expect.any(Number),
    node: 'n1',
    kind: 'lamps',
    intersection: 'crossing',
    lamps: { north: 'red', south: 'red', left: 'red', east: 'red' },
  });
  const judge = createJudge([quickCrossing()]);
  for (const line of seen) judge.see(line);
  expect(judge.verdict().unsafe).toEqual([]);
  expect(existsSync(socket)).toBe(false);
});

test('a second signal ends it at once', async () => {
  const home = temporaryFolder();
  const socket = join(home, 's');
  const { child, lines, shows, exit } = start([
    ...[quickDistrictFile(home), 'crossing', '--socket', socket, '--json'],
  ]);
  askForGreen(socket);
  await shows('green');
  child.kill('SIGTERM');
  await shows('amber');
  child.kill('SIGINT');
  expect(await exit).toBe(1);
  expect(northOf(lines().at(-1))).toBe('amber');
});

test('a reader that goes away does not end the lamps', async () => {
  const home = temporaryFolder();
  const socket = join(home, 's');
  const { child, shows, exit } = start([
    ...[quickDistrictFile(home), 'crossing', '--socket', socket, '--json'],
  ]);
  await shows('red');
  child.stdout?.destroy();
  const client = askForGreen(socket);
  await vi.waitFor(() => expect(client.synced()).toBeDefined(), 4_000);
  await new Promise((resolve) => setTimeout(resolve, 2 * START_UP_MS));
  expect(child.exitCode).toBeNull();
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});

test('without nodes it ends by itself after it has lingered, at its default sockets', async () => {
  const home = temporaryFolder();
  const args = [quickDistrictFile(home), '--linger', '0.3', '--json'];
  const { lines, exit } = start(args, { TMPDIR: home });
  expect(await exit).toBe(0);
  expect(new Set(lines().map(({ node, intersection }) => `${node} ${intersection}`))).toEqual(
    new Set(['n1 crossing', 'second second']),
  );
  expect(northOf(lines().at(-1))).toBe('flashingRed');
});

test('a second driver of an intersection says so and ends', async () => {
  const home = temporaryFolder();
  const args = [quickDistrictFile(home), 'crossing', '--json'];
  const first = start(args, { TMPDIR: home });
  await first.shows('flashingAmber');
  const second = start(args, { TMPDIR: home });
  expect(await second.exit).toBe(2);
  expect(second.complaints()).toContain('another lamp driver serves crossing');
  first.child.kill('SIGKILL');
  await first.exit;
  const third = start(args, { TMPDIR: home });
  await third.shows('flashingAmber');
});

test('a latch that was kept is still a latch', async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, 'latches'));
  writeFileSync(join(home, 'latches', 'crossing.latch'), 'north with east\n');
  const { lines, shows } = start([
    ...[quickDistrictFile(home), 'crossing', '--socket', join(home, 's'), '--json'],
    ...['--latch', join(home, 'latches')],
  ]);
  await shows('flashingRed');
  expect(lines()[0]).toMatchObject({
    kind: 'error',
    message: expect.stringContaining('still latched to flashing: north with east'),
  });
});

test.each([
  ['an intersection that is not there', ['nowhere'], 'has no intersection nowhere'],
  ['one socket for two intersections', ['--socket', '/tmp/x'], '--socket is for one intersection'],
])('%s is the operator’s mistake', async (_, args, message) => {
  const { exit, complaints } = start([quickDistrictFile(temporaryFolder()), ...args]);
  expect(await exit).toBe(2);
  expect(complaints()).toContain(message);
});
