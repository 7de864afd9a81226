/**
 * The stage controller when sensors run the lamps and somebody calls; and what it does not heed: alarms
 * that others have set. Rules that hold for any traffic; none of them knows a state.
 */
import { describe, expect, test } from 'vitest';
import type { Lamps } from '../../protocol/lamp.ts';
import { seeded } from '../transport/seeded.ts';
import { Kerb, unsafeOf } from './kerb.ts';
import { greensOf, timing } from './phases-words.ts';
import { call, clear, input, priority } from './preemption-words.ts';
import { traffic } from './sensing-words.ts';

const queue = (count: number) => Array.from({ length: count }, () => 0);
const none = () => traffic([], []);

/** Since when each lamp shows what it does, in ms; of a lamp that is not green: undefined. */
const greenSince = ({ shown }: Kerb, group: 'a' | 'b'): number | undefined => {
  const isGreen = ({ lamps }: { lamps: Lamps }) => lamps[group] === 'green';
  const last = shown.findLastIndex((one) => !isGreen(one));
  return shown[last + 1]?.t;
};
/** How long until `group` is green, in ms. */
const untilGreen = (kerb: Kerb, group: 'a' | 'b', expected: () => ReturnType<typeof traffic>) => {
  const sinceMs = kerb.play.nowMs;
  for (let k = 0; k < 60 && greenSince(kerb, group) === undefined; k += 1) kerb.drive(1, expected);
  return (greenSince(kerb, group) ?? Number.NaN) - sinceMs;
};
const CHANGE_MS = 3_000;
const STEP_MS = 1_000;

describe('who calls while sensors run the lamps', () => {
  const busyA = () => traffic(queue(9), []);
  const busyB = () => traffic([], queue(9));

  test('for a red group has green after one change, however many come for the other', () => {
    const kerb = new Kerb().drive(30, busyA);
    kerb.play.hear(call('b'));
    const waitedMs = untilGreen(kerb, 'b', busyA);
    expect(waitedMs).toBeGreaterThanOrEqual(CHANGE_MS);
    expect(waitedMs).toBeLessThanOrEqual(CHANGE_MS + 2 * STEP_MS);
    expect(kerb.modes.at(-1)).toBe('preempted');
    expect(unsafeOf(kerb)).toEqual([]);
  });

  test('for what is green keeps it until the call is over, whoever waits; then sensors go on', () => {
    const kerb = new Kerb().drive(10, busyA);
    const sinceMs = greenSince(kerb, 'a');
    kerb.play.hear(call('a'));
    kerb.drive(50, busyB);
    expect(greenSince(kerb, 'a')).toBe(sinceMs);
    kerb.play.hear(clear('a'));
    expect(untilGreen(kerb, 'b', busyB)).toBeLessThanOrEqual(CHANGE_MS + 4 * STEP_MS);
    expect(kerb.modes.at(-1)).toBe('adaptive');
    expect(unsafeOf(kerb)).toEqual([]);
  });

  test.each(['before', 'while', 'after'])(
    'for what was green keeps it or has it again, when it calls %s the lamps begin to change',
    (moment) => {
      const kerb = new Kerb().drive(20, busyA).drive(1, busyB);
      if (moment !== 'before') kerb.drive(1, busyB);
      if (moment === 'after') kerb.drive(2, busyB);
      kerb.play.hear(input('a', true));
      kerb.drive(20, busyB);
      expect(greenSince(kerb, 'a')).toBeDefined();
      kerb.drive(30, busyB);
      expect(greenSince(kerb, 'a')).toBeDefined();
      expect(unsafeOf(kerb)).toEqual([]);
    },
  );

  test('is served although the sensors fall silent meanwhile', () => {
    const kerb = new Kerb().drive(20, busyA);
    kerb.play.hear(call('b'));
    kerb.play.hear({ type: 'arrivals.lost', reason: 'test' });
    kerb.drive(10, () => undefined);
    const sinceMs = greenSince(kerb, 'b');
    expect(sinceMs).toBeDefined();
    kerb.drive(40, () => undefined);
    expect(greenSince(kerb, 'b')).toBe(sinceMs);
    expect(unsafeOf(kerb)).toEqual([]);
  });

  test('as a transit vehicle has longer green where it has one, though others wait', () => {
    const endedMs = (isCalled: boolean) => {
      const kerb = new Kerb().drive(10, busyA);
      const sinceMs = greenSince(kerb, 'a') ?? Number.NaN;
      if (isCalled) kerb.play.hear(priority('a'));
      kerb.drive(60, busyB);
      const end = kerb.shown.find(({ t, lamps }) => t > sinceMs && lamps['a'] !== 'green');
      expect(unsafeOf(kerb)).toEqual([]);
      return (end?.t ?? Number.NaN) - sinceMs;
    };
    expect(endedMs(true)).toBeGreaterThan(endedMs(false));
  });

  test('as a transit vehicle is not kept waiting for all who come where it does not', () => {
    const kerb = new Kerb().drive(10, busyA);
    kerb.play.hear(priority('b'));
    expect(untilGreen(kerb, 'b', busyA)).toBeLessThanOrEqual(15 * STEP_MS);
    expect(kerb.modes).not.toContain('preempted');
    expect(unsafeOf(kerb)).toEqual([]);
  });

  test('at any moment, in any traffic, has green within a minimum and two changes, and nothing unsafe', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const draw = seeded(seed);
      const some = () => queue(Math.floor(draw() * 5)).map(() => Math.floor(draw() * 15));
      const any = () => traffic(some(), some(), { inside: draw() < 0.1 ? 1 : 0 });
      const kerb = new Kerb().drive(10 + Math.floor(draw() * 40), any);
      const group = draw() < 0.5 ? 'a' : 'b';
      kerb.play.hear(call(group));
      const waitedMs = untilGreen(kerb, group, any);
      expect({ seed, waitedMs: waitedMs <= 23_000 }).toEqual({ seed, waitedMs: true });
      kerb.drive(30, any);
      expect(greenSince(kerb, group)).toBeDefined();
      expect({ seed, unsafe: unsafeOf(kerb) }).toEqual({ seed, unsafe: [] });
    }
  });
});

