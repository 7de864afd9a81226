/**
 * The stage controller under a plan: it comes into step with the group's time, within the bounds of
 * its greens, and stays there. (Force-offs and offsets as in NTCIP 1202.)
 */
import { describe, expect, test } from 'vitest';
import { greenWave } from '../../machines/green-wave.ts';
import { changeMs, minGreenMs } from '../../machines/sequence.ts';
import type { Intersection } from '../../protocol/district.ts';
import type { Plan } from '../../protocol/plan.ts';
import { seeded } from '../transport/seeded.ts';
import { anyIntersection } from './any-intersection.ts';
import { adopt, greensOf, LATE_MS, type Playing, plan, ready, time } from './phases-words.ts';

/** By how much the splits of a plan fall short of least greens, and how much they have to spare. */
const roomOf = (intersection: Intersection, { splits }: Plan['intersections'][number]) => {
  const stages = splits.flatMap(
    ({ stage }) => intersection.stages.find(({ id }) => id === stage) ?? [],
  );
  const rooms = stages.map((stage, k) => {
    const after = stages[(k + 1) % stages.length] ?? stage;
    const greenMs = (splits[k]?.splitS ?? 0) * 1000 - changeMs(intersection, stage, after);
    return greenMs - minGreenMs(intersection, stage) - LATE_MS;
  });
  const sum = (of: (ms: number) => number) => rooms.reduce((total, ms) => total + of(ms), 0);
  return { lackMs: sum((ms) => Math.max(0, -ms)), roomMs: sum((ms) => Math.max(0, ms)) };
};

describe('with a plan and the group’s time', () => {
  /** Where in the cycle the green of A begins, once things have settled. */
  const phaseOf = (play: Playing, { cycleS }: Plan, offsetMs: number) => {
    play.pass(15 * 60_000);
    const last = greensOf(play).findLast(({ stage }) => stage === 'A');
    return ((last?.fromMs ?? 0) + offsetMs) % (cycleS * 1000);
  };

  test.each([
    [0, 0],
    [17, 0],
    [17, 1234],
    [54, 987_654],
    [30, -55_000],
  ])('it comes into step: offset %d s, group time ours + %d ms', (offsetS, offsetMs) => {
    const play = ready();
    play.hear(adopt(plan(25, 30, offsetS)));
    play.hear(time(offsetMs));
    expect(phaseOf(play, plan(25, 30), offsetMs)).toBeCloseTo(offsetS * 1000, 3);
    expect(greensOf(play, play.nowMs - 60_000)).toMatchObject([{ mode: 'coordinated' }, {}]);
  });

  test('and lengthens and shortens greens only within bounds while it does', () => {
    for (let offsetS = 0; offsetS < 55; offsetS += 3) {
      const play = ready();
      play.hear(adopt(plan(25, 30, offsetS)));
      play.hear(time(0));
      play.pass(5 * 60_000);
      for (const { stage, greenMs } of greensOf(play)) {
        expect(greenMs).toBeGreaterThanOrEqual(stage === 'A' ? 5200 : 8200);
        // A is planned beyond its maximum; B is stretched, but not beyond its own.
        expect(greenMs).toBeLessThanOrEqual(stage === 'A' ? 20_000 + LATE_MS : 30_000);
      }
    }
  });

  test('it stays in step when the group’s time moves a little', () => {
    const play = ready();
    play.hear(adopt(plan(25, 30)));
    for (let k = 0; k < 400; k += 1) {
      play.hear(time(k % 7));
      play.pass(2000);
      if (k < 200) continue;
      const { greenMs = 0, stage } = greensOf(play).at(-1) ?? {};
      expect(Math.abs(greenMs - (stage === 'A' ? 20_000 : 25_000))).toBeLessThan(20);
    }
  });

  test('a stage whose split is all minimum is not stretched: the next one makes up for it', () => {
    const play = ready();
    const tight = plan(10, 30);
    play.hear(adopt(tight));
    for (let k = 0; k < 400; k += 1) {
      play.hear(time(k % 3));
      play.pass(2000);
    }
    const settled = greensOf(play, play.nowMs - 300_000);
    expect(settled.length).toBeGreaterThan(10);
    for (const { stage, greenMs, fromMs } of settled) {
      if (stage === 'A') expect(greenMs).toBe(5200);
      if (stage === 'A') expect((fromMs + 10) % 40_000).toBeLessThan(20);
    }
  });

  test('any intersection comes into step with any plan that leaves it room', () => {
    let tried = 0;
    for (let seed = 0; seed < 90; seed += 1) {
      const random = seeded(seed);
      const intersection = anyIntersection(random, 'x0');
      const member = { node: 'n1', store: 's1', intersection, links: [] };
      const computed = greenWave({ voters: [], members: [member] }, 'p');
      const offsetS = Math.floor(random() * computed.cycleS);
      const [planned] = computed.intersections;
      if (!planned) continue;
      const { lackMs, roomMs } = roomOf(intersection, planned);
      if (roomMs <= lackMs * 3 + 1000) continue;
      const play = ready(intersection);
      play.hear(adopt({ ...computed, intersections: [{ ...planned, offsetS }] }));
      play.hear(time(random() * 1e6));
      play.pass(computed.cycleS * 1000 * 25);
      const first = greensOf(play).findLast(({ stage }) => stage === planned.splits[0]?.stage);
      const offsetMs = play.snapshot.context.offsetMs ?? 0;
      const cycleMs = computed.cycleS * 1000;
      const phaseMs = ((first?.fromMs ?? 0) + offsetMs - offsetS * 1000 + cycleMs / 2) % cycleMs;
      const astrayMs = Math.abs(phaseMs - cycleMs / 2);
      expect({ seed, isInStep: astrayMs <= lackMs + 1 }).toEqual({ seed, isInStep: true });
      tried += 1;
    }
    expect(tried).toBeGreaterThan(30);
  });

  test('it follows the next plan from the next decision on', () => {
    const play = ready();
    play.hear(adopt(plan(25, 30)));
    play.hear(time(0));
    play.pass(300_000);
    play.hear(adopt(plan(15, 45, 7)));
    expect(phaseOf(play, plan(15, 45), 0)).toBeCloseTo(7000, 3);
  });

  test('it takes the plan from a snapshot too', () => {
    const play = ready();
    const state = { voters: [], members: [], plan: plan(25, 30) };
    play.hear({ type: 'replica.restored', index: 9, term: 1, state });
    play.pass(20_000);
    expect(greensOf(play)).toMatchObject([{ mode: 'fixed', greenMs: 20_000 }]);
  });
});
