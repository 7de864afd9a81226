/**
 * The stage controller, sentence by sentence: what it sends to the lamps, when it sends it, and when
 * it sends nothing. (Force-offs and offsets as in NTCIP 1202.)
 */
import { describe, expect, test } from 'vitest';
import { greenWave } from '../../machines/green-wave.ts';
import { phasesMachine } from '../../machines/phases.ts';
import { changeMs, minGreenMs } from '../../machines/sequence.ts';
import type { Group, Intersection } from '../../protocol/district.ts';
import type { Emitted } from '../../protocol/event.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import type { Plan } from '../../protocol/plan.ts';
import { lan } from '../../protocol/timing.ts';
import { seeded } from '../transport/seeded.ts';
import { anyIntersection } from './any-intersection.ts';
import { only, Play, typesOf } from './play.ts';

const timing = lan();
/** Green planned beyond the minimum, for late timers. */
const LATE_MS = 200;

const group = (id: string, rest: Partial<Group> = {}): Group => ({
  id,
  kind: 'vehicle',
  minGreenS: 5,
  maxGreenS: 30,
  amberS: 3,
  redClearanceS: 2,
  ...rest,
});

const crossroads: Intersection = {
  id: 'x',
  node: 'n1',
  position: [0, 0],
  groups: [group('a', { maxGreenS: 12 }), group('b', { minGreenS: 8 })],
  conflicts: [['a', 'b']],
  yields: [],
  stages: [
    { id: 'A', green: ['a'] },
    { id: 'B', green: ['b'] },
  ],
};
const { node: _, ...anybodys } = crossroads;
const shared: Intersection = { ...anybodys, nodes: { a: 'n1', b: 'n2' } };

const plan = (a: number, b: number, offsetS = 0): Plan => ({
  id: 'p',
  cycleS: a + b,
  intersections: [
    {
      id: 'x',
      offsetS,
      splits: [
        { stage: 'A', splitS: a },
        { stage: 'B', splitS: b },
      ],
    },
  ],
});

const adopt = (adopted: Plan) =>
  ({
    type: 'replica.committed',
    index: 3,
    term: 1,
    command: { kind: 'plan.adopt', plan: adopted },
  }) as const;
const time = (offsetMs: number) =>
  ({ type: 'timekeeper.synced', offsetMs, boundMs: 1, term: 1 }) as const;
const shown = (a: Lamps[string], b: Lamps[string]) =>
  ({ type: 'lamps.shown', lamps: { a, b } }) as const;

const played = (intersection: Intersection | null = crossroads) =>
  new Play(phasesMachine, { id: 'n1', timing, intersection }, { nowMs: 100_000 });

type Playing = ReturnType<typeof played>;

/** A node whose driver has just become ready, with all lamps red. */
const ready = (intersection?: Intersection) => {
  const play = played(intersection);
  play.hear({ type: 'lamps.shown', lamps: {} });
  play.hear({ type: 'lamps.ready' });
  return play;
};

/** The greens of `said`: stage, when it begins, how long it lasts, in ms. */
const greensOf = (play: Playing, sinceMs = 0) =>
  play.told.flatMap(({ atMs, event }) =>
    event.type === 'phases.changed' && atMs >= sinceMs
      ? [{ stage: event.stage, fromMs: atMs, greenMs: event.greenS * 1000, mode: event.mode }]
      : [],
  );

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

const shows = (said: readonly Emitted[]) => only(said, 'lamps.show');

describe('it shows nothing', () => {
  test.each([
    ['without a driver', crossroads, []],
    ['without an intersection', null, ['lamps.ready']],
    ['at a shared intersection, which is never green without a right of way', shared, [
      'lamps.ready',
    ]],
  ] as const)('%s', (_, intersection, heard) => {
    const play = played(intersection as Intersection | null);
    play.hear(shown('red', 'red'));
    for (const type of heard) play.hear({ type });
    play.hear(adopt(plan(20, 20)));
    play.hear(time(0));
    play.hear({ type: 'lamps.refused', reason: 'out of place' });
    play.pass(300_000);
    expect(shows(play.told.map(({ event }) => event))).toEqual([]);
  });

  test('after a stop: it leaves the lamps, whatever it hears from them', () => {
    const play = ready();
    play.pass(20_000);
    expect(typesOf(play.hear({ type: 'node.stopping' }))).toEqual(['lamps.leave']);
    play.hear({ type: 'lamps.refused', reason: 'left' });
    play.hear({ type: 'lamps.lost', reason: 'gone' });
    play.hear({ type: 'lamps.ready' });
    expect(play.pass(300_000)).toEqual([]);
    expect(play.value).toBe('stopped');
  });

  test('until it knows that whatever was lit before is over', () => {
    const play = played();
    play.hear({ type: 'lamps.ready' });
    expect(shows(play.pass(60_000))).toEqual([]);
    play.hear(shown('amber', 'red'));
    expect(shows(play.pass(60_000))).toEqual([]);
    expect(shows(play.hear(shown('red', 'red')))).toHaveLength(1);
  });
});

describe('it starts', () => {
  test('with red that lasts as long as any amber and red clearance, then the first stage', () => {
    const [first] = shows(ready().pass(timing.retryMs));
    const startMs = 100_000 + timing.retryMs;
    expect(first?.timelines['a']?.[0]).toEqual({ lamp: 'red', untilMs: startMs + 5000 + LATE_MS });
    expect(first?.timelines['a']?.[1]?.lamp).toBe('green');
    expect(first?.timelines['b']).toMatchObject([{ lamp: 'red' }]);
  });

  test.each(['flashingRed', 'flashingAmber', 'dark'] as const)(
    'from a driver that was left alone and shows %s',
    (lamp) => {
      const play = played();
      play.hear(shown(lamp, 'flashingRed'));
      play.hear({ type: 'lamps.ready' });
      expect(shows(play.pass(timing.retryMs))).toHaveLength(1);
    },
  );
});

