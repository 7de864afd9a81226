/**
 * What pedestrians, transit vehicles and dark cabinets change in the schedule of a shared
 * intersection, sentence by sentence.
 */
import { describe, expect, test } from 'vitest';
import { apply, problemsOf } from '../../machines/district-state.ts';
import type { GrantRights } from '../../machines/granting.ts';
import { nextGrant, type Wishes } from '../../machines/next-grant.ts';
import { scheduleMachine } from '../../machines/schedule.ts';
import type { State } from '../../protocol/command.ts';
import type { Intersection } from '../../protocol/district.ts';
import { only, Play } from './play.ts';
import { agreed, committed, crossing, NODES, restored, timescale, timing } from './right-words.ts';

const SECOND_MS = 1_000;
const oncall = (intersection: Intersection): Intersection => ({
  ...intersection,
  groups: intersection.groups.map((group) =>
    group.kind === 'pedestrian' ? { ...group, onCall: true } : group,
  ),
});
const quiet = oncall(crossing);
/** One in which the crossing has a stage to itself. */
const alone: Intersection = {
  ...quiet,
  conflicts: [...quiet.conflicts, ['walk', 'N'], ['walk', 'S']],
  stages: [
    { id: 'ns', green: ['N', 'S'] },
    { id: 'walk', green: ['walk'] },
    { id: 'ew', green: ['E', 'W'] },
  ],
};
const stateOf = (intersection: Intersection, more: Partial<State> = {}): State => {
  const state = agreed();
  const members = state.members.map((member) => ({ ...member, intersection }));
  return { ...state, members, ...more };
};
const planOf = (splits: [string, number][]) => ({
  id: 'rush',
  cycleS: splits.reduce((sum, [, splitS]) => sum + splitS, 0),
  intersections: [
    { id: 'x1', offsetS: 0, splits: splits.map(([stage, splitS]) => ({ stage, splitS })) },
  ],
});

interface Run {
  readonly intersection?: Intersection;
  readonly state?: State;
  readonly untilMs?: number;
  readonly wishes?: (nowMs: number, state: State) => Wishes;
}

/** Looks every so often; gives every grant with its instant. Whatever is wanted must be allowed. */
const run = ({ intersection = quiet, untilMs = 120_000, wishes = () => ({}), ...rest }: Run) => {
  let { state = stateOf(intersection) } = rest;
  const grants: { nowMs: number; grant: GrantRights }[] = [];
  for (let nowMs = 10_000; nowMs <= untilMs; nowMs += timing.retryMs) {
    const present = Object.fromEntries(NODES.map((node) => [node, nowMs - 500]));
    const outlook = { state, timing, nowMs, here: NODES, present };
    const grant = nextGrant(outlook, intersection, wishes(nowMs, state));
    if (!grant) continue;
    expect(problemsOf(state, grant)).toEqual([]);
    state = apply(state, grant);
    grants.push({ nowMs, grant });
  }
  return { grants, state };
};

const groupsOf = (grants: readonly { grant: GrantRights }[]) =>
  new Set(grants.flatMap(({ grant }) => grant.grants.map(({ group }) => group)));

/** Each turn with when it began and how long its green came to be. */
const turnsOf = (grants: readonly { grant: GrantRights }[]) => {
  const turns = new Map<number, GrantRights['last']>();
  for (const { grant } of grants) turns.set(grant.last.fromMs, grant.last);
  return [...turns.values()].map((last) => ({ ...last, greenMs: last.greenUntilMs - last.fromMs }));
};

