/**
 * Chooses the next stage of one intersection, and when greens end: by plan and group time, freely,
 * or because somebody calls. Pure neighbour of `phases.ts`, which says what is done with it.
 *
 * Whatever is chosen, a green lasts its minimum, and a change takes the amber and the red clearance
 * of what ends.
 */

import type { Intersection, Stage } from '../protocol/district.ts';
import { litBy } from '../protocol/stage.ts';
import { type Call, transitCall, urgentCall } from './calls.ts';
import { changeMs, type Green, lengthOf, maxGreenMs } from './sequence.ts';
import {
  inStep,
  leastMs,
  plannedOf,
  roomOf,
  type Situation,
  type Split,
  splitsOf,
} from './splits.ts';

/** Green of a stage without a plan. */
const GREEN_DEFAULT_MS = 20_000;
/** What is to happen to lamps at once must reach their driver first. */
export const AT_ONCE_MS = 200;
/** Red of a group that comes back before its change was over, whatever its red clearance. */
const BACK_RED_MS = 1000;
/** How much longer than it would be a green may last for a transit vehicle. */
export const EXTENSION_MS = 10_000;

/** The stages in the order in which they take their turns. */
export const orderOf = (situation: Situation): Stage[] =>
  splitsOf(situation).map(({ stage }) => stage);

/** When the green of `stage` is to end, if it begins at `startMs`. */
export const greenUntil = (situation: Situation, stage: Stage, startMs: number): number => {
  const now = { stage, fromMs: startMs, untilMs: startMs };
  return following({ ...situation, now }, startMs).untilMs;
};

/** The first stage, with its green from `fromMs`. */
export const firstGreen = (situation: Situation, fromMs: number): Green => {
  const call = urgentCall(situation.calls, fromMs);
  if (!call) return following({ ...situation, now: null }, fromMs);
  const stage = stagesFor(situation.intersection, call.group)[0] as Stage;
  const untilMs = fromMs + leastMs(situation.intersection, stage);
  return { stage, fromMs, untilMs, call: call.id };
};

/** What follows on what is green: by the plan, or at once for who calls. */
export const decide = (situation: Situation, at: number): { now: Green; next: Green } => {
  const now = situation.now as Green;
  const call = urgentCall(situation.calls, at);
  if (call && !protects(now.stage, call.group)) return turn(situation, call, at);
  return { now, next: favoured(situation, following(situation, null), at) };
};

/** Whether the stage gives `group` a green that yields to nobody. */
export const protects = (stage: Stage, group: string): boolean => stage.green.includes(group);

/** The stages that give `group` green: its own as described, or one of it alone. */
const stagesFor = ({ stages }: Intersection, group: string): Stage[] => [
  ...stages.filter((stage) => protects(stage, group)),
  { id: group, green: [group] },
];

/** The stage whose turn it was: that of a stage made up for a call is the one it came after. */
const turnOf = ({ stage, turn: stood }: Green): string => stood ?? stage.id;

/** Ends what is green as soon as its minimum is over, and gives green to who calls. */
const turn = (situation: Situation, call: Call, at: number): { now: Green; next: Green } => {
  const { intersection } = situation;
  const before = situation.now as Green;
  const earliestMs = Math.max(before.fromMs + leastMs(intersection, before.stage), at + AT_ONCE_MS);
  const now = { ...before, untilMs: Math.min(before.untilMs, earliestMs) };
  const [stage] = byLength(situation, stagesFor(intersection, call.group), now.stage);
  const fromMs = now.untilMs + changeMs(intersection, now.stage, stage as Stage);
  return { now, next: calledGreen(situation, { stage: stage as Stage, fromMs, call }) };
};

/** A stage of the plan before one that is made up, and of those the one that is soonest green. */
const byLength = ({ intersection }: Situation, stages: Stage[], from: Stage): Stage[] => {
  const own = stages.slice(0, -1);
  const lengths = new Map(own.map((stage) => [stage, changeMs(intersection, from, stage)]));
  own.sort((a, b) => (lengths.get(a) ?? 0) - (lengths.get(b) ?? 0));
  return [...own, ...stages.slice(-1)];
};

const calledGreen = (
  { intersection, now }: Situation,
  { stage, fromMs, call }: { stage: Stage; fromMs: number; call: Call },
): Green => {
  const isOwn = intersection.stages.includes(stage);
  const untilMs = fromMs + leastMs(intersection, stage);
  const place = !isOwn && now ? { turn: turnOf(now) } : {};
  return { stage, fromMs, untilMs, call: call.id, ...place };
};

/**
 * What follows instead, while the lamps change already from `now` to `next`: null, when that must
 * be waited for. Groups that go on into `next` must go on into what follows instead; those that
 * show amber finish it, and come back only through red. `beforeMs`: until when it can be so.
 */