describe('it never commands a colour', () => {
  test('only timed sequences that all end in red', () => {
    const play = ready();
    const said = shows(play.pass(600_000));
    expect(said.length).toBeGreaterThan(20);
    for (const { timelines, notAfterMs } of said) {
      expect(Object.keys(timelines)).toEqual(['a', 'b']);
      for (const steps of Object.values(timelines)) {
        expect(steps.at(-1)?.lamp).toBe('red');
        expect(steps.map(({ untilMs }) => untilMs)).toEqual(
          steps.map(({ untilMs }) => untilMs).sort((x, y) => x - y),
        );
        expect(steps.every(({ untilMs }) => untilMs > notAfterMs - 60_000)).toBe(true);
      }
    }
  });

  test('each with minimum green, amber and red clearance', () => {
    const play = ready();
    for (const { timelines } of shows(play.pass(600_000))) {
      const a = timelines['a'] ?? [];
      const b = timelines['b'] ?? [];
      for (const [steps, others] of [
        [a, b],
        [b, a],
      ] as const) {
        const amber = steps.findIndex(({ lamp }) => lamp === 'amber');
        if (amber < 0) continue;
        const greenEndMs = steps[amber - 1]?.untilMs ?? 0;
        expect(steps[amber]?.untilMs).toBe(greenEndMs + 3000);
        const green = others.findIndex(({ lamp }) => lamp === 'green');
        const beginsMs = others[green - 1]?.untilMs;
        if (beginsMs !== undefined && beginsMs > greenEndMs) {
          expect(beginsMs).toBeGreaterThanOrEqual(greenEndMs + 5000);
        }
      }
    }
    for (const { stage, greenMs } of greensOf(play)) {
      expect(greenMs).toBeGreaterThanOrEqual(stage === 'A' ? 5000 : 8000);
    }
  });

  test('each is sent sequenceLeadMs before the green it follows ends', () => {
    const play = ready();
    play.pass(7000);
    const [green] = greensOf(play);
    const endMs = (green?.fromMs ?? 0) + (green?.greenMs ?? 0);
    play.pass(endMs - play.nowMs);
    const sentMs = play.told.findLast(({ event }) => event.type === 'lamps.show')?.atMs;
    expect(sentMs).toBe(endMs - timing.sequenceLeadMs);
  });
});

describe('without a plan it runs freely', () => {
  test('every stage in its turn, no longer than its maximum green', () => {
    const play = ready();
    play.pass(120_000);
    const greens = greensOf(play);
    expect(greens.slice(0, 4).map(({ stage }) => stage)).toEqual(['A', 'B', 'A', 'B']);
    expect(greens.slice(0, 2)).toMatchObject([
      { greenMs: 12_000, mode: 'free' },
      { greenMs: 20_000, mode: 'free' },
    ]);
  });

  test('and by a plan’s splits alone while it does not know the time', () => {
    const play = ready();
    play.hear(adopt(plan(25, 30)));
    play.pass(70_000);
    expect(greensOf(play)).toMatchObject([
      { stage: 'A', greenMs: 20_000, mode: 'fixed' },
      { stage: 'B', greenMs: 25_000 },
      { stage: 'A', greenMs: 20_000 },
    ]);
  });

  test('and a plan of other intersections means nothing to it', () => {
    const play = ready();
    const { intersections, ...rest } = plan(25, 30);
    play.hear(adopt({ ...rest, intersections: intersections.map((i) => ({ ...i, id: 'y' })) }));
    play.pass(20_000);
    expect(greensOf(play)).toMatchObject([{ mode: 'free', greenMs: 12_000 }]);
  });
});

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
        expect(greenMs).toBeLessThanOrEqual(stage === 'A' ? 30_000 : 37_500);
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
    for (let seed = 0; seed < 150; seed += 1) {
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
      play.pass(computed.cycleS * 1000 * 40);
      const first = greensOf(play).findLast(({ stage }) => stage === planned.splits[0]?.stage);
      const offsetMs = play.snapshot.context.offsetMs ?? 0;
      const cycleMs = computed.cycleS * 1000;
      const phaseMs = ((first?.fromMs ?? 0) + offsetMs - offsetS * 1000 + cycleMs / 2) % cycleMs;
      const astrayMs = Math.abs(phaseMs - cycleMs / 2);
      expect({ seed, isInStep: astrayMs <= lackMs + 1 }).toEqual({ seed, isInStep: true });
      tried += 1;
    }
    expect(tried).toBeGreaterThan(50);
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

describe('a driver that', () => {
  test('refuses is not asked again at once: it waits for dark and starts again', () => {
    const play = ready();
    play.pass(20_000);
    play.hear(shown('green', 'red'));
    expect(shows(play.hear({ type: 'lamps.refused', reason: 'too late' }))).toEqual([]);
    expect(shows(play.pass(60_000))).toEqual([]);
    play.hear(shown('amber', 'red'));
    const [again] = shows(play.hear(shown('red', 'red')));
    expect(again?.timelines['a']?.[0]).toEqual({
      lamp: 'red',
      untilMs: play.nowMs + 5000 + LATE_MS,
    });
  });

  test('is lost gets nothing until it is back, and then a start from red', () => {
    const play = ready();
    play.pass(20_000);
    play.hear({ type: 'lamps.lost', reason: 'gone' });
    expect(play.pass(300_000)).toEqual([]);
    play.hear(shown('red', 'red'));
    play.hear({ type: 'lamps.ready' });
    expect(shows(play.pass(timing.retryMs))).toHaveLength(1);
  });
});
