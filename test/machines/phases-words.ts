/** What the tests of the stage controller are written with: crossroads, plans, and what it hears. */
import { phasesMachine } from '../../machines/phases.ts';
import type { Group, Intersection } from '../../protocol/district.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import type { Plan } from '../../protocol/plan.ts';
import { lan } from '../../protocol/timing.ts';
import { Play } from './play.ts';

export const timing = lan();
/** Green planned beyond the minimum, for late timers. */
export const LATE_MS = 200;

const group = (id: string, rest: Partial<Group> = {}): Group => ({
  id,
  kind: 'vehicle',
  minGreenS: 5,
  maxGreenS: 30,
  amberS: 3,
  redClearanceS: 2,
  ...rest,
});

export const crossroads: Intersection = {
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
export const shared: Intersection = { ...anybodys, nodes: { a: 'n1', b: 'n2' } };

export const plan = (a: number, b: number, offsetS = 0): Plan => ({
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

export const adopt = (adopted: Plan) =>
  ({
    type: 'replica.committed',
    index: 3,
    term: 1,
    command: { kind: 'plan.adopt', plan: adopted },
  }) as const;
export const time = (offsetMs: number) =>
  ({ type: 'timekeeper.synced', offsetMs, boundMs: 1, term: 1, isOwn: false }) as const;
export const shown = (a: Lamps[string], b: Lamps[string]) =>
  ({ type: 'lamps.shown', lamps: { a, b } }) as const;

export const played = (intersection: Intersection | null = crossroads) =>
  new Play(phasesMachine, { id: 'n1', timing, intersection }, { nowMs: 100_000 });

export type Playing = ReturnType<typeof played>;

/** A node whose driver has just become ready, with all lamps red. */
export const ready = (intersection?: Intersection) => {
  const play = played(intersection);
  play.hear({ type: 'lamps.shown', lamps: {} });
  play.hear({ type: 'lamps.ready' });
  return play;
};

/** The greens of `said`: stage, when it begins, how long it lasts, in ms. */
export const greensOf = (play: Playing, sinceMs = 0) =>
  play.told.flatMap(({ atMs, event }) =>
    event.type === 'phases.changed' && atMs >= sinceMs
      ? [{ stage: event.stage, fromMs: atMs, greenMs: event.greenS * 1000, mode: event.mode }]
      : [],
  );
