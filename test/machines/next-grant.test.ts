/** What a leader grants next, sentence by sentence. */
import { describe, expect, test } from 'vitest';
import { startUpMsOf } from '../../cabinet/gate.ts';
import { apply, problemsOf } from '../../machines/district-state.ts';
import { aheadMs, type GrantRights, type Outlook } from '../../machines/granting.ts';
import { nextGrant } from '../../machines/next-grant.ts';
import { waitedFor } from '../../machines/preempting.ts';
import type { State } from '../../protocol/command.ts';
import {
  agreed,
  BOUND_MS,
  crossing,
  interval,
  lastStage,
  NODES,
  TAIL_MS,
  timescale,
  timing,
} from './right-words.ts';

/** Before a driver that flashed lights a green. */
const START_UP_MS = startUpMsOf(crossing);

const outlook = (state: State, nowMs: number, more: Partial<Outlook> = {}): Outlook => ({
  ...{ state, timing, nowMs, here: NODES },
  present: Object.fromEntries(NODES.map((node) => [node, nowMs - 500])),
  ...more,
});

const granted = (state: State, nowMs: number, more: Partial<Outlook> = {}) => {
  const grant = nextGrant(outlook(state, nowMs, more), crossing);
  // Whatever it wants must be allowed, or it would ask in vain for ever.
  if (grant) expect(problemsOf(state, grant)).toEqual([]);
  return grant;
};

const groupsOf = (grant: GrantRights | undefined) => grant?.grants.map(({ group }) => group);

/** Grants until nothing more is wanted at one instant. */
const filled = (state: State, nowMs: number, more: Partial<Outlook> = {}): State => {
  const grant = granted(state, nowMs, more);
  return grant ? filled(apply(state, grant), nowMs, more) : state;
};
const lastOf = (state: State) => state.rights?.[0]?.last ?? lastStage();

/** Looks every so often from the first instant to the last; gives every grant with its instant. */
const run = (first: State, [fromMs, toMs]: [number, number], more: Partial<Outlook> = {}) => {
  const grants: { nowMs: number; grant: GrantRights; state: State }[] = [];
  let state = first;
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += timing.retryMs) {
    const grant = granted(state, nowMs, more);
    if (!grant) continue;
    state = apply(state, grant);
    grants.push({ nowMs, grant, state });
  }
  return { grants, state };
};

describe('the schedule', () => {
  test('begins when it has been committed and drivers that flashed have left start-up red', () => {
    const grant = granted(agreed(), 10_000);
    expect(grant?.last).toMatchObject({ stage: 'ew', fromMs: 11_000 + START_UP_MS });
  });

  test.each([
    ['still shows steady red after a right', 8_500, 11_000],
    ['flashes again after a right', 7_500, 11_000 + START_UP_MS],
  ])('waits no longer than it must for a driver that %s', (_, untilMs, fromMs) => {
    const intervals = [interval(0, untilMs)];
    const last = lastStage({ greenUntilMs: untilMs - TAIL_MS });
    expect(granted(agreed({ intervals, last }), 10_000)?.last.fromMs).toBe(fromMs);
  });

  test('begins in start-up red where the horizon reaches no further', () => {
    const reachMs = 1_000 + 4_000 + 250 + TAIL_MS;
    const present = Object.fromEntries(
      NODES.map((node) => [node, 10_000 + reachMs - timing.rightHorizonMs]),
    );
    expect(granted(agreed(), 10_000, { present })?.last.fromMs).toBe(11_000);
  });

  test('is granted at least T_hb, two elections and a clearance ahead, at every instant', () => {
    const ahead = timing.heartbeatTimeoutMs + 2 * timing.electionTimeoutMs + 5_000;
    expect(aheadMs(crossing, timing)).toBe(ahead);
    let state = filled(agreed(), 10_000);
    for (let nowMs = 10_000; nowMs < 120_000; nowMs += timing.retryMs) {
      // It was looked at last so long ago, and a commit takes its time.
      expect(lastOf(state).greenUntilMs).toBeGreaterThanOrEqual(nowMs + ahead);
      state = filled(state, nowMs);
    }
  });

  test('gives every stage its turn, and every turn its minimum green', () => {
    const { grants } = run(agreed(), [10_000, 95_000]);
    const turns = grants
      .map(({ grant }) => grant.last.stage)
      .filter((s, k, all) => s !== all[k - 1]);
    expect(turns.length).toBeGreaterThan(4);
    for (const [k, stage] of turns.entries()) expect(stage).toBe(k % 2 === 0 ? 'ew' : 'ns');
    for (const { state } of grants) {
      for (const { fromMs, untilMs, group } of state.rights?.[0]?.intervals ?? []) {
        const tailMs = group === 'walk' ? 5_250 : TAIL_MS;
        expect(untilMs - fromMs - tailMs).toBeGreaterThanOrEqual(4_000);
      }
    }
  });

  test('grants a stage in slices, each an extension of the same right', () => {
    const { grants } = run(agreed(), [10_000, 60_000]);
    const slices = grants.filter(({ grant }) => grant.last.stage === 'ns').slice(0, 3);
    const [first, second] = slices;
    expect(second?.grant.last.fromMs).toBe(first?.grant.last.fromMs);
    expect(second?.grant.last.greenUntilMs).toBeGreaterThan(first?.grant.last.greenUntilMs ?? 0);
    expect(second?.grant.grants.map(({ fromMs }) => fromMs)).toEqual(
      first?.grant.grants.map(({ fromMs }) => fromMs),
    );
  });

  test('never reaches beyond the horizon of those who are known to be here', () => {
    const nowMs = 50_000;
    const present = { n1n: 20_000, n1e: 20_000, n1s: 20_000 };
    const state = filled(agreed(), nowMs, { present });
    const ends = (state.rights?.[0]?.intervals ?? []).map(({ untilMs }) => untilMs);
    expect(Math.max(...ends)).toBeLessThanOrEqual(20_000 + timing.rightHorizonMs);
  });

  test('grants nothing when most nodes of the intersection are not known to be here', () => {
    const present = { n1n: 50_000, n1e: 50_000 };
    expect(granted(agreed(), 50_000, { present })).toBeUndefined();
  });

  test('grants nothing before its timescale was opened, and nothing without one', () => {
    expect(granted(agreed({ timescales: [timescale(1, 60_000)] }), 50_000)).toBeUndefined();
    const { timescales: _, ...none } = agreed();
    expect(granted(none, 50_000)).toBeUndefined();
  });
});

