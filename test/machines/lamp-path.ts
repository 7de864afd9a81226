/**
 * The path from a stage controller to its lamps, for tests: the real machine, the real driver and
 * the judge on one virtual clock, with timers that come late on both sides.
 */
import { createDriver } from '../../cabinet/driver.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { phasesMachine } from '../../machines/phases.ts';
import type { Intersection } from '../../protocol/district.ts';
import type { Emitted } from '../../protocol/event.ts';
import { createJudge } from '../../protocol/judge.ts';
import { lan } from '../../protocol/timing.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import type { Random } from './any-intersection.ts';
import { only, Play } from './play.ts';

/** A lamp driver, and the judge that sees all it shows. */
export const cabinetOf = (intersection: Intersection, lateMs: () => number = () => 0) => {
  const clock = new VirtualClock();
  const judge = createJudge([intersection]);
  let changes = 0;
  const driver = createDriver({
    intersection,
    clock: {
      now: clock.now,
      setTimeout: (fire, ms) => clock.setTimeout(fire, ms + lateMs()),
      clearTimeout: clock.clearTimeout,
    },
    latch: memoryLatch(),
    show: (lamps, t) => {
      changes += 1;
      judge.see({ t, intersection: intersection.id, lamps });
    },
    report: () => {},
  });
  return { clock, driver, judge, changes: () => changes };
};

/** A node's stage controller and its cabinet on one clock, with late timers on both sides. */
export const lampPath = (intersection: Intersection, random: Random) => {
  const lateMs = () => 200 * random() ** 3;
  const cabinet = cabinetOf(intersection, lateMs);
  const { clock, driver } = cabinet;
  const input = { id: 'n1', timing: lan(), intersection };
  let incarnation = 0;
  let counter = 0;
  let refusals: string[] = [];
  let changesTold = 0;
  const start = () => {
    incarnation += 1;
    return new Play(phasesMachine, input, { nowMs: clock.now(), lateMs });
  };
  let play = start();
  /** Hands over what was said; gives whether the driver refused any of it. */
  const handOver = (said: readonly Emitted[]) => {
    for (const { notAfterMs, timelines } of only(said, 'lamps.show')) {
      counter += 1;
      const { refused } = driver.accept({ incarnation, counter, notAfterMs, timelines });
      if (refused === undefined) continue;
      refusals.push(refused);
      handOver(play.hear({ type: 'lamps.refused', reason: refused }));
    }
  };
  return {
    ...cabinet,
    refusals: () => refusals,
    forgetRefusals: () => {
      refusals = [];
    },
    greens: () =>
      only(
        play.told.map(({ event }) => event),
        'phases.changed',
      ).length,
    told: () => play.told,
    state: () => play.value,
    hear: (event: Parameters<typeof play.hear>[0]) => handOver(play.hear(event)),
    restart: () => {
      play = start();
      changesTold = 0;
    },
    run: (ms: number) => {
      const untilMs = clock.now() + ms;
      while (clock.now() < untilMs) {
        clock.run(Math.min(untilMs, clock.now() + 50));
        if (changesTold !== cabinet.changes()) {
          changesTold = cabinet.changes();
          handOver(play.hear({ type: 'lamps.shown', lamps: driver.lamps() }));
        }
        handOver(play.pass(clock.now() - play.nowMs));
      }
    },
  };
};
