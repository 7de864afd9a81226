/**
 * Which plan a leader should propose. Pure neighbour of `coordination.ts`.
 *
 * An operator's plan stays. A filed plan that has hours is proposed in them. Otherwise the filed plan
 * without hours, or where none fits a plan computed from the descriptions, is what is begun with; what
 * is measured makes a plan of its own, once that can be expected to cost traffic clearly less.
 */
import type { State } from '../protocol/command.ts';
import { canonicalJson } from '../protocol/digest.ts';
import { nodesOf } from '../protocol/district.ts';
import type { FiledPlan, Plan } from '../protocol/plan.ts';
import { isWithin } from '../protocol/plan-hours.ts';
import { expectedDelayS, type Measured } from './delay.ts';
import { intersectionsOf, problemsOf } from './district-state.ts';
import { greenWave } from './green-wave.ts';
import type { Pairs } from './map.ts';
import type { Flow } from './streams.ts';

/** What an intersection has told of its traffic, and when. */
export interface Told {
  readonly flows: readonly (Flow & { readonly group: string })[];
  readonly atMs: number;
}

export interface Choice {
  /** The plans of this node's district file, adopted while they fit the district. */
  readonly filed: readonly FiledPlan[];
  readonly state: State;
  readonly term: number;
  readonly count: number;
  /** Minutes since midnight; null, while nobody has said. */
  readonly minute: number | null;
  /** By intersection. */
  readonly told: Pairs<Told>;
}

/** A plan is changed for no less: what a change itself costs, in a cycle or two, must come back, and
 *  what is expected is only roughly so. Part of the delay. */
const GAIN_MIN = 0.1;
/** What was told so long before the latest word is no longer believed. In milliseconds. */
const AGE_MS_MAX = 600_000;
/** What the ids of plans begin with that were made from what is measured. */
const MEASURED = 'measured';

export const covers = (plan: Plan, state: State): boolean => {
  const planned = new Set(plan.intersections.map(({ id }) => id));
  const served = intersectionsOf(state);
  return planned.size === served.length && served.every(({ id }) => planned.has(id));
};

const LEADERS = /(^|\.)t\d+\.\d+$/;

/**
 * Whether the plan in force is to stay whatever is measured: somebody else than a leader made it. An
 * operator's plan outlives the leader under whom it was adopted, for as long as it covers the district.
 */
export const isKept = ({ state: { plan }, state }: Pick<Choice, 'state'>): boolean =>
  plan !== undefined && !LEADERS.test(plan.id) && covers(plan, state);

const named = (plan: Plan, name: string): Plan => ({ ...plan, id: name.slice(-64) });

const fits = (plan: Plan, state: State): boolean =>
  covers(plan, state) && problemsOf(state, { kind: 'plan.adopt', plan }).length === 0;

/** The filed plan whose hour it is, if it fits. */
const dueOf = ({ filed, state, minute }: Choice): FiledPlan | undefined =>
  minute === null
    ? undefined
    : filed.find((plan) => plan.hours && isWithin(plan.hours, minute) && fits(bare(plan), state));

const bare = ({ hours: _, ...plan }: FiledPlan): Plan => plan;

const isSame = (plan: Plan | undefined, filed: FiledPlan): boolean =>
  plan !== undefined &&
  canonicalJson({ ...bare(filed), id: '' }) === canonicalJson({ ...plan, id: '' });

/** Whether a filed plan has its hour and is not in force, or is in force and its hour is over. */
export const isOtherHour = (choice: Choice): boolean => {
  const { filed, state } = choice;
  if (choice.minute === null || isKept(choice)) return false;
  const due = dueOf(choice);
  if (due) return !isSame(state.plan, due);
  return filed.some((plan) => plan.hours && isSame(state.plan, plan));
};

/** What a leader in this term has adopted when it takes office, or when there is reason for a new plan. */
export const nextPlan = (choice: Choice): Plan => {
  const { filed, state, term, count } = choice;
  const id = `t${term}.${count}`;
  const due = dueOf(choice);
  if (due) return named(bare(due), `${due.id}.${id}`);
  const first = filed.find(({ hours }) => !hours);
  const begun =
    first && fits(first, state) ? named(first, `${first.id}.${id}`) : greenWave(state, id);
  return betterThan(begun, choice) ?? begun;
};

/** A plan from what is measured, if it is expected to cost clearly less than `plan`. */
export const betterThan = (plan: Plan, choice: Choice): Plan | null => {
  const { state, term, count } = choice;
  const measured = measuredBy(choice);
  if (measured.size === 0 || dueOf(choice)) return null;
  const wanted = greenWave(state, `${MEASURED}.t${term}.${count}`, measured);
  const now = expectedDelayS(state, plan, measured);
  const then = expectedDelayS(state, wanted, measured);
  return now !== null && then !== null && then <= (1 - GAIN_MIN) * now ? wanted : null;
};

/** Whether the plan in force was made from what a leader measured: the next goes on from there. */
export const isMeasured = ({ state: { plan }, state }: Pick<Choice, 'state'>): boolean =>
  plan?.id.startsWith(`${MEASURED}.t`) === true && covers(plan, state);

const measuredBy = ({ told, state }: Choice): Measured => {
  const served = new Set(intersectionsOf(state).map(({ id }) => id));
  const latestMs = Math.max(...told.map(([, { atMs }]) => atMs));
  return new Map(
    told
      .filter(([id, { atMs }]) => served.has(id) && atMs >= latestMs - AGE_MS_MAX)
      .map(([id, { flows }]) => [id, new Map(flows.map((one) => [one.group, one]))]),
  );
};

/** Whether `node` may speak for the traffic at an intersection. */
export const servesAt = (state: State, node: string, intersection: string): boolean =>
  intersectionsOf(state).some((one) => one.id === intersection && nodesOf(one).includes(node));