describe('who is not there', () => {
  test.each([
    ['has not entered', { entered: ['n1n', 'n1e', 'n1s'] }, {}],
    ['is not in the view', {}, { here: ['n1n', 'n1e', 'n1s'] }],
  ])('a holder that %s is left out, and its stage goes on without it', (_, state, more) => {
    expect(groupsOf(granted(agreed(state), 10_000, more))).toEqual(['E']);
  });

  test('a stage of which no holder is there is skipped', () => {
    const here = ['n1n', 'n1s'];
    expect(groupsOf(granted(agreed(), 10_000, { here }))).toEqual(['N', 'S', 'walk']);
  });

  test('and then the green of the others goes on without a gap', () => {
    const here = ['n1n', 'n1s'];
    const { grants } = run(agreed(), [10_000, 90_000], { here });
    const begun = grants.flatMap(({ grant }) => grant.grants.map(({ fromMs }) => fromMs));
    expect(new Set(begun).size).toBe(1);
  });

  test('when nobody is there, nothing is granted', () => {
    expect(granted(agreed(), 10_000, { here: [] })).toBeUndefined();
  });

  test('a holder that comes later is not waited for, and has its green with the next stage', () => {
    const without = filled(agreed(), 10_000, { here: ['n1n', 'n1e', 'n1s'] });
    const { grants } = run(without, [10_600, 60_000]);
    const ew = grants.filter(({ grant }) => grant.last.stage === 'ew');
    expect(ew.some(({ grant }) => groupsOf(grant)?.includes('W'))).toBe(true);
  });
});

describe('what has been', () => {
  test('conflicting rights stand apart by both clock bounds', () => {
    const { state } = run(agreed(), [10_000, 40_000]);
    const intervals = state.rights?.[0]?.intervals ?? [];
    const ew = intervals.filter(({ group }) => group === 'E');
    const ns = intervals.filter(({ group }) => group === 'N');
    expect(ew.length * ns.length).toBeGreaterThan(0);
    for (const a of ew) {
      for (const b of ns) {
        const gapMs = Math.max(b.fromMs - a.untilMs, a.fromMs - b.untilMs);
        expect(gapMs).toBeGreaterThanOrEqual(2 * BOUND_MS);
      }
    }
  });

  test('a green that is over does not go on: its group begins anew', () => {
    const state = agreed({
      intervals: [interval(0, 20_000)],
      last: lastStage({ greenUntilMs: 20_000 - TAIL_MS, plannedMs: 20_000 - TAIL_MS }),
    });
    const grant = granted(state, 18_000, { here: ['n1n'] });
    expect(grant?.grants[0]).toMatchObject({ group: 'N', fromMs: 20_100 });
  });

  test('a green that its holder gave up does not go on, and another begins after it', () => {
    const state = agreed({
      intervals: [interval(0, 20_000, { released: true })],
      last: lastStage({ greenUntilMs: 40_000, plannedMs: 40_000 }),
    });
    const grant = granted(state, 18_000, { here: ['n1n'] });
    expect(grant?.grants.find(({ group }) => group === 'N')?.fromMs).toBe(20_100);
  });
});

