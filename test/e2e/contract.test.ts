/**
 * The contract of a running district of real processes is changed by an operator: nobody is lost
 * on the way, and who comes later by an old file learns what is in force.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJudge } from '../../protocol/judge.ts';
import { lan } from '../../protocol/timing.ts';
import { crossroads } from './crossroads.ts';
import { inView, type Running, startDistrict } from './district.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

const { beatMs, retryMs } = lan();
const bench = new Bench();
let run: Running;
beforeAll(async () => {
  run = await startDistrict(bench, crossroads(3, discoveryPort(13), 'contracted'));
}, 60_000);
afterAll(() => bench.clear());

const greenwave = async (...args: readonly string[]) => {
  const process = bench.start('contract', ...args);
  const code = await process.ended(80_000);
  const { stderr, stdout } = process;
  return { code, stderr, stdout, said: () => JSON.parse(stdout) };
};

const statusOf = async () => {
  const process = bench.start('status', run.file, '--for', '2', '--json');
  await process.ended();
  const { groups } = JSON.parse(process.stdout);
  return groups[0] as { contract: Record<string, string[]>; nextContract: object };
};

const file = (timing: object, name = 'timing.json') => bench.file(name, { timing });
const refusalsOf = ({ lines }: Process) => lines.filter(({ kind }) => kind === 'refused');

describe('greenwave contract', () => {
  test('refuses what cannot be changed, with every mistake, and proposes nothing', async () => {
    const raised = file({ rightHorizonMs: 60_000, leaseMs: 9_000, retryMs: 9_000 });
    const sound = await greenwave(raised, run.file);
    expect(sound.code).toBe(2);
    expect(sound.stderr).toContain('nothing was proposed');
    expect(sound.stderr).toMatch(/timing\.json:1:\d+ timing\.rightHorizonMs: cannot be raised/);
    expect(sound.stderr).toMatch(/timing\.leaseMs: must not exceed leaderSilenceMs/);
    const moved = { ...run.district, discovery: { port: discoveryPort(12) } };
    const other = await greenwave(bench.file('moved.json', moved), run.file);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('discovery cannot be changed while a district runs');
    const shape = await greenwave(file({ beatMs: 'fast', beat: 3 }, 'shape.json'), run.file);
    expect(shape.code).toBe(2);
    expect(shape.stderr).toContain('2 problems; nothing was proposed');
    const taken = await greenwave(run.file, '--withdraw');
    expect(taken).toMatchObject({ code: 2 });
    expect(taken.stderr).toContain('no change of the contract is half-way');
  }, 90_000);

  test('changes all nodes, and tells when each was ready and when it followed', async () => {
    const before = await statusOf();
    expect(Object.values(before.contract)).toEqual([['n1', 'n2', 'n3']]);
    const { code, said, stderr } = await greenwave(
      file({ beatMs: beatMs - 40 }),
      run.file,
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(said()).toMatchObject({ outcome: 'changed', absent: [] });
    expect(said().changes).toMatchObject([{ text: `beatMs ${beatMs} → ${beatMs - 40}` }]);
    expect(said().nodes).toHaveLength(3);
    for (const { readyMs, inEffectMs } of said().nodes) {
      expect(readyMs).toBeGreaterThan(0);
      expect(inEffectMs).toBeGreaterThan(readyMs);
      expect(inEffectMs).toBeLessThan(20_000);
    }
    const after = await statusOf();
    expect(Object.values(after.contract)).toEqual([['n1', 'n2', 'n3']]);
    expect(Object.keys(after.contract)).not.toEqual(Object.keys(before.contract));
    expect(after.nextContract).toEqual({});
    for (const node of run.nodes.values()) {
      expect(refusalsOf(node)).toEqual([]);
      expect(node.findFact('membership.left')).toBeUndefined();
    }
    const again = await greenwave(file({ beatMs: beatMs - 40 }), run.file);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('runs by this contract already');
  }, 90_000);

  test('names who is away; with its store or with the old file alone it learns what is in force', async () => {
    const { leader = '' } = (await run.nodes.get('n1')?.fact('election.elected')) ?? {};
    const away = leader === 'n3' ? 'n2' : 'n3';
    run.nodes.get(away)?.signal('SIGKILL');
    await run.nodes.get(away)?.ended();
    await inView(run.nodes.get('n1') as Process, 1);
    // Who changes it need not know what is in force: the whole file is compared with that.
    const whole = bench.file('new.json', { ...run.district, timing: { retryMs: retryMs - 50 } });
    const { code, said } = await greenwave(whole, '--json');
    expect(said()).toMatchObject({ outcome: 'changed', absent: [away] });
    expect(code).toBe(0);
    const withStore = () => run.start(away);
    const withFileAlone = () => bench.start('node', run.file, away, '--json');
    for (const begin of [withStore, withFileAlone]) {
      const node = begin();
      const change = `retryMs ${retryMs} → ${retryMs - 50}`;
      await node.fact('contract.changed', ({ changes }) => changes.includes(change));
      await inView(node, 2);
      expect(refusalsOf(node)).toEqual([]);
      node.signal('SIGKILL');
      await node.ended();
    }
    const judge = createJudge(run.district.intersections);
    for (const line of run.lamps.lines) if (line.kind === 'lamps') judge.see(line);
    expect(judge.verdict().unsafe).toEqual([]);
  }, 120_000);
});