export const turnInChange = (
  situation: Situation,
  next: Green,
  at: number,
): { now: Green; next: Green; beforeMs: number } | null => {
  const { intersection, now } = situation;
  const call = urgentCall(situation.calls, at);
  if (!call || !now || protects(next.stage, call.group)) return null;
  const beforeMs = next.fromMs - redAmberMs(intersection, next.stage);
  if (at + AT_ONCE_MS > beforeMs) return null;
  const goingOn = new Set(litBy(next.stage).filter((id) => !now.ended?.includes(id)));
  const on = litBy(now.stage).filter((id) => goingOn.has(id));
  const ended = litBy(now.stage).filter((id) => !on.includes(id));
  const stages = byLength(situation, stagesFor(intersection, call.group), now.stage);
  const stage = stages.find((one) => on.every((id) => litBy(one).includes(id)));
  if (!stage) return null;
  const isBack = ended.some((id) => litBy(stage).includes(id));
  const changedMs = lengthOf(intersection, { from: now.stage, to: stage, ended });
  const fromMs = Math.max(
    now.untilMs + changedMs + (isBack ? BACK_RED_MS : 0),
    at + AT_ONCE_MS + redAmberMs(intersection, stage),
  );
  const instead = calledGreen(situation, { stage, fromMs, call });
  return { now: { ...now, ended }, next: instead, beforeMs };
};

/** Red with amber before the green of a stage. */
export const redAmberMs = ({ groups }: Intersection, stage: Stage): number => {
  const lit = new Set(litBy(stage));
  const starting = groups.filter(({ id }) => lit.has(id));
  return Math.max(0, ...starting.map(({ redAmberS = 0 }) => redAmberS * 1000));
};

/**
 * A green that is under way, longer or shorter for a transit vehicle: null, when there is nothing
 * to be done. Half of what a green has beyond its minimum can be taken for a vehicle that waits
 * elsewhere; a vehicle's own is put off by no more than one cycle has to spare, so that the others
 * have theirs back within the next.
 */
export const favour = (situation: Situation, at: number): Green | null => {
  const { intersection, now } = situation;
  const call = transitCall(situation.calls, at);
  if (!now || !call || call.spentMs === now.fromMs || urgentCall(situation.calls, at)) return null;
  const wasMs = now.untilMs;
  if (litBy(now.stage).includes(call.group)) {
    const longestMs = now.fromMs + maxGreenMs(intersection, now.stage);
    const splits = splitsOf(situation);
    const isPlanned = plannedOf(situation) !== undefined;
    const spare = isPlanned ? roomOf(intersection, splits).spareMs : EXTENSION_MS;
    const wishMs = Math.min(at + EXTENSION_MS, wasMs + spare, longestMs);
    const untilMs = Math.max(wasMs, wishMs);
    return { ...now, untilMs, leastUntilMs: untilMs };
  }
  const halfMs = now.fromMs + halved(intersection, now);
  return { ...now, untilMs: Math.min(wasMs, Math.max(halfMs, at + AT_ONCE_MS)) };
};

/** How long a green lasts that keeps half of what it has beyond its minimum. */
export const halved = (intersection: Intersection, { stage, fromMs, untilMs }: Green): number => {
  const least = leastMs(intersection, stage);
  return least + Math.max(0, untilMs - fromMs - least) / 2;
};

/** While a transit vehicle waits, what is not its own is shorter. */
const favoured = ({ calls, intersection }: Situation, next: Green, at: number): Green => {
  const call = transitCall(calls, at);
  if (!call || litBy(next.stage).includes(call.group)) return next;
  return { ...next, untilMs: next.fromMs + halved(intersection, next) };
};

/** The stage whose turn it is, from `fromMs` or after what is green, and when its green ends. */
const following = (situation: Situation, fromMs: number | null): Green => {
  const { intersection, now } = situation;
  const splits = splitsOf(situation);
  const last = now ? splits.findIndex(({ stage }) => stage.id === turnOf(now)) : -1;
  const place = placeOf(situation, splits, fromMs === null ? last + 1 : Math.max(0, last));
  const { stage, splitMs, greenMs: programMs = GREEN_DEFAULT_MS } = splits[place] as Split;
  const lit = splitMs === null ? (served(situation, stage) ?? stage) : stage;
  const startMs =
    fromMs ?? (now as Green).untilMs + changeMs(intersection, (now as Green).stage, lit);
  if (splitMs === null) {
    const greenMs = Math.min(programMs, maxGreenMs(intersection, lit));
    const least = leastMs(intersection, lit);
    return { stage: lit, fromMs: startMs, untilMs: startMs + Math.max(least, greenMs) };
  }
  const greenMs = inStep(situation, { splits, place, startMs });
  const by = situation.plan && { plan: situation.plan.id };
  return { stage, fromMs: startMs, untilMs: startMs + greenMs, ...by };
};

/** A free intersection passes over stages for which nobody has called. */
const placeOf = (situation: Situation, splits: readonly Split[], from: number): number => {
  for (let k = 0; k < splits.length; k += 1) {
    const { stage, splitMs } = splits[(from + k) % splits.length] as Split;
    if (splitMs !== null || served(situation, stage)) return (from + k) % splits.length;
  }
  return from % splits.length;
};

/** The stage without the groups for which nobody has called; null, when none is left. */
export const served = ({ intersection, walks }: Situation, stage: Stage): Stage | null => {
  const onCall = intersection.groups.filter(({ id, onCall: is }) => is && !walks.includes(id));
  const left = new Set(onCall.map(({ id }) => id));
  if (!litBy(stage).some((id) => left.has(id))) return stage;
  const green = stage.green.filter((id) => !left.has(id));
  const permissive = stage.permissive?.filter((id) => !left.has(id)) ?? [];
  if (green.length + permissive.length === 0) return null;
  return { id: stage.id, green, ...(permissive.length > 0 && { permissive }) };
};