describe('an alarm that somebody else has set', () => {
  const lifeOf = (seed: number, isDisturbed: boolean) => {
    const draw = seeded(seed);
    const some = () => queue(Math.floor(draw() * 5)).map(() => Math.floor(draw() * 15));
    const kerb = new Kerb();
    kerb.eachTenth = () => {
      if (!isDisturbed) return;
      kerb.play.hear({ type: 'clock.due', id: 'schedule:turn', atMs: kerb.play.nowMs });
    };
    kerb.drive(90, () => {
      const inside = draw() < 0.2 ? 1 : 0;
      return draw() < 0.2 ? undefined : traffic(some(), some(), { inside });
    });
    expect(kerb.stages.length).toBeGreaterThan(3);
    return { shown: kerb.shown, greens: greensOf(kerb.play) };
  };

  test.each([1, 2, 3, 4, 5])('changes nothing of what is shown and told: seed %i', (seed) => {
    expect(lifeOf(seed, true)).toEqual(lifeOf(seed, false));
  });
});

test('a contract that changes how early sequences are sent is followed from then on', () => {
  const kerb = new Kerb('fixed').drive(120, none);
  const sequenceLeadMs = timing.sequenceLeadMs + 1_000;
  const leads = () => {
    const shows = kerb.play.told.flatMap(({ atMs, event }) =>
      event.type === 'lamps.show' ? [atMs] : [],
    );
    return greensOf(kerb.play).flatMap(({ fromMs, greenMs }) => {
      const sent = shows.find((atMs) => atMs > fromMs && atMs <= fromMs + greenMs);
      return sent === undefined ? [] : [Math.round(fromMs + greenMs - sent)];
    });
  };
  expect(leads().at(-1)).toBe(timing.sequenceLeadMs);
  kerb.play.hear({
    ...{ type: 'contract.changed', timing: { ...timing, sequenceLeadMs } },
    former: [],
    changes: [],
  });
  kerb.drive(120, none);
  expect(leads().at(-1)).toBe(sequenceLeadMs);
});
