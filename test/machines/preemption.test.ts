/**
 * Preemption and priority at one intersection, sentence by sentence. (Preemption and priority as in
 * NTCIP 1202; the change is the same as any other.)
 */
import { describe, expect, test } from 'vitest';
import type { Intersection } from '../../protocol/district.ts';
import {
  adopt,
  crossroads,
  greensOf,
  LATE_MS,
  type Playing,
  plan,
  ready,
  time,
  timing,
} from './phases-words.ts';
import { only } from './play.ts';
import {
  call,
  clear,
  committed,
  inGreenOf,
  input,
  lastShow,
  pass,
  place,
  priority,
} from './preemption-words.ts';

describe('a call for a group that is red', () => {
  test('ends what is green at its minimum, and passes through its amber and red clearance', () => {
    const { play, fromMs } = inGreenOf('B');
    play.hear(call('a'));
    pass(play, 200);
    const endMs = fromMs + 8000 + LATE_MS;
    expect(lastShow(play)?.timelines['b']?.slice(0, 2)).toEqual([
      { lamp: 'green', untilMs: endMs },
      { lamp: 'amber', untilMs: endMs + 3000 },
    ]);
    expect(lastShow(play)?.timelines['a']?.slice(0, 2)).toMatchObject([
      { lamp: 'red', untilMs: endMs + 5000 },
      { lamp: 'green' },
    ]);
  });

  test('ends it at once, when its minimum is over', () => {
    const { play } = inGreenOf('B');
    pass(play, 10_000);
    const atMs = play.nowMs;
    play.hear(call('a'));
    pass(play, 200);
    expect((lastShow(play)?.timelines['b']?.[0]?.untilMs ?? 0) - atMs).toBeLessThan(300);
  });

  test('is heeded during the change to another stage: that one is passed over', () => {
    const three: Intersection = {
      ...crossroads,
      groups: [...crossroads.groups, { ...crossroads.groups[0], id: 'c' } as never],
      conflicts: [...crossroads.conflicts, ['a', 'c'], ['b', 'c']],
      stages: [...crossroads.stages, { id: 'C', green: ['c'] }],
    };
    const { play } = inGreenOf('A', three);
    while (play.value !== 'amber') pass(play, 100);
    const changedAtMs = play.nowMs;
    play.hear(call('c'));
    pass(play, 6000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'C', mode: 'preempted' });
    expect((greensOf(play).at(-1)?.fromMs ?? 0) - changedAtMs).toBeLessThanOrEqual(5100);
  });

  test('gets a stage of it alone, when no stage gives it a green that does not yield', () => {
    const yields: Intersection = {
      ...crossroads,
      conflicts: [],
      yields: [['a', 'b']],
      stages: [{ id: 'AB', green: ['b'], permissive: ['a'] }],
    };
    const { play } = inGreenOf('AB', yields);
    play.hear(call('a'));
    pass(play, 20_000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'a', mode: 'preempted' });
    play.hear(clear('a'));
    pass(play, 20_000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'AB', mode: 'free' });
  });
});

describe('a call that stands', () => {
  test('keeps its green beyond the maximum, in sequences that end soon by themselves', () => {
    const { play } = inGreenOf('A');
    play.hear(call('a'));
    pass(play, 40_000);
    expect(play.value).toEqual({ green: 'held' });
    const endMs = lastShow(play)?.timelines['a']?.[1]?.untilMs ?? 0;
    expect(endMs - play.nowMs).toBeGreaterThanOrEqual(timing.sequenceLeadMs);
    expect(endMs - play.nowMs).toBeLessThanOrEqual(timing.sequenceLeadMs * 3);
    expect(greensOf(play)).toHaveLength(1);
  });

  test.each([
    ['is cleared', (play: Playing) => play.hear(clear('a'))],
    ['has lasted its time', (play: Playing) => pass(play, 21_000)],
  ])('gives the others their green soon after it %s', (_, end) => {
    const { play } = inGreenOf('A');
    play.hear(call('a', { forS: 40 }));
    pass(play, 20_000);
    end(play);
    pass(play, 9000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'B', mode: 'free' });
  });

  test('is cleared for the whole district by its node when it has lasted its time', () => {
    const { play } = inGreenOf('A');
    play.hear(call('a', { forS: 10 }));
    pass(play, 9900);
    const asked = () =>
      only(
        play.told.map(({ event }) => event),
        'replica.request',
      );
    expect(asked()).toEqual([]);
    pass(play, 200);
    expect(asked()).toMatchObject([{ command: { kind: 'preempt.clear', id: 'ca' } }]);
  });

  test('begins when it says, by the clock of the node that heard of it', () => {
    const { play } = inGreenOf('A');
    play.hear(call('a', { afterS: 5 }));
    pass(play, 4900);
    expect(play.value).toEqual({ green: 'undecided' });
    pass(play, 200);
    expect(play.value).toEqual({ green: 'held' });
  });

  test('goes after who came before, and after every input of the cabinet', () => {
    const { play } = inGreenOf('A');
    play.hear(call('b'));
    play.hear(call('a'));
    pass(play, 15_000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'B' });
    play.hear(input('a', true));
    pass(play, 15_000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'A' });
    play.hear(input('a', false));
    pass(play, 15_000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'B' });
    play.hear(clear('b'));
    pass(play, 15_000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'A' });
  });

  test('and of which a node that catches up hears at once with its end, changes nothing', () => {
    const { play } = inGreenOf('B');
    const shows = play.told.length;
    play.hear(call('a'));
    play.hear(clear('a'));
    play.pass(100);
    const said = play.told.slice(shows).map(({ event }) => event);
    expect(only(said, 'lamps.show')).toEqual([]);
  });

  test('is learned from a snapshot, and one that a snapshot does not name is over', () => {
    const { play } = inGreenOf('A');
    const state = { voters: [], members: [] };
    const preemptions = [{ ...place('b'), forS: 60 }];
    play.hear({
      type: 'replica.restored',
      index: 9,
      term: 1,
      state: { ...state, preemptions },
    });
    pass(play, 15_000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'B', mode: 'preempted' });
    play.hear({ type: 'replica.restored', index: 12, term: 1, state });
    pass(play, 15_000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'A', mode: 'free' });
  });

  test('is none of ours, when it is for another intersection or for no group of ours', () => {
    const { play } = inGreenOf('B');
    play.hear(committed({ kind: 'preempt.call', ...place('a'), intersection: 'y', forS: 60 }));
    play.hear(call('z'));
    play.hear(input('z', true));
    pass(play, 5000);
    expect(play.snapshot.context.calls).toEqual([]);
  });
});

