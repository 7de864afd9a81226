/**
 * A small crossing for the cabinet's tests: north and south go together, a left turn yields to
 * south, east crosses all three. And a bench on which a driver runs on a virtual clock before a
 * judge.
 */
import { createDriver } from '../../cabinet/driver.ts';
import { type Latch, memoryLatch } from '../../cabinet/latch.ts';
import type { Group, Intersection } from '../../protocol/district.ts';
import { createJudge, type LampsSeen } from '../../protocol/judge.ts';
import type { Lamp } from '../../protocol/lamp.ts';
import type { Timeline, Timelines } from '../../protocol/lamp-line.ts';
import { VirtualClock } from '../../simulation/clock.ts';

const group = (id: string, flash: 'red' | 'amber'): Group => ({
  id,
  kind: 'vehicle',
  minGreenS: 5,
  maxGreenS: 60,
  amberS: 3,
  redClearanceS: 2,
  flash,
});

/** Start-up red lasts 5 s, as every amber and clearance do together. */
export const crossing = (): Intersection => ({
  id: 'crossing',
  node: 'n1',
  position: [0, 0],
  groups: [
    group('north', 'amber'),
    group('south', 'amber'),
    group('left', 'red'),
    group('east', 'red'),
  ],
  conflicts: [
    ['north', 'east'],
    ['south', 'east'],
    ['left', 'east'],
    ['left', 'south'],
  ],
  yields: [['left', 'south']],
  stages: [
    { id: 'main', green: ['north', 'south'], permissive: ['left'] },
    { id: 'side', green: ['east'] },
  ],
});

/** The same, but a second node serves east. */
export const sharedCrossing = (): Intersection => {
  const { node: _, ...rest } = crossing();
  return { ...rest, nodes: { north: 'n1', south: 'n1', left: 'n1', east: 'n2' } };
};

/** `['green', 10, 'amber', 13]`: in seconds. */
export type Short = readonly (Lamp | number)[];

export const timeline = (short: Short): Timeline =>
  short.flatMap((lamp, k) =>
    typeof lamp === 'string' ? [{ lamp, untilMs: Number(short[k + 1]) * 1000 }] : [],
  );

/** Timelines of `groups`; those not named stay red as long as the longest of the others. */
export const timelines = (shorts: Record<string, Short>, groups?: readonly string[]): Timelines => {
  const endS = Math.max(...Object.values(shorts).map((short) => Number(short.at(-1))));
  return Object.fromEntries(
    (groups ?? ['north', 'south', 'left', 'east']).map((id) => [
      id,
      timeline(shorts[id] ?? ['red', endS]),
    ]),
  );
};

export interface BenchOptions {
  readonly intersection?: Intersection;
  readonly latch?: Latch;
  readonly clock?: VirtualClock;
}

/** A driver under test with all it showed and said. */
export const bench = ({
  intersection = crossing(),
  latch = memoryLatch(),
  clock = new VirtualClock(),
}: BenchOptions = {}) => {
  const judge = createJudge([intersection]);
  const seen: LampsSeen[] = [];
  const reports: string[] = [];
  const driver = createDriver({
    intersection,
    clock,
    latch,
    show(lamps, nowMs) {
      const line = { t: nowMs, intersection: intersection.id, lamps };
      seen.push(line);
      judge.see(line);
    },
    report: (message) => reports.push(message),
  });
  let counter = 0;
  return {
    clock,
    driver,
    judge,
    latch,
    reports,
    /** Sends a sequence with the next number; groups not named stay red. */
    send: (shorts: Record<string, Short>, groups?: readonly string[]) =>
      driver.accept({
        incarnation: 1,
        counter: ++counter,
        notAfterMs: Number.MAX_VALUE,
        timelines: timelines(shorts, groups),
      }).refused,
    /** What a group showed: `red 0, green 5, …`, with the second of each change. */
    story: (id: string): string =>
      seen
        .filter(({ lamps }, k) => lamps[id] !== seen[k - 1]?.lamps[id])
        .map(({ t, lamps }) => `${lamps[id]} ${t / 1000}`)
        .join(', '),
  };
};