describe('a crossing that is served on call', () => {
  test('is left out of its stage while nobody calls, by a plan too', () => {
    const plan = planOf([
      ['ns', 20],
      ['ew', 20],
    ]);
    for (const state of [stateOf(quiet), stateOf(quiet, { plan })]) {
      expect([...groupsOf(run({ state }).grants)].sort()).toEqual(['E', 'N', 'S', 'W']);
    }
  });

  test('has one walk for a call, with its clearance inside the right', () => {
    const wishes = (nowMs: number) => ({ walks: nowMs > 30_000 && nowMs < 40_000 ? ['walk'] : [] });
    const { grants } = run({ wishes });
    const walks = grants.flatMap(({ nowMs, grant }) =>
      grant.grants.filter(({ group }) => group === 'walk').map((one) => ({ nowMs, ...one })),
    );
    expect(new Set(walks.map(({ fromMs }) => fromMs)).size).toBe(1);
    expect(walks[0]?.nowMs).toBeGreaterThan(30_000);
    const { fromMs = 0, untilMs = 0 } = walks.at(-1) ?? {};
    // Four seconds of walk, four of clearance, one of red.
    expect(untilMs - fromMs).toBeGreaterThanOrEqual(9 * SECOND_MS);
  });

  test('is let into a stage that was granted without it, if enough of its green is left', () => {
    const first = run({ untilMs: 10_000 });
    const { fromMs, greenUntilMs } = turnsOf(first.grants).at(-1) ?? { fromMs: 0, greenUntilMs: 0 };
    const is = (nowMs: number) => nowMs > 10_600;
    const { grants } = run({ wishes: (nowMs) => ({ walks: is(nowMs) ? ['walk'] : [] }) });
    const walk = grants.find(({ grant }) => grant.grants.some(({ group }) => group === 'walk'));
    const right = walk?.grant.grants.find(({ group }) => group === 'walk');
    expect(right?.fromMs).toBeGreaterThanOrEqual(fromMs);
    expect(walk?.nowMs).toBeLessThan(40_000);
    expect(greenUntilMs).toBeGreaterThan(fromMs);
  });

  test('that has a stage to itself is passed over, and the greens before and after go on', () => {
    const { grants } = run({ intersection: alone });
    expect(new Set(grants.map(({ grant }) => grant.last.stage))).toEqual(new Set(['ns', 'ew']));
    const called = run({ intersection: alone, wishes: () => ({ walks: ['walk'] }) });
    expect(called.grants.map(({ grant }) => grant.last.stage)).toContain('walk');
  });

  test('where nobody is left in any stage all have their turns', () => {
    const intersection = {
      ...quiet,
      groups: quiet.groups.map((group) => ({ ...group, onCall: true })),
    };
    const { grants } = run({ intersection, state: stateOf(intersection) });
    expect([...groupsOf(grants)].sort()).toEqual(['E', 'N', 'S', 'W', 'walk']);
  });
});

describe('a transit vehicle', () => {
  const plan = planOf([
    ['ns', 20],
    ['ew', 20],
  ]);
  const state = stateOf(crossing, { plan });
  const UNTIL_MS = 130_000;
  const plain = () => turnsOf(run({ intersection: crossing, state, untilMs: UNTIL_MS }).grants);
  const favouring = (group: string, [fromMs, toMs]: [number, number]) => {
    let isDone = false;
    const { grants } = run({
      intersection: crossing,
      state,
      untilMs: UNTIL_MS,
      wishes: (nowMs, { rights }) => {
        const call = rights?.[0]?.last.call;
        const isStanding = nowMs >= fromMs && nowMs < toMs && !isDone;
        if (call === undefined && grantsOf(rights).includes('t')) isDone = true;
        return isStanding ? { transit: { id: 't', group } } : {};
      },
    });
    return turnsOf(grants);
  };
  const grantsOf = (rights: State['rights']) =>
    rights?.[0]?.intervals.map(({ call }) => call ?? '') ?? [];

  test('has its green longer, once', () => {
    const favoured = favouring('E', [40_000, 90_000]);
    const k = favoured.findIndex(({ call }) => call === 't');
    const own = favoured[k];
    expect(own?.stage).toBe('ew');
    expect(own?.greenMs).toBeGreaterThan((plain()[k]?.greenMs ?? 0) + 2 * SECOND_MS);
    expect(favoured.filter(({ call }) => call === 't')).toHaveLength(1);
  });

  test('finds the greens of others shorter, and none below its minimum', () => {
    const favoured = favouring('N', [36_000, 60_000]);
    const others = favoured.filter(({ stage }) => stage === 'ew').map(({ greenMs }) => greenMs);
    const usual = plain()
      .filter(({ stage }) => stage === 'ew')
      .map(({ greenMs }) => greenMs);
    expect(Math.min(...others)).toBeLessThan(Math.min(...usual.slice(0, -1)));
    expect(Math.min(...others)).toBeGreaterThanOrEqual(4 * SECOND_MS);
  });

  test('takes no stage its turn, and costs nothing two cycles later', () => {
    const turns = favouring('N', [36_000, 60_000]);
    for (const [k, { stage }] of turns.entries()) expect(stage).not.toBe(turns[k - 1]?.stage);
    // The last one is still being granted.
    expect(turns.at(-2)).toEqual(plain().at(-2));
  });

  test('is named by what is granted for it, and the plan by what it planned', () => {
    const turns = favouring('E', [10_000, 60_000]);
    expect(turns.every((turn) => turn.plan === 'rush')).toBe(true);
  });
});