describe('who calls', () => {
  const call = { id: 'c', group: 'N' };
  const called = (state: State, nowMs: number, isLate = false) => {
    const grant = nextGrant(outlook(state, nowMs), crossing, { caller: { ...call, isLate } });
    if (grant) expect(problemsOf(state, grant)).toEqual([]);
    return grant;
  };
  const untilMs = 30_000;
  const clear = untilMs + 2 * BOUND_MS;
  const kept = interval(12_000, untilMs, { group: 'E', node: 'n1e' });

  test('waits for the word of who is in the way, and when none comes for the end of his right', () => {
    const state = agreed({ intervals: [kept], last: lastStage({ stage: 'ew' }) });
    expect(called(state, 15_000)).toBeUndefined();
    expect(called(state, 15_000, true)?.last).toMatchObject({ fromMs: clear, call: 'c' });
  });

  test('is granted a right that has another name than one which was given up at that instant', () => {
    const gone = interval(clear, clear, { released: true });
    const state = agreed({ intervals: [kept, gone], last: lastStage({ stage: 'ew' }) });
    const fromMs = called(state, 15_000, true)?.last.fromMs ?? 0;
    expect(fromMs).toBeGreaterThan(clear);
    expect(fromMs).toBeLessThan(clear + 1_000);
  });

  test('has a list of those who were waited for', () => {
    const gave = interval(12_000, 20_000, { group: 'W', node: 'n1w', released: true });
    const state = agreed({ intervals: [kept, gave, interval(12_000, untilMs, { group: 'S' })] });
    expect(waitedFor(state, crossing, { ...call, nowMs: 15_000 })).toEqual(['n1e']);
    expect(waitedFor(state, crossing, { ...call, nowMs: clear })).toEqual([]);
  });
});

describe('after a change of leader', () => {
  const green = 30_000;
  const handedOver = (related: { term: number; boundMs: number }[], startMs = 20_000) =>
    agreed({
      timescales: [timescale(1), timescale(2, startMs, related)],
      intervals: ['N', 'S'].map((group) =>
        interval(10_000, green + TAIL_MS, { group, node: `n1${group.toLowerCase()}` }),
      ),
      last: lastStage({ fromMs: 10_000, greenUntilMs: green, plannedMs: 60_000 }),
    });

  test('the green of the stage goes on, as rights on the new timescale that overlap the old', () => {
    const grant = granted(handedOver([{ term: 1, boundMs: 3 }]), 21_000);
    expect(grant?.last.greenUntilMs).toBeGreaterThan(green);
    expect(groupsOf(grant)).toEqual(['N', 'S']);
    for (const { fromMs } of grant?.grants ?? []) {
      expect(fromMs).toBeGreaterThanOrEqual(21_000);
      expect(fromMs).toBeLessThan(green);
    }
  });

  test('after that it goes on by extension, and the other stage follows clear of both', () => {
    const { grants } = run(handedOver([{ term: 1, boundMs: 3 }]), [21_000, 90_000]);
    const ew = grants.find(({ grant }) => grant.last.stage === 'ew');
    const others = ew?.state.rights?.[0]?.intervals.filter(({ group }) => group === 'N') ?? [];
    const endMs = Math.max(...others.map(({ untilMs }) => untilMs));
    expect(ew?.grant.last.fromMs).toBeGreaterThanOrEqual(endMs + 2 * BOUND_MS);
  });

  test('to an unrelated timescale nothing goes on, and what conflicts waits for the horizon', () => {
    const state = handedOver([]);
    const waitsMs = timing.rightHorizonMs + 2 * BOUND_MS;
    expect(granted(state, 21_000, { here: ['n1e'] })).toBeUndefined();
    const { grants } = run(state, [21_000, 120_000]);
    expect(grants[0]?.grant.grants[0]?.fromMs).toBeGreaterThanOrEqual(20_000 + waitsMs);
    expect(grants.length).toBeGreaterThan(3);
  });

  test.each([1e9, -1e9])(
    'an unrelated timescale that is %d ms away does not stop the schedule for ever',
    (awayMs) => {
      const intervals = [interval(awayMs, awayMs + 30_000)];
      const last = lastStage({ greenUntilMs: awayMs + 25_000, plannedMs: awayMs + 25_000 });
      const timescales = [timescale(1, awayMs), timescale(2, 20_000)];
      const { grants } = run(agreed({ timescales, intervals, last }), [21_000, 120_000], {
        here: ['n1n', 'n1s'],
      });
      expect(grants.length).toBeGreaterThan(3);
    },
  );
});
