/**
 * A supervisor that starts a second copy of a node beside a stopped one. The stopped process holds a
 * sequence that it has yet to say, and believes all it knew; nothing of it may light a lamp.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { connectLamps } from '../../cabinet/client.ts';
import { hostClock, hostStamp } from '../../cabinet/host-clock.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { openCabinet } from '../../cabinet/server.ts';
import { createJudge } from '../../protocol/judge.ts';
import type { Lamp } from '../../protocol/lamp.ts';
import { quickCrossing, temporaryFolder } from './quick-district.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = here(`../../node_modules/.cache/greenwave-node-${process.pid}`);

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: here('run-node.ts'), outDir: folder, emptyOutDir: true, minify: false },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const openAt = async (path: string) => {
  const judge = createJudge([quickCrossing()]);
  const north: (Lamp | undefined)[] = [];
  const cabinet = await openCabinet(
    { path },
    {
      intersections: [quickCrossing()],
      clock: hostClock,
      stamp: hostStamp,
      latchOf: () => memoryLatch(),
      show: (intersection, lamps, t) => {
        judge.see({ intersection, lamps, t });
        north.push(lamps['north']);
      },
      report: () => {},
    },
  );
  onTestFinished(async () => {
    for (const driver of cabinet.drivers.values()) driver.end(() => {});
    await cabinet.close();
  });
  return { judge, north };
};

const startNode = (path: string, incarnation: number) => {
  const child = spawn(process.execPath, [join(folder, 'run-node.js'), path, `${incarnation}`]);
  let out = '';
  child.stdout.on('data', (bytes) => {
    out += bytes;
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const says = (what: RegExp) => vi.waitFor(() => expect(out).toMatch(what), 10_000);
  return { child, says, said: () => out };
};

/** The later life: it wants north to be red, at once when its minimum is over. */
const endNorth = (path: string) => {
  const answers: string[] = [];
  const now = () => performance.now();
  const client = connectLamps({
    door: { path },
    node: 'n1',
    intersection: 'crossing',
    incarnation: 2,
    now,
    heard: {
      compared: () => {},
      entered: () => {
        const rest = [{ lamp: 'red' as const, untilMs: now() + 40_000 }];
        const north = [
          { lamp: 'green' as const, untilMs: now() + 700 },
          { lamp: 'amber' as const, untilMs: now() + 1_100 },
          ...rest,
        ];
        const timelines = { north, south: rest, left: rest, east: rest };
        client.send({ counter: 1, notAfterMs: now() + 1_000, timelines });
      },
      answer: ({ refused = 'accepted' }) => answers.push(refused),
      showing: () => {},
      refused: () => {},
      input: () => {},
      lost: () => {},
    },
  });
  onTestFinished(() => client.close());
  return answers;
};

test('what a stopped process says when it goes on lights nothing, once its successor has spoken', async () => {
  const path = join(temporaryFolder(), 's');
  const { judge, north } = await openAt(path);
  const former = startNode(path, 1);
  await former.says(/north green/);
  former.child.kill('SIGSTOP');
  const answers = endNorth(path);
  await vi.waitFor(() => expect(answers).toEqual(['accepted']), 4_000);
  await vi.waitFor(() => expect(north.at(-1)).toBe('red'), 10_000);
  const changes = north.length;
  former.child.kill('SIGCONT');
  await former.says(/\n\d+ n1 said 1\.\d+, not later than 2\.1\n(.*\n)*\d+ n1 said 1\.\d+/);
  expect(north).toHaveLength(changes);
  expect(north.slice(-3)).toEqual(['green', 'amber', 'red']);
  expect(judge.verdict().unsafe).toEqual([]);
});
