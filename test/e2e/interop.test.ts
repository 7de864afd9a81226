/**
 * A node in Python, which shares no code with ours, takes part in a district of ours.
 * `npm run test:interop` has it stay for a minute.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { discoveryDefault, lan } from '../../protocol/timing.ts';
import { crossroads } from './crossroads.ts';
import { inView, isPlan, startDistrict, viewOf } from './district.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

const python = fileURLToPath(new URL('../interop/node.py', import.meta.url));
const STAY_MS = Number(process.env['INTEROP_STAY_S'] ?? 8) * 1000;

interface Told {
  readonly what: string;
  readonly index?: number;
  readonly term?: number;
}

let bench: Bench;
let child: ChildProcess | undefined;
let told: Told[] = [];
beforeEach(() => {
  bench = new Bench();
  told = [];
});
afterEach(() => {
  child?.kill('SIGKILL');
  bench.clear();
});

test('a node in Python is seen, votes, acknowledges what is agreed on, and leaves', async () => {
  const plain = crossroads(2, discoveryPort(9), 'interop');
  const discovery = { ...discoveryDefault, ...plain.discovery };
  const { nodes, file, leader } = await startDistrict(bench, {
    ...plain,
    timing: lan(),
    discovery,
  });
  child = spawn('python3', [python, file, 'py'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child?.on('exit', resolve));
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) =>
    told.push(JSON.parse(line) as Told),
  );
  const says = (what: string) => told.filter((one) => one.what === what);
  for (const node of nodes.values()) await inView(node, 2);
  const killed = nodes.get(leader) as Process;
  const [other] = [...nodes.values()].filter((node) => node !== killed) as [Process];
  await other.fact('replica.configured', ({ voters }) => voters.some(({ node }) => node === 'py'));
  await other.until('three voters', () => says('acknowledges').length > 0);
  await new Promise((resolve) => setTimeout(resolve, STAY_MS));
  expect(viewOf(killed)).toContain('py');
  expect(viewOf(other)).toContain('py');
  expect(
    other.lines.filter((line) => line.kind === 'fact' && line.event.type === 'membership.left'),
  ).toEqual([]);

  // Of three voters one is killed: nothing is agreed on without the other two.
  const mark = other.lines.length;
  killed.signal('SIGKILL');
  const elected = await other.fact('election.elected', () => true, mark);
  await other.fact('replica.committed', isPlan, mark);
  expect(says('votes')).toContainEqual({
    what: 'votes',
    candidate: elected.leader,
    term: elected.term,
  });
  expect(Math.max(...says('acknowledges').map(({ index = 0 }) => index))).toBeGreaterThan(0);

  const before = other.lines.length;
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  const left = await other.fact('membership.left', ({ peer }) => peer === 'py', before);
  expect(left.how).toBe('goodbye');
  expect(told.at(-1)).toEqual({ what: 'left' });
});
