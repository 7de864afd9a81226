/**
 * The stage controller when sensors tell: greens end by what is expected and never before their
 * minimum, wait for who is inside, and go by plan or times as soon as nothing is known any more.
 */
import { describe, expect, test } from 'vitest';
import { seeded } from '../transport/seeded.ts';
import { Kerb, unsafeOf } from './kerb.ts';
import { adopt, greensOf, plan, time } from './phases-words.ts';
import { traffic } from './sensing-words.ts';

const queue = (count: number) => Array.from({ length: count }, () => 0);

describe('adaptive control', () => {
  test('holds a green for as long as somebody comes for it', () => {
    const kerb = new Kerb().drive(90, () => traffic([0, 0], []));
    expect(new Set(kerb.stages)).toEqual(new Set(['A']));
    expect(kerb.modes).toContain('adaptive');
  });

  test('gives green to who waits, as soon as the minimum of the other is over', () => {
    const kerb = new Kerb().drive(30, () => traffic([], [0, 0]));
    const [first, second] = greensOf(kerb.play);
    expect([first?.stage, second?.stage]).toEqual(['A', 'B']);
    const apartMs = (second?.fromMs ?? 0) - (first?.fromMs ?? 0);
    expect(apartMs).toBeGreaterThanOrEqual(8000);
    expect(apartMs).toBeLessThan(9500);
  });

  test('waits until nobody is inside, and no longer than a few seconds', () => {
    const changeMs = (inside: number) => {
      const kerb = new Kerb().drive(30, () => traffic([], [0], { inside }));
      const [first, second] = greensOf(kerb.play);
      return (second?.fromMs ?? 0) - (first?.fromMs ?? 0);
    };
    const waitedMs = changeMs(1) - changeMs(0);
    expect(waitedMs).toBeGreaterThan(4000);
    expect(waitedMs).toBeLessThan(7500);
  });

  test('rests in what is green while nobody is in sight, whatever plan there is', () => {
    const kerb = new Kerb();
    kerb.play.hear(adopt(plan(20, 20)));
    kerb.play.hear(time(0));
    kerb.drive(120, () => traffic([], []));
    expect(greensOf(kerb.play)).toHaveLength(1);
  });

  test('whatever is expected, lights nothing unsafe and keeps every minimum', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const draw = seeded(seed);
      const some = () => queue(Math.floor(draw() * 6)).map(() => Math.floor(draw() * 15));
      const kerb = new Kerb().drive(120, () =>
        draw() < 0.1 ? undefined : traffic(some(), some(), { inside: draw() < 0.3 ? 1 : 0 }),
      );
      expect({ seed, unsafe: unsafeOf(kerb) }).toEqual({ seed, unsafe: [] });
      expect(kerb.stages.length).toBeGreaterThan(4);
    }
  });
});

describe('when the sensors fall silent', () => {
  const lost = { type: 'arrivals.lost', reason: 'test' } as const;
  const comesTo = (kerb: Kerb, control: string) => {
    kerb.drive(20, () => traffic([], [0, 0])).play.hear(lost);
    kerb.drive(120, () => undefined);
    expect(kerb.modes.at(-1)).toBe(control);
    expect(new Set(kerb.stages.slice(-4))).toEqual(new Set(['A', 'B']));
    expect(unsafeOf(kerb)).toEqual([]);
  };

  test('the plan and the group’s time are followed, where they are known', () => {
    const kerb = new Kerb();
    kerb.play.hear(adopt(plan(20, 20)));
    kerb.play.hear(time(0));
    comesTo(kerb, 'coordinated');
  });

  test('the plan alone is followed while the group’s time is not known', () => {
    const kerb = new Kerb();
    kerb.play.hear(adopt(plan(20, 20)));
    comesTo(kerb, 'fixed');
  });

  test('the stages go on by themselves where there is no plan', () => comesTo(new Kerb(), 'free'));

  test('without a word that they did, the green ends all the same', () => {
    const kerb = new Kerb().drive(30, () => traffic([0, 0], []));
    kerb.drive(30, () => undefined);
    expect(kerb.stages).toContain('B');
  });
});

describe('what the district allows at most', () => {
  test('is fixed: sensors change nothing', () => {
    const kerb = new Kerb('fixed').drive(120, () => traffic([0, 0], []));
    expect(kerb.modes).not.toContain('adaptive');
    expect(kerb.stages).toContain('B');
  });

  test('is actuated: a green ends by the first gap, or at its maximum', () => {
    const kerb = new Kerb('actuated');
    kerb.drive(40, (k) => (k < 20 ? traffic([1], [0]) : traffic([9], [0])));
    expect(kerb.modes[0]).toBe('actuated');
    expect(kerb.stages.slice(0, 2)).toEqual(['A', 'B']);
    const [first, second] = greensOf(new Kerb('actuated').drive(90, () => traffic([1], [0])).play);
    expect(((second?.fromMs ?? 0) - (first?.fromMs ?? 0)) / 1000).toBeCloseTo(53, -1);
  });

  test('is coordinated: actuated control serves until there is a plan and a time', () => {
    const kerb = new Kerb('coordinated').drive(40, () => traffic([], [0]));
    expect(kerb.modes.at(-1)).toBe('actuated');
    kerb.play.hear(adopt(plan(20, 20)));
    kerb.play.hear(time(0));
    kerb.drive(90, () => traffic([], [0]));
    expect(kerb.modes.at(-1)).toBe('coordinated');
  });
});
