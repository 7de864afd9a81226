/**
 * Coordination, sentence by sentence: when what is measured, or the hour, makes a leader propose
 * another plan, and when it does not.
 */
import { describe, expect, test } from 'vitest';
import { coordinationMachine } from '../../machines/coordination.ts';
import { nextPlan } from '../../machines/plan-choice.ts';
import type { Command, Member } from '../../protocol/command.ts';
import type { Emitted } from '../../protocol/event.ts';
import type { FiledPlan, Plan } from '../../protocol/plan.ts';
import { lan } from '../../protocol/timing.ts';
import { crossroads } from './phases-words.ts';
import { heard, only, Play } from './play.ts';

const timing = lan();
const MINUTE = 60_000;

const member = (k: number): Member => ({
  ...{ node: `n${k}`, store: `s${k}`, links: [] },
  intersection: { ...crossroads, id: `x${k}`, node: `n${k}` },
});
const members = [member(1), member(2)];
const planOf = (id: string, term = 1): Plan => ({
  ...nextPlan({
    ...{ filed: [], state: { voters: [], members }, term, count: 1, minute: null, told: [] },
  }),
  id,
});
const hourly = (id: string, from: string, to: string): FiledPlan => {
  const { cycleS, intersections } = planOf(id);
  // Each with a cycle of its own, so that they can be told apart.
  const moreS = id.length;
  return {
    ...{ id, cycleS: cycleS + moreS, hours: { from, to } },
    intersections: intersections.map(({ splits, ...one }) => ({
      ...one,
      splits: splits.map((split, k) =>
        k === 0 ? { ...split, splitS: split.splitS + moreS } : split,
      ),
    })),
  };
};

const plansIn = (said: readonly Emitted[]): Plan[] =>
  only(said, 'replica.request').flatMap(({ command }) =>
    command.kind === 'plan.adopt' ? [command.plan] : [],
  );

/** Node n1, which leads a district of two whose plan is `plan`. What it proposes is agreed at once. */
const leading = (plan: Plan | undefined, ...filed: FiledPlan[]) => {
  const play = new Play(coordinationMachine, { id: 'n1', timing, filed });
  let index = 1;
  const proposed: Plan[] = [];
  const take = (said: readonly Emitted[]) => {
    for (const one of plansIn(said)) {
      proposed.push(one);
      commit({ kind: 'plan.adopt', plan: one });
    }
  };
  const commit = (command: Command) => {
    index += 1;
    take(play.hear({ type: 'replica.committed', index, term: 2, command }));
  };
  const state = { voters: [], members, ...(plan && { plan }) };
  play.hear({ type: 'replica.restored', index, term: 1, state });
  play.hear({ type: 'election.elected', leader: 'n1', term: 2 });
  commit({ kind: 'term.open', leader: 'n1' });
  return {
    play,
    proposed,
    commit,
    pass: (ms: number) => take(play.pass(ms)),
    hour: (minute: number) => take(play.hear({ type: 'clock.told', minute })),
    /** Both intersections tell of their traffic once a minute, for so many minutes. */
    measure: (minutes: number, a: number, b: number, from = 'n2') => {
      const flows = [
        { group: 'a', perHour: a, used: 0 },
        { group: 'b', perHour: b, used: 0 },
      ];
      for (let k = 0; k < minutes; k += 1) {
        play.hear({ type: 'arrivals.counted', intersection: 'x1', flows });
        const other = { type: 'arrivals.tell', intersection: 'x2', flows } as const;
        play.hear(heard(from, other));
        take(play.pass(MINUTE));
      }
    },
  };
};
const begun = () => {
  const led = leading(undefined);
  led.pass(2 * timing.retryMs);
  expect(led.proposed).toHaveLength(1);
  return led;
};
/** The first split of each intersection. */
const firsts = (plan: Plan | undefined) =>
  plan?.intersections.map(({ splits }) => splits[0]?.splitS ?? 0);

