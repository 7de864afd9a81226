/**
 * Coordination, sentence by sentence: the leader, and nobody else, proposes a plan, when there is
 * reason to.
 */
import { describe, expect, test } from 'vitest';
import { coordinationMachine } from '../../machines/coordination.ts';
import { nextPlan } from '../../machines/plan-choice.ts';
import { checkPlan } from '../../protocol/check-district.ts';
import type { Command, Member } from '../../protocol/command.ts';
import type { Emitted } from '../../protocol/event.ts';
import type { FiledPlan, Plan } from '../../protocol/plan.ts';
import { lan } from '../../protocol/timing.ts';
import { seeded } from '../transport/seeded.ts';
import { anyIntersection } from './any-intersection.ts';
import { only, Play } from './play.ts';

const timing = lan();

const member = (k: number): Member => ({
  node: `n${k}`,
  store: `s${k}`,
  intersection: anyIntersection(seeded(k), `x${k}`, `n${k}`),
  links: [],
});

const members = [member(1), member(2)];
const planOf = (count: number): Plan =>
  nextPlan({
    filed: [],
    state: { voters: [], members: members.slice(0, count) },
    term: 9,
    count,
    minute: null,
    told: [],
  });

/** A node that hears what is committed, and counts. */
const played = (...filed: FiledPlan[]) => {
  const play = new Play(coordinationMachine, { id: 'n1', timing, filed });
  let index = 0;
  return {
    play,
    commit: (command: Command, term = 1) =>
      plansIn(play.hear({ type: 'replica.committed', index: ++index, term, command })),
    elect: (leader: string, term = 1) =>
      plansIn(play.hear({ type: 'election.elected', leader, term })),
    pass: (ms: number) => plansIn(play.pass(ms)),
  };
};

const plansIn = (said: readonly Emitted[]): Plan[] =>
  only(said, 'replica.request').flatMap(({ command }) =>
    command.kind === 'plan.adopt' ? [command.plan] : [],
  );

const admit = (k: number): Command => ({ kind: 'district.admit', ...member(k) });
const opened: Command = { kind: 'term.open', leader: 'n1' };
const ids = (plans: readonly Plan[]) =>
  plans.map(({ intersections }) => intersections.map(({ id }) => id).join(' '));

describe('a plan is proposed', () => {
  test('once an entry of the leader’s own term is committed, and not before (Raft 5.4.2)', () => {
    const { commit, elect, pass } = played();
    commit(admit(1));
    expect(elect('n1', 2)).toEqual([]);
    expect(pass(10_000)).toEqual([]);
    expect(commit({ kind: 'term.open', leader: 'n0' }, 1)).toEqual([]);
    expect(ids(commit(opened, 2))).toEqual(['x1']);
  });

  test('for all that came together, when nodes come in a group', () => {
    const { commit, elect, pass } = played();
    elect('n1');
    commit(opened);
    expect(commit(admit(1))).toEqual([]);
    expect(commit(admit(2))).toEqual([]);
    expect(ids(pass(timing.retryMs))).toEqual(['x1 x2']);
  });

  test('for those who stay, when a node goes', () => {
    const { play, commit, elect, pass } = played();
    const state = { voters: [], members, plan: planOf(2) };
    play.hear({ type: 'replica.restored', index: 5, term: 1, state });
    elect('n1', 2);
    commit(opened, 2);
    commit({ kind: 'district.dismiss', node: 'n2' }, 2);
    expect(ids(pass(timing.retryMs))).toEqual(['x1']);
  });

  test('again, while the proposal came to nothing', () => {
    const { commit, elect, pass } = played();
    commit(admit(1));
    elect('n1');
    const [first] = commit(opened);
    expect(pass(10_000).length).toBeGreaterThan(3);
    commit({ kind: 'plan.adopt', plan: first as Plan });
    pass(2 * timing.retryMs);
    expect(pass(60_000)).toEqual([]);
  });

  test('as it is filed when it fits the district, otherwise as computed', () => {
    const filed = { ...planOf(2), id: 'rush-hour' };
    const { commit, elect, pass } = played(filed);
    commit(admit(1));
    elect('n1');
    const [computed] = commit(opened);
    expect(computed?.id).not.toContain('rush-hour');
    expect(ids([computed as Plan])).toEqual(['x1']);
    commit({ kind: 'plan.adopt', plan: computed as Plan });
    commit(admit(2));
    const [fitting] = pass(timing.retryMs);
    expect(fitting).toMatchObject({ cycleS: filed.cycleS, intersections: filed.intersections });
    expect(fitting?.id).toContain('rush-hour');
  });

  test('never with a problem, even when the filed one has some', () => {
    const sound = planOf(2);
    const filed = { ...sound, cycleS: sound.cycleS + 1 };
    const { commit, elect } = played(filed);
    commit(admit(1));
    commit(admit(2));
    elect('n1');
    const intersections = members.flatMap(({ intersection }) => intersection ?? []);
    for (const plan of commit(opened)) expect(checkPlan(plan, intersections)).toEqual([]);
  });
});

describe('no plan is proposed', () => {
  test('by a backup', () => {
    const { commit, elect, pass } = played();
    elect('n2');
    commit(opened);
    commit(admit(1));
    expect(pass(60_000)).toEqual([]);
  });

  test.each([
    ['another is elected', { type: 'election.elected', leader: 'n2', term: 2 }],
    ['it has lost the office', { type: 'election.lost', term: 1, reason: 'silence' }],
  ] as const)('any more when %s', (_, event) => {
    const { play, commit, elect, pass } = played();
    elect('n1');
    commit(opened);
    play.hear(event);
    commit(admit(1));
    expect(pass(60_000)).toEqual([]);
  });

  test('for a district without intersections', () => {
    const { commit, elect, pass } = played();
    elect('n1');
    expect(commit(opened)).toEqual([]);
    expect(pass(10_000)).toEqual([]);
  });

  test('again when a node comes back and the plan covers it already', () => {
    const { play, commit, elect, pass } = played();
    const state = { voters: [], members, plan: planOf(2) };
    play.hear({ type: 'replica.restored', index: 5, term: 1, state });
    elect('n1', 2);
    commit(opened, 2);
    pass(2 * timing.retryMs);
    expect(commit(admit(2), 2)).toEqual([]);
    expect(pass(60_000)).toEqual([]);
  });
});
