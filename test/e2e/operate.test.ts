/**
 * An operator's commands on a running district of real processes: what they print is what the lamps
 * show, and whatever cannot be done is refused with what there is.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJudge } from '../../protocol/judge.ts';
import { crossroads } from './crossroads.ts';
import { type Running, startDistrict } from './district.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

const bench = new Bench();
let run: Running;
beforeAll(async () => {
  run = await startDistrict(bench, crossroads(3, discoveryPort(14), 'operated'));
}, 60_000);
afterAll(() => bench.clear());

const greenwave = async (...args: readonly string[]) => {
  const process = bench.start(...args);
  const code = await process.ended(80_000);
  const { stderr } = process;
  return { code, stderr, said: () => JSON.parse(process.stdout) };
};

/** Whether the lamp was green at an instant of the host's clock, by the driver's own journal. */
const lampAt = (intersection: string, group: string, t: number) => {
  const seen = run.lamps.lines.flatMap((line) =>
    line.kind === 'lamps' && line.intersection === intersection && line.t <= t ? [line] : [],
  );
  return seen.at(-1)?.lamps[group];
};

const leaderOf = ({ lines }: Process): string =>
  lines.reduce(
    (leader, line) =>
      line.kind === 'fact' && line.event.type === 'election.elected' ? line.event.leader : leader,
    '',
  );

const safe = () => {
  const judge = createJudge(run.district.intersections);
  for (const line of run.lamps.lines) if (line.kind === 'lamps') judge.see(line);
  expect(judge.verdict().unsafe).toEqual([]);
};