describe('an input of the cabinet', () => {
  test('is obeyed without a leader, a plan or the time, and stands as long as it is set', () => {
    const { play } = inGreenOf('B');
    play.hear(input('a', true));
    pass(play, 15_000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'A', mode: 'preempted' });
    pass(play, 15 * 60_000);
    expect(play.value).toEqual({ green: 'held' });
    expect(
      only(
        play.told.map(({ event }) => event),
        'replica.request',
      ),
    ).toEqual([]);
  });

  test('is forgotten with the driver that told of it, which tells again when it is back', () => {
    const { play } = inGreenOf('A');
    play.hear(input('a', true));
    pass(play, 1000);
    play.hear({ type: 'lamps.lost', reason: 'gone' });
    expect(play.snapshot.context.calls).toEqual([]);
  });

  test('that was set before the start has the first green', () => {
    const play = ready();
    play.hear(input('b', true));
    pass(play, 15_000);
    expect(greensOf(play)).toMatchObject([{ stage: 'B', mode: 'preempted' }]);
  });
});

describe('after a preemption', () => {
  test('the intersection comes into step with its plan again, within the bounds of its greens', () => {
    const { play } = inGreenOf('A');
    play.hear(adopt(plan(25, 30, 17)));
    play.hear(time(1234));
    pass(play, 5 * 60_000);
    play.hear(call('b'));
    pass(play, 47_000);
    play.hear(clear('b'));
    const sinceMs = play.nowMs;
    pass(play, 5 * 60_000);
    const last = greensOf(play).findLast(({ stage }) => stage === 'A');
    expect(((last?.fromMs ?? 0) + 1234) % 55_000).toBeCloseTo(17_000, 3);
    for (const { stage, greenMs } of greensOf(play, sinceMs)) {
      expect(greenMs).toBeGreaterThanOrEqual(stage === 'A' ? 5000 + LATE_MS : 8000 + LATE_MS);
      expect(greenMs).toBeLessThanOrEqual(stage === 'A' ? 20_000 + LATE_MS : 30_000);
    }
  });
});

describe('a transit vehicle', () => {
  const inStep = () => {
    const { play } = inGreenOf('A');
    play.hear(adopt(plan(25, 30)));
    play.hear(time(0));
    pass(play, 5 * 60_000);
    while (greensOf(play).at(-1)?.stage !== 'A' || play.nowMs % 55_000 > 1000) pass(play, 100);
    return play;
  };
  /** Where in the cycle the last green of B began. */
  const beginOf = (play: Playing, stage: string) =>
    (greensOf(play).findLast((green) => green.stage === stage)?.fromMs ?? 0) % 55_000;

  test('that waits elsewhere takes at most half of what a green has beyond its minimum', () => {
    const play = inStep();
    play.hear(priority('b'));
    pass(play, 25_000);
    // 5.2 s and half of the 14.8 s that a plan of 20 s leaves.
    expect(beginOf(play, 'B')).toBeCloseTo(12_600 + 5000, -2);
  });

  test('whose green is about to end has it longer, up to the maximum', () => {
    const play = inStep();
    pass(play, 46_000);
    expect(greensOf(play).at(-1)).toMatchObject({ stage: 'B', greenMs: 25_000 });
    play.hear(priority('b'));
    pass(play, 8000);
    // 25 s were planned, 30 s are the maximum.
    expect(play.snapshot.context.shown?.['b']).toBe('green');
    pass(play, 8000);
    expect(beginOf(play, 'A')).toBeCloseTo(5000, -2);
  });

  test.each(['a', 'b'])('costs the others nothing after two cycles: group %s', (group) => {
    const play = inStep();
    pass(play, 30_000);
    play.hear(priority(group));
    pass(play, 3 * 55_000);
    expect(beginOf(play, 'A')).toBeCloseTo(0, 3);
    expect(play.snapshot.context.calls).toEqual([]);
  });

  test('preempts nobody, and waits while somebody preempts', () => {
    const { play } = inGreenOf('A');
    play.hear(call('a'));
    pass(play, 1000);
    play.hear(priority('b'));
    pass(play, 30_000);
    expect(play.value).toEqual({ green: 'held' });
  });
});
