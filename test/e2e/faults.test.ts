/**
 * Kills, stops and restarts the processes of a running district.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createJudge } from '../../protocol/judge.ts';
import { crossroads } from './crossroads.ts';
import { inView, isPlan, type Running, startDistrict } from './district.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

const greens = ({ lines }: Process, intersection: string, sinceT: number) =>
  lines.filter(
    (line) =>
      line.kind === 'lamps' &&
      line.intersection === intersection &&
      line.t > sinceT &&
      Object.values(line.lamps).includes('green'),
  ).length;

const verdictOf = ({ district, lamps }: Running) => {
  const judge = createJudge(district.intersections);
  for (const line of lamps.lines) if (line.kind === 'lamps') judge.see(line);
  return judge.verdict().unsafe;
};

test('when the leader is killed another leads and plans, and no other lamp stops', async () => {
  const run = await startDistrict(bench, crossroads(5, discoveryPort(1)));
  const { nodes, lamps, leader } = run;
  const killed = nodes.get(leader) as Process;
  const others = [...nodes].filter(([id]) => id !== leader);
  const marks = new Map(others.map(([id, node]) => [id, node.lines.length]));
  const t = Date.now();
  killed.signal('SIGKILL');
  for (const [id, node] of others) {
    const mark = marks.get(id) ?? 0;
    const elected = await node.fact('election.elected', (event) => event.leader !== leader, mark);
    expect(elected.term).toBeGreaterThan(1);
    await node.fact('replica.committed', isPlan, mark);
    await inView(node, 3);
  }
  const intersection = `x${leader.slice(1)}`;
  await lamps.until('flashing where the node died', () =>
    lamps.lines.some(
      (line) =>
        line.kind === 'lamps' &&
        line.intersection === intersection &&
        line.t > t &&
        Object.values(line.lamps).every((lamp) => lamp === 'flashingRed'),
    ),
  );
  for (const [id] of others) {
    const other = `x${id.slice(1)}`;
    await lamps.until(`greens at ${other} after the death`, () => greens(lamps, other, t) >= 2);
  }
  expect(verdictOf(run)).toEqual([]);
}, 90_000);

test('a minority of the voters killed at once costs no plan, and who comes back catches up', async () => {
  const run = await startDistrict(bench, crossroads(5, discoveryPort(2)));
  const { nodes, start, leader, lamps } = run;
  const victims = [leader, [...nodes.keys()].find((id) => id !== leader) ?? ''];
  const others = [...nodes].filter(([id]) => !victims.includes(id));
  const marks = new Map(others.map(([id, node]) => [id, node.lines.length]));
  for (const victim of victims) (nodes.get(victim) as Process).signal('SIGKILL');
  let commit = 0;
  for (const [id, node] of others) {
    const planned = await node.fact('replica.committed', isPlan, marks.get(id));
    commit = Math.max(commit, planned.index);
  }
  const t = Date.now();
  const returned = victims.map((victim) => ({ victim, again: start(victim) }));
  for (const { victim, again } of returned) {
    await inView(again, 4);
    await again.until(
      `commit ${commit}`,
      () =>
        again.findFact('replica.committed', ({ index }) => index >= commit) ??
        again.findFact('replica.restored', ({ index }) => index >= commit),
    );
    const other = `x${victim.slice(1)}`;
    await lamps.until(`greens at ${other}`, () => greens(lamps, other, t) >= 1);
  }
  for (const [, node] of others) await inView(node, 4);
  expect(verdictOf(run)).toEqual([]);
}, 90_000);

test('a node that is asked to stop says goodbye and is gone from every view at once', async () => {
  const run = await startDistrict(bench, crossroads(3, discoveryPort(3)));
  const { nodes, leader } = run;
  const stopped = [...nodes.keys()].find((id) => id !== leader) ?? '';
  const others = [...nodes].filter(([id]) => id !== stopped);
  const process = nodes.get(stopped) as Process;
  process.signal('SIGTERM');
  expect(await process.ended()).toBe(0);
  for (const [, node] of others) {
    const left = await node.fact('membership.left', ({ peer }) => peer === stopped);
    expect(left.how).toBe('goodbye');
    await node.fact(
      'replica.committed',
      ({ command }) => command.kind === 'district.dismiss' && command.node === stopped,
    );
  }
  expect(verdictOf(run)).toEqual([]);
}, 60_000);

test('a leader that is asked to stop hands its office over', async () => {
  const { nodes, leader } = await startDistrict(bench, crossroads(3, discoveryPort(4)));
  const process = nodes.get(leader) as Process;
  process.signal('SIGTERM');
  expect(await process.ended()).toBe(0);
  for (const [id, node] of nodes) {
    if (id === leader) continue;
    const elected = await node.fact('election.elected', (event) => event.leader !== leader);
    expect(elected.term).toBe(2);
    expect(node.findFact('detector.suspected')).toBeUndefined();
  }
}, 60_000);