describe('greenwave preempt', () => {
  test('has green agreed on, ends when the lamps have followed, and the green stands until cleared', async () => {
    for (const group of ['NS', 'EW']) {
      const { code, said, stderr } = await greenwave('preempt', 'x2', group, run.file, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const [call] = said().calls;
      expect(call).toMatchObject({ intersection: 'x2', group, afterS: 0, forS: 60 });
      // Two greens of two seconds and two changes of one and a half.
      expect(call.greenMs).toBeLessThan(9_000);
      const t = Date.now();
      await run.lamps.until('five seconds more', () => Date.now() > t + 5_000);
      for (let k = 0; k < 5_000; k += 250) expect(lampAt('x2', group, t + k)).toBe('green');
      const cleared = await greenwave('preempt', 'x2', group, run.file, '--clear', '--json');
      expect(cleared.code).toBe(0);
      expect(cleared.said()).toMatchObject({ cleared: true, calls: [{ id: `x2/${group}` }] });
    }
    safe();
  }, 120_000);

  test('along a route begins at each stop as much before the arrival as its change may take', async () => {
    const stops = 'x1:EW,x2:EW,x3:NS';
    const { code, said } = await greenwave('preempt', '--route', stops, run.file, '--json');
    expect(code).toBe(0);
    const { calls } = said();
    // 300 m at 14 m/s, less twice a minimum green, amber and red clearance.
    expect(calls.map((call: { arrivalS: number }) => Math.round(call.arrivalS))).toEqual([
      0, 21, 43,
    ]);
    expect(calls.map((call: { afterS: number }) => call.afterS)).toEqual([0, 14.4, 35.9]);
    for (const { greenMs, afterS, arrivalS } of calls) {
      expect(greenMs).toBeGreaterThan(afterS * 1000);
      expect(greenMs).toBeLessThan(Math.max(7_500, arrivalS * 1000));
    }
    await greenwave('preempt', '--route', stops, run.file, '--clear');
    safe();
  }, 120_000);

  test('through the input of the cabinet needs no agreement and goes before one', async () => {
    await greenwave('preempt', 'x3', 'EW', run.file, '--for', '600');
    const local = await greenwave('preempt', 'x3', 'NS', run.file, '--local', '--json');
    expect(local.code).toBe(0);
    expect(local.said()).toMatchObject({ local: true, calls: [{ intersection: 'x3' }] });
    expect(local.said().calls[0].greenMs).toBeLessThan(9_000);
    expect(lampAt('x3', 'NS', Date.now())).toBe('green');
    await greenwave('preempt', 'x3', 'NS', run.file, '--local', '--clear');
    await run.lamps.until(
      'green for the other again',
      () => lampAt('x3', 'EW', Date.now()) === 'green',
    );
    expect((await greenwave('preempt', 'x3', 'EW', run.file, '--clear')).code).toBe(0);
    safe();
  }, 120_000);

  test('and the others refuse what cannot be done, and say what there is', async () => {
    const cases = [
      ['preempt x1 up FILE', 'no group up at x1; it has NS, EW'],
      ['preempt x9 NS FILE', 'no intersection x9; the district has x1, x2, x3'],
      ['preempt x1 EW FILE --clear', 'no preemption x1/EW stands'],
      ['preempt x1', 'name an intersection and a group'],
      ['preempt x1 up FILE --local', 'no group up at x1; it has NS, EW'],
      ['preempt --route x1 FILE', 'x1 is no INTERSECTION:GROUP'],
      ['priority x1 up FILE', 'no group up at x1; it has NS, EW'],
      ['call x1 up FILE', 'no group up at x1; it has NS, EW'],
    ] as const;
    const refusals = await Promise.all(
      cases.map(async ([line, reason]) => {
        const { code, stderr } = await greenwave(...line.replace('FILE', run.file).split(' '));
        return { line, code, isSaid: stderr.includes(reason) };
      }),
    );
    expect(refusals).toEqual(cases.map(([line]) => ({ line, code: 2, isSaid: true })));
  }, 60_000);
});

test('greenwave priority tells when the vehicle has its green', async () => {
  const { code, said } = await greenwave('priority', 'x1', 'EW', run.file, '--json');
  expect(code).toBe(0);
  expect(said()).toMatchObject({ intersection: 'x1', group: 'EW' });
  expect(said().greenMs).toBeLessThan(15_000);
  safe();
}, 60_000);

describe('greenwave plan', () => {
  const plan = (id: string, splitS: number) => ({
    id,
    cycleS: 12,
    intersections: ['x1', 'x2', 'x3'].map((x, k) => ({
      id: x,
      offsetS: k * 2,
      splits: [
        { stage: 'ns', splitS },
        { stage: 'ew', splitS: 12 - splitS },
      ],
    })),
  });

  test('tells when every node knew of it and when its lamps followed', async () => {
    const file = bench.file('rush.json', plan('rush', 7));
    const { code, said, stderr } = await greenwave('plan', file, run.file, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(said()).toMatchObject({ plan: 'rush' });
    expect(said().nodes).toHaveLength(3);
    for (const { takenMs, litMs } of said().nodes) {
      expect(takenMs).toBeLessThan(2_000);
      expect(litMs).toBeGreaterThanOrEqual(takenMs);
      expect(litMs).toBeLessThan(24_000);
    }
    const again = await greenwave('plan', file, run.file);
    expect(again.stderr).toContain('id: rush is in force already');
    expect(again.code).toBe(2);
  }, 90_000);

  test('is refused with all its problems, and nothing is proposed', async () => {
    const bad = plan('bad', 2);
    const file = bench.file('bad.json', {
      ...bad,
      intersections: [...bad.intersections, { ...bad.intersections[0], id: 'x9' }],
    });
    const { code, stderr } = await greenwave('plan', file, run.file);
    expect(code).toBe(2);
    expect(stderr).toContain('4 problems; nothing was proposed');
    expect(stderr).toMatch(/bad\.json:1:\d+ intersections\[3\]\.id: no intersection x9/);
    expect(stderr).toContain('2 s is less than minimum green');
  }, 30_000);

  test('that has no shape of a plan is refused with all that is wrong with it', async () => {
    const file = bench.file('shape.json', { id: '', cycleS: 3, more: 1, intersections: [] });
    const { code, stderr } = await greenwave('plan', file, run.file);
    expect(code).toBe(2);
    expect(stderr).toContain('3 problems; nothing was proposed');
  }, 30_000);

  test('of an operator outlives the leader under whom it was adopted', async () => {
    const next = bench.file('night.json', plan('night', 6));
    expect((await greenwave('plan', next, run.file)).code).toBe(0);
    // On a busy machine another may lead by now than at the start.
    const leader = leaderOf(run.nodes.get('n1') as Process);
    const others = [...run.nodes].filter(([id]) => id !== leader);
    const marks = new Map(others.map(([id, node]) => [id, node.lines.length]));
    run.nodes.get(leader)?.signal('SIGKILL');
    const [[first, node] = []] = others;
    if (!first || !node) throw new Error('there are others');
    const elected = await node.fact(
      'election.elected',
      (event) => event.leader !== leader,
      marks.get(first),
    );
    const after = node.lines.length;
    const is = ({ command }: { command: { kind: string } }) => command.kind === 'term.open';
    await node.fact('replica.committed', is, marks.get(first));
    expect(elected.term).toBeGreaterThan(1);
    const told = await greenwave('plan', next, run.file);
    expect(told.stderr).toContain('night is in force already');
    expect(
      node.findFact('replica.committed', ({ command }) => command.kind === 'plan.adopt', after),
    ).toBeUndefined();
    safe();
  }, 90_000);
});

test('a district that is not there is looked for in vain, and the command says so', async () => {
  const file = bench.file('nobody.json', crossroads(2, discoveryPort(15), 'nobody'));
  const { code, stderr } = await greenwave('preempt', 'x1', 'NS', file);
  expect(stderr).toContain('no district nobody with a leader was found here');
  expect(code).toBe(2);
}, 40_000);
