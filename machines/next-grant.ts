/**
 * Says what the leader grants next at a shared intersection: more of the stage that is green, or
 * the stage after it. Pure neighbour of `schedule.ts`.
 *
 * What is granted always reaches at least as far ahead as a failed leader may be missed: T_hb and
 * two elections, and the change to all red after it. So lights go on while a leader is elected. It
 * never reaches beyond the horizon counted from when most nodes of the intersection were last known
 * to be here; so a stage is granted piece by piece.
 */
import { type Intersection, nodesOf } from '../protocol/district.ts';
import type { RightOfWay } from '../protocol/right.ts';
import { favouredLast, favouredUntil, letIn, type Transit, waiting } from './favouring.ts';
import { goingOnOf, moreOf } from './going-on.ts';
import {
  AT_ONCE_MS,
  aheadMs,
  COMMIT_MS,
  type GrantRights,
  grantOf,
  isRelated,
  type Outlook,
  type Place,
  servedBy,
  stageFor,
} from './granting.ts';
import { clearOf, isCompatible, newestOf, rightOf } from './rights.ts';
import { clearanceMs, TAIL_RED_MS } from './sequence.ts';
import { plannedOf, type Situation } from './splits.ts';
import { greenUntil, orderOf, served } from './stage-choice.ts';

/** Before a green ends, it must be told to go on. */
const GOING_ON_MS = 500;
/** How far ahead the green of who calls reaches, so that it ends soon after the call. */
const HOLD_MS = 10_000;

/** Somebody who must be given green at the intersection. */
export interface Caller {
  readonly id: string;
  readonly group: string;
  /** Whether holders have had their time to give up what is in the way. */
  readonly isLate: boolean;
}

/** What is asked of the schedule of one intersection. */
export interface Wishes {
  readonly caller?: Caller | undefined;
  readonly transit?: Transit | undefined;
  /** Groups for which a pedestrian has called. */
  readonly walks?: readonly string[];
}

/** The next grant at `intersection`; undefined when enough is granted, or nothing can be. */
export const nextGrant = (
  outlook: Outlook,
  intersection: Intersection,
  { caller, transit, walks = [] }: Wishes = {},
): GrantRights | undefined => {
  const scale = newestOf(outlook.state);
  if (!scale || outlook.nowMs < scale.startMs) return undefined;
  const right = rightOf(outlook.state, intersection.id);
  const limitMs = limitOf(outlook, intersection);
  const place: Place = { outlook, intersection, scale, right, limitMs };
  const called = caller && calledGrant(place, caller);
  if (called !== 'unserved' && called !== undefined) return called ?? undefined;
  const asked = { situation: situationOf(place, waiting(place, walks)), transit };
  if (!right || !isRunning(place, right)) return firstStage(place, asked);
  const late = letIn(place, right.last, asked.situation.walks);
  if (late) return late;
  // It is looked at now and then, and a grant takes its time.
  const laterMs = COMMIT_MS + outlook.timing.retryMs;
  const enoughMs = outlook.nowMs + aheadMs(intersection, outlook.timing) + laterMs;
  if (right.last.greenUntilMs >= enoughMs) return undefined;
  const last = favouredLast(asked.situation, right.last, transit);
  const more = last.greenUntilMs < last.plannedMs ? goingOnOf(place, last) : [];
  return more.length > 0 ? moreOf(place, last, more) : stageFrom(place, last.greenUntilMs, asked);
};

