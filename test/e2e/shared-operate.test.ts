/**
 * An operator's commands at an intersection that three nodes share, as real processes: what they
 * print is what the lamps show, and a holder that cannot be reached is told apart.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lampDistrict } from '../../bench/lamp-district.ts';
import { observing } from '../../bin/observer.ts';
import { callText, followCalls } from '../../bin/preempt-follow.ts';
import { readDistrict } from '../../bin/read-district.ts';
import { legsOf } from '../../bin/route.ts';
import { createJudge } from '../../protocol/judge.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

const bench = new Bench();
const described = lampDistrict({ name: 'shared', port: discoveryPort(16), shared: 1, whole: 0 });
/** The road that goes with `a` waits for a call. */
const district = {
  ...described,
  intersections: described.intersections.map((intersection) => ({
    ...intersection,
    groups: intersection.groups.map((group) =>
      group.id === 'c' ? { ...group, onCall: true } : group,
    ),
  })),
};
const nodes = new Map<string, Process>();
let file = '';
let lamps: Process;

const greensOf = (group: string, sinceT = 0) =>
  lamps.lines.filter(
    (line) => line.kind === 'lamps' && line.t >= sinceT && line.lamps[group] === 'green',
  ).length;
/** What `greenwave plan` says of a node. */
interface Followed {
  readonly takenMs: number;
  readonly litMs: number;
  readonly onCall: boolean;
}
const greenwave = async (...args: readonly string[]) => {
  const process = bench.start(...args, '--json');
  const code = await process.ended(100_000);
  const { stderr } = process;
  return { code, stderr, said: () => JSON.parse(process.stdout) };
};

beforeAll(async () => {
  file = bench.file('shared.json', district);
  lamps = bench.start('lamps', file, '--json');
  await lamps.until('lamps', () => lamps.lines.length > 0);
  for (const id of ['s1a', 's1b', 's1c']) {
    nodes.set(id, bench.start('node', file, id, '--json', '--data', bench.path(id)));
  }
  await lamps.until('greens', () => greensOf('a') > 0 && greensOf('b') > 0, 80_000);
}, 90_000);
afterAll(() => bench.clear());

test('greenwave preempt tells when each node knew, gave way and was green', async () => {
  for (const group of ['b', 'a']) {
    const { code, said, stderr } = await greenwave('preempt', 's1', group, file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [call] = said().calls;
    expect(call).toMatchObject({ waitedFor: [], isCleared: false });
    const followed = call.nodes.find(({ node }: { node: string }) => node === `s1${group}`);
    expect(followed.litMs).toBeGreaterThan(followed.takenMs);
    for (const { takenMs } of call.nodes) expect(takenMs).toBeLessThan(5_000);
    await greenwave('preempt', 's1', group, file, '--clear');
  }
}, 120_000);

test('greenwave plan waits for the lamps of all who share an intersection', async () => {
  const splits = [
    { stage: 'across', splitS: 6 },
    { stage: 'along', splitS: 5 },
  ];
  const plan = { id: 'rush', cycleS: 11, intersections: [{ id: 's1', offsetS: 0, splits }] };
  const { code, said, stderr } = await greenwave('plan', bench.file('rush.json', plan), file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  // The road on call may have no lamps to follow with while nobody calls for it, and is not waited for.
  const followed: Followed[] = said().nodes;
  expect(followed).toMatchObject([
    { node: 's1a', onCall: false },
    { node: 's1b', onCall: false },
    { node: 's1c', onCall: true },
  ]);
  for (const { takenMs } of followed) expect(takenMs).toBeLessThan(5_000);
  for (const { onCall, takenMs, litMs } of followed) {
    if (!onCall) expect(litMs).toBeGreaterThan(takenMs);
  }
}, 120_000);

test('a road on call is red until somebody presses, and green once for it', async () => {
  const t = Date.now();
  await lamps.until('two more greens of the others', () => greensOf('a', t) > 1, 60_000);
  expect(greensOf('c', t)).toBe(0);
  const { code, said } = await greenwave('call', 's1', 'c', file);
  expect(code).toBe(0);
  expect(said().walkMs).toBeGreaterThan(0);
}, 120_000);

test('greenwave priority tells when the vehicle has its green', async () => {
  const { code, said } = await greenwave('priority', 's1', 'b', file);
  expect(code).toBe(0);
  expect(said().greenMs).toBeLessThan(45_000);
}, 60_000);

test('the input of a cabinet has green through the log, and gives it back', async () => {
  const { code, said } = await greenwave('preempt', 's1', 'b', file, '--local');
  expect(code).toBe(0);
  expect(said()).toMatchObject({ local: true, calls: [{ intersection: 's1', group: 'b' }] });
  const node = nodes.get('s1b') as Process;
  const isOurs = ({ command }: { command: { kind: string; id?: string } }) =>
    command.id === 'local:s1/b';
  await node.fact('replica.committed', isOurs);
  const mark = node.lines.length;
  await greenwave('preempt', 's1', 'b', file, '--local', '--clear');
  await node.fact('replica.committed', isOurs, mark);
  const t = Date.now();
  await lamps.until('green for the others', () => greensOf('a', t) > 0, 60_000);
}, 120_000);

test('a holder that cannot be reached is waited for, and the command says so', async () => {
  const held = await observing(readDistrict(file), { interface: '127.0.0.1' }, async (observer) => {
    const [green, called] = observer.leader() === 's1a' ? ['b', 'a'] : ['a', 'b'];
    const mark = Date.now();
    await lamps.until('a green that begins', () => greensOf(green, mark) > 0);
    nodes.get(`s1${green}`)?.signal('SIGSTOP');
    const legs = legsOf(observer.state(), [{ intersection: 's1', group: called }], 60);
    const [call] = await followCalls(observer, legs, () => {});
    nodes.get(`s1${green}`)?.signal('SIGCONT');
    expect(call).toMatchObject({ waitedFor: [`s1${green}`], isCleared: false });
    expect(call?.greenMs).toBeGreaterThan(2_000);
    return call;
  });
  expect(held && callText(held)).toContain('did not answer');
  const judge = createJudge(district.intersections);
  for (const line of lamps.lines) if (line.kind === 'lamps') judge.see(line);
  expect(judge.verdict().unsafe).toEqual([]);
}, 120_000);