describe('what is measured', () => {
  test('gives another plan when that gains clearly, no sooner than five minutes after the last', () => {
    const led = begun();
    led.measure(5, 1100, 60);
    expect(led.proposed).toHaveLength(1);
    led.measure(1, 1100, 60);
    expect(led.proposed).toHaveLength(2);
    const [before, after] = led.proposed;
    expect(after?.id).toBe('measured.t2.2');
    expect(firsts(after)?.[0]).toBeGreaterThan((firsts(before)?.[0] ?? 0) * 1.1);
    led.measure(5, 60, 1100);
    expect(led.proposed).toHaveLength(2);
    led.measure(1, 60, 1100);
    expect(led.proposed).toHaveLength(3);
  });

  test('changes nothing when it goes on as it was, or nearly', () => {
    const led = begun();
    led.measure(6, 1100, 60);
    expect(led.proposed).toHaveLength(2);
    led.measure(60, 1100, 60);
    led.measure(60, 1080, 70);
    expect(led.proposed).toHaveLength(2);
  });

  test('changes nothing when it is told by who does not serve the intersection', () => {
    const led = begun();
    const flows = [{ group: 'a', perHour: 1100, used: 0 }];
    for (let k = 0; k < 20; k += 1) {
      const lie = { type: 'arrivals.tell', intersection: 'x2', flows } as const;
      led.play.hear(heard('n1', lie));
      led.play.hear(heard('stranger', { ...lie, intersection: 'x1' }));
      led.play.hear(heard('stranger', { ...lie, intersection: 'nowhere' }));
      led.pass(MINUTE);
    }
    expect(led.proposed).toHaveLength(1);
  });

  test('changes no operator’s plan', () => {
    const led = leading(planOf('operator'));
    led.measure(30, 1100, 60);
    expect(led.proposed).toEqual([]);
  });

  test('changes the plan that is filed, which is where it begins from', () => {
    const { hours: _, ...filed } = hourly('rush', '00:00', '01:00');
    const led = leading(undefined, filed);
    led.pass(2 * timing.retryMs);
    led.measure(6, 1100, 60);
    expect(led.proposed.map(({ id }) => id)).toEqual(['rush.t2.1', 'measured.t2.2']);
  });

  test('outlives its leader: the next goes on from the plan it finds', () => {
    const led = leading(planOf('measured.t1.7'));
    led.pass(10 * MINUTE);
    expect(led.proposed).toEqual([]);
  });

  test('is believed no longer than ten minutes beyond what others tell', () => {
    const led = begun();
    const flows = (perHour: number) => [{ group: 'a', perHour, used: 0 }];
    led.play.hear({ type: 'arrivals.counted', intersection: 'x1', flows: flows(1800) });
    led.measure(4, 0, 0);
    for (let k = 0; k < 12; k += 1) {
      led.play.hear(heard('n2', { type: 'arrivals.tell', intersection: 'x2', flows: flows(0) }));
      led.pass(MINUTE);
    }
    expect(led.proposed).toHaveLength(1);
  });
});

describe('a plan with hours', () => {
  const morning = hourly('morning', '07:00', '09:30');
  const night = hourly('night', '22:00', '05:00');
  const names = (led: ReturnType<typeof leading>) =>
    led.proposed.map(({ id }) => id.replace(/\.?t\d+\.\d+$/, ''));
  const at = (hours: number, minutes = 0) => hours * 60 + minutes;

  test('is proposed when its hour comes, and given up when it is over', () => {
    const led = leading(undefined, morning, night);
    led.hour(at(6, 59));
    led.pass(2 * timing.retryMs);
    led.hour(at(7));
    led.pass(MINUTE);
    led.hour(at(9, 29));
    led.pass(MINUTE);
    led.hour(at(9, 30));
    led.pass(MINUTE);
    led.hour(at(23));
    led.pass(MINUTE);
    led.hour(at(4, 59));
    led.pass(MINUTE);
    led.hour(at(5));
    expect(names(led)).toEqual(['', 'morning', '', 'night', '']);
  });

  test('is there at once when a leader takes office in its hour', () => {
    const play = new Play(coordinationMachine, { id: 'n1', timing, filed: [morning] });
    play.hear({ type: 'replica.restored', index: 1, term: 1, state: { voters: [], members } });
    const asked = play.hear({ type: 'election.elected', leader: 'n1', term: 2 });
    expect(asked).toEqual([{ type: 'clock.ask' }]);
    play.hear({ type: 'clock.told', minute: at(8) });
    const said = play.hear({
      ...{ type: 'replica.committed', index: 2, term: 2 },
      command: { kind: 'term.open', leader: 'n1' },
    });
    expect(plansIn(said)).toMatchObject([{ id: 'morning.t2.1', cycleS: morning.cycleS }]);
  });

  test('stays through its hours whatever is measured, and what is measured follows it', () => {
    const led = leading(undefined, morning);
    led.pass(2 * timing.retryMs);
    led.hour(at(8));
    led.pass(MINUTE);
    led.measure(20, 1100, 60);
    expect(names(led).at(-1)).toBe('morning');
    led.hour(at(9, 30));
    expect(names(led).at(-1)).toBe('measured');
  });

  test('takes the place of no operator’s plan', () => {
    const led = leading(planOf('operator'), morning);
    led.pass(2 * timing.retryMs);
    for (let hour = 6; hour < 12; hour += 1) {
      led.hour(at(hour));
      led.pass(MINUTE);
    }
    expect(led.proposed).toEqual([]);
  });

  test('asks nobody for the time where no plan has hours', () => {
    const led = begun();
    led.pass(10 * MINUTE);
    const asked = led.play.told.filter(({ event }) => event.type === 'clock.ask');
    expect(asked).toEqual([]);
  });
});
