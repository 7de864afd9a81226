/**
 * Preemption at random: any intersection, calls for any of its groups at any moment, timers that
 * come late. The driver refuses nothing, the judge finds nothing unsafe, who calls gets green
 * within what safety takes, and afterwards every stage has its turn again.
 */
import { describe, expect, test } from 'vitest';
import { clearanceMs, minGreenMs } from '../../machines/sequence.ts';
import { LATE_MS } from '../../machines/splits.ts';
import type { Intersection } from '../../protocol/district.ts';
import { seeded } from '../transport/seeded.ts';
import { anyIntersection, pick, type Random } from './any-intersection.ts';
import { lampPath } from './lamp-path.ts';
import { only } from './play.ts';

const SEEDS = 60;
const CALLS = 12;
/** Timers of both sides, the steps of the run, and the red of a group that comes back. */
const SLACK_MS = 1800;

/** Two changes and two minimum greens: what is under way, and what it was changing to. */
const longestWaitMs = (intersection: Intersection): number => {
  const redAmberMs = Math.max(...intersection.groups.map(({ redAmberS = 0 }) => redAmberS * 1000));
  const greens = intersection.stages.map((stage) => minGreenMs(intersection, stage) + LATE_MS);
  return 2 * (clearanceMs(intersection) + redAmberMs) + Math.max(...greens) + SLACK_MS;
};

const call = (intersection: Intersection, id: string, group: string) =>
  ({
    type: 'replica.committed',
    index: 1,
    term: 1,
    command: { kind: 'preempt.call', id, intersection: intersection.id, group, forS: 120 },
  }) as const;
const clear = (id: string) =>
  ({
    type: 'replica.committed',
    index: 1,
    term: 1,
    command: { kind: 'preempt.clear', id },
  }) as const;
const input = (group: string, active: boolean) =>
  ({ type: 'lamps.input', input: 'preempt', group, active }) as const;

const started = (seed: number) => {
  const random = seeded(seed);
  const intersection = anyIntersection(random);
  const path = lampPath(intersection, random);
  path.hear({ type: 'lamps.ready' });
  path.run(30_000 + 20_000 * random());
  return { random, intersection, path };
};

type Started = ReturnType<typeof started>;

/** Runs until `group` is green and held; gives how long that took, in milliseconds. A green that
 *  is about to end when the call comes ends first. */
const untilGreen = ({ path, intersection }: Started, group: string): number => {
  const sinceMs = path.clock.now();
  const isHeld = () => JSON.stringify(path.state()) === '{"green":"held"}';
  while (path.driver.lamps()[group] !== 'green' || !isHeld()) {
    const waitedMs = path.clock.now() - sinceMs;
    if (waitedMs > longestWaitMs(intersection)) return Number.POSITIVE_INFINITY;
    path.run(50);
  }
  return path.clock.now() - sinceMs;
};

const nothingWrong = (seed: number, { path }: Started) => {
  const { unsafe } = path.judge.verdict();
  expect({ seed, unsafe, refusals: path.refusals() }).toEqual({ seed, unsafe: [], refusals: [] });
};

describe('who calls at random', () => {
  test('has green within two changes and a minimum, and keeps it as long as the call stands', () => {
    const waits: number[] = [];
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const run = started(seed);
      const { random, intersection, path } = run;
      for (let k = 0; k < CALLS; k += 1) {
        const group = pick(random, intersection.groups).id;
        const isLocal = random() < 0.5;
        path.hear(isLocal ? input(group, true) : call(intersection, 'c', group));
        const waitMs = untilGreen(run, group);
        expect({ seed, k, group, isGreen: waitMs < Number.POSITIVE_INFINITY }).toMatchObject({
          isGreen: true,
        });
        waits.push(waitMs);
        for (let held = 0; held < 20; held += 1) {
          path.run(1000 * random());
          expect({ seed, k, lamp: path.driver.lamps()[group] }).toMatchObject({ lamp: 'green' });
        }
        path.hear(isLocal ? input(group, false) : clear('c'));
        path.run(20_000 * random());
      }
      nothingWrong(seed, run);
    }
    expect(waits).toHaveLength(SEEDS * CALLS);
  }, 120_000);

  test('many at once, replaced and withdrawn at any moment, lights nothing unsafe', () => {
    for (let seed = 200; seed < 200 + SEEDS; seed += 1) {
      const run = started(seed);
      const { random, intersection, path } = run;
      for (let k = 0; k < CALLS * 5; k += 1) {
        path.hear(anyWord(random, intersection));
        path.run(6_000 * random() ** 2);
      }
      nothingWrong(seed, run);
      for (const { id } of intersection.groups) {
        path.hear(clear(id));
        path.hear(input(id, false));
      }
      const mark = path.told().length;
      path.run(240_000);
      nothingWrong(seed, run);
      const after = path.told().slice(mark);
      const changes = only(
        after.map(({ event }) => event),
        'phases.changed',
      );
      const lit = new Set(changes.map(({ stage }) => stage));
      const left = intersection.stages.filter(({ id }) => !lit.has(id));
      expect({ seed, left }).toEqual({ seed, left: [] });
      expect(changes.at(-1)?.mode).toBe('free');
    }
  }, 120_000);
});

const anyWord = (random: Random, intersection: Intersection) => {
  const group = pick(random, intersection.groups).id;
  const kind = random();
  if (kind < 0.35) return call(intersection, group, group);
  if (kind < 0.6) return clear(group);
  if (kind < 0.7) return favour(intersection, group);
  return input(group, random() < 0.4);
};

const favour = (intersection: Intersection, group: string) =>
  ({
    type: 'replica.committed',
    index: 1,
    term: 1,
    command: {
      kind: 'priority.call',
      id: `t${group}`,
      intersection: intersection.id,
      group,
      forS: 60,
    },
  }) as const;