/** No right may end later: most of its nodes were in this group not longer ago than a horizon. */
const limitOf = ({ state, present }: Outlook, intersection: Intersection): number => {
  const since = nodesOf(intersection).map((node) => {
    const isEntered = state.entered?.some((entered) => entered.node === node);
    return isEntered ? (present[node] ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  });
  const most = since.sort((a, b) => b - a)[Math.floor(since.length / 2)];
  return (most ?? Number.NEGATIVE_INFINITY) + (newestOf(state)?.horizonMs ?? 0);
};

/** Whether the last stage is still to end, and somebody has not given it up. */
const isRunning = ({ outlook, scale }: Place, { last, intervals }: RightOfWay): boolean =>
  isRelated(scale, last.term) &&
  last.greenUntilMs > outlook.nowMs + GOING_ON_MS &&
  intervals.some(({ released, untilMs }) => !released && untilMs >= last.greenUntilMs);

/**
 * What is granted to who calls: null while others are still to give up theirs, or while enough is
 * granted already. Holders that do not answer keep what they have, so that is waited for.
 */
const calledGrant = (place: Place, caller: Caller): GrantRights | null | 'unserved' => {
  const { outlook, intersection, right } = place;
  const stage = stageFor(intersection, caller.group);
  if (!stage || !canServe(outlook, intersection, caller.group)) return 'unserved';
  const groups = servedBy(place, stage);
  if (right && right.last.call === caller.id && isRunning(place, right)) {
    const { last } = right;
    if (last.greenUntilMs >= outlook.nowMs + HOLD_MS / 2) return null;
    const held = { ...last, plannedMs: outlook.nowMs + HOLD_MS };
    const more = goingOnOf(place, held);
    if (more.length > 0) return moreOf(place, held, more) ?? null;
  }
  if (!caller.isLate && isKept(place, caller)) return null;
  const fromMs = outlook.nowMs;
  const endMs = (startMs: number) => startMs + HOLD_MS;
  return (
    grantOf(place, { stage, endMs, groups, fromMs, soonMs: AT_ONCE_MS, call: caller.id }) ?? null
  );
};

/** Whether somebody is there who can show green to `group`. */
export const canServe = (outlook: Outlook, intersection: Intersection, group: string): boolean => {
  const stage = stageFor(intersection, group);
  return !!stage && servedBy({ outlook, intersection }, stage).some(({ id }) => id === group);
};

/** Whether somebody has yet to give up what is in the way. */
const isKept = ({ outlook, intersection, right, scale }: Place, { id, group }: Caller): boolean => {
  const isTogether = isCompatible(intersection);
  const caller = { group, permissive: false };
  return (right?.intervals ?? []).some((interval) => {
    if (interval.released || interval.call === id) return false;
    if (clearOf(outlook.state, interval) <= outlook.nowMs) return false;
    const hasBegun = interval.term !== scale.term || interval.fromMs <= outlook.nowMs;
    return !hasBegun || !isTogether(interval, caller);
  });
};

/**
 * A stage after which none was granted: when drivers have left their start-up red, or part of its
 * green would pass unlit. Where the horizon does not reach so far, it is better than no stage.
 */
const firstStage = (place: Place, asked: Asked): GrantRights | undefined => {
  const { nowMs } = place.outlook;
  return stageFrom(place, nowMs + wakingMs(place), asked) ?? stageFrom(place, nowMs, asked);
};

/**
 * How long drivers take from now until they can light a green: those that no right keeps at steady
 * red flash, and leave that, once they are told, through red of start-up.
 */
const wakingMs = ({ outlook, intersection, scale, right }: Place): number => {
  const ends = (right?.intervals ?? [])
    .filter(({ term }) => isRelated(scale, term))
    .map(({ untilMs }) => untilMs + TAIL_RED_MS);
  const toldMs = outlook.nowMs + COMMIT_MS;
  return Math.max(...ends) > toldMs ? 0 : COMMIT_MS + clearanceMs(intersection);
};

/** What the choice of a stage rests on. Instants are on the timescale. */
const situationOf = ({ outlook, intersection }: Place, walks: readonly string[]): Situation => {
  const situation = {
    ...{ intersection, plan: outlook.state.plan ?? null, offsetMs: 0, now: null, calls: [] },
    walks,
  };
  // Where all wait for calls, and nobody calls, all have their turns: red for all serves nobody.
  const isAnybody = intersection.stages.some((stage) => served(situation, stage));
  return isAnybody ? situation : { ...situation, walks: intersection.groups.map(({ id }) => id) };
};

interface Asked {
  readonly situation: Situation;
  readonly transit: Transit | undefined;
}

/** The next stage that somebody can show, as soon as it can begin, from `fromMs` on. */
const stageFrom = (
  place: Place,
  fromMs: number,
  { situation, transit }: Asked,
): GrantRights | undefined => {
  const { right } = place;
  const order = orderOf(situation);
  const plan = plannedOf(situation) && situation.plan;
  const last = order.findIndex(({ id }) => id === right?.last.stage);
  for (let k = 1; k <= order.length; k += 1) {
    const whole = order[(last + k) % order.length];
    const stage = whole && served(situation, whole);
    const groups = stage ? servedBy(place, stage) : [];
    if (!whole || !stage || groups.length === 0) continue;
    const endMs = (startMs: number) => {
      const untilMs = greenUntil(situation, whole, startMs);
      return favouredUntil(situation, { stage, fromMs: startMs, untilMs }, transit);
    };
    const isFavoured = transit && groups.some(({ id }) => id === transit.group);
    const by = { ...(plan && { plan: plan.id }), ...(isFavoured && { call: transit.id }) };
    return grantOf(place, { stage, endMs, groups, fromMs, by });
  }
  return undefined;
};
