/**
 * The stage controller, sentence by sentence: what it sends to the lamps, when it sends it, and when
 * it sends nothing.
 */
import { describe, expect, test } from 'vitest';
import type { Intersection } from '../../protocol/district.ts';
import type { Emitted } from '../../protocol/event.ts';
import {
  adopt,
  crossroads,
  greensOf,
  LATE_MS,
  plan,
  played,
  ready,
  shared,
  shown,
  time,
  timing,
} from './phases-words.ts';
import { only, typesOf } from './play.ts';

const shows = (said: readonly Emitted[]) => only(said, 'lamps.show');

describe('it shows nothing', () => {
  test.each([
    ['without a driver', crossroads, []],
    ['without an intersection', null, ['lamps.ready']],
    [
      'at a shared intersection, which is never green without a right of way',
      shared,
      ['lamps.ready'],
    ],
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