describe('the leader is told', () => {
  const START_MS = 10_000;
  const newest = { ...stateOf(quiet), timescales: [timescale(2, START_MS)] };
  const scheduling = (state: State = newest) => {
    const play = new Play(scheduleMachine, { id: 'n1n', timing }, { nowMs: START_MS });
    for (const peer of NODES.slice(1)) {
      play.hear({
        type: 'membership.joined',
        ...{ peer, peerIncarnation: 1, store: peer, host: '10.0.0.1', port: 6000 },
      });
    }
    play.hear({ type: 'holder.settled' });
    play.hear(restored(state));
    play.hear({ type: 'timekeeper.kept', term: 2, offsetMs: 0, related: [] });
    for (const peer of NODES.slice(1)) {
      play.hear({ type: 'timekeeper.present', peer, sinceMs: START_MS, term: 2 });
    }
    return play;
  };
  const said = (calls: string[], isDark = false) => ({ intersection: 'x1', calls, isDark });
  const from = (peer: string) => ({ from: peer, group: 'g', incarnation: 1, bytes: 9 });
  const granted = (play: ReturnType<typeof scheduling>, ms = timing.retryMs) => {
    const [request] = only(play.pass(ms), 'replica.request');
    const command = request?.command;
    return command?.kind === 'right.grant' ? command.grants.map(({ group }) => group) : [];
  };

  test('of lamps that nobody can light, and gives them no turn', () => {
    const play = scheduling();
    play.hear({ type: 'demand.tell', ...from('n1w'), ...said([], true) });
    expect(granted(play)).toEqual(['E']);
  });

  test('of its own, like of any other', () => {
    const play = scheduling();
    play.hear({ type: 'demand.changed', ...said([], true) });
    play.hear({ type: 'demand.tell', ...from('n1e'), ...said([], true) });
    play.hear({ type: 'demand.tell', ...from('n1w'), ...said([], true) });
    expect(granted(play)).toEqual(['S']);
  });

  test('again and again, or it takes it for over', () => {
    const play = scheduling();
    play.hear({ type: 'demand.tell', ...from('n1w'), ...said([], true) });
    play.hear({ type: 'demand.tell', ...from('n1w'), ...said([]) });
    expect(granted(play)).toEqual(['E', 'W']);
    const silent = scheduling();
    silent.hear({ type: 'demand.tell', ...from('n1w'), ...said([], true) });
    silent.stall(timing.heartbeatTimeoutMs + 1);
    expect(granted(silent)).toEqual(['E', 'W']);
  });

  test('of calls of pedestrians, which it heeds', () => {
    const play = scheduling({ ...newest, rights: [] });
    play.hear({ type: 'demand.tell', ...from('n1e'), ...said(['walk']) });
    expect(granted(play)).toContain('walk');
  });

  test('of vehicles by the log, like every other node, and forgets one that had its favour', () => {
    const play = scheduling();
    const call = { id: 't', intersection: 'x1', group: 'E', forS: 45 };
    play.hear(committed({ kind: 'priority.call', ...call }));
    expect(play.snapshot.context.transits).toMatchObject([{ id: 't', group: 'E' }]);
    let command = only(play.pass(2 * timing.retryMs), 'replica.request')[0]?.command;
    for (let k = 0; command && k < 40; k += 1) {
      const next = only(play.hear(committed(command)), 'replica.request')[0]?.command;
      for (const peer of NODES.slice(1)) {
        play.hear({ type: 'timekeeper.present', peer, sinceMs: play.nowMs, term: 2 });
      }
      command = next ?? only(play.pass(3_000), 'replica.request')[0]?.command;
    }
    expect(play.snapshot.context.transits).toEqual([]);
  });
});
