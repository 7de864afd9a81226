/**
 * Turns stages into timed sequences for the lamp driver: for each signal group what it shows until
 * when, ending in red, so that a node that dies leaves lamps that go out safely by themselves.
 * Instants are milliseconds of the node's clock.
 */

import type { Group, Intersection, Stage } from '../protocol/district.ts';
import type { Show } from '../protocol/event.ts';
import type { Lamp } from '../protocol/lamp.ts';
import { litBy } from '../protocol/stage.ts';

/** Red after the last stage before the lamps flash, when nothing more is heard. */
export const TAIL_RED_MS = 3000;

type Timelines = Show['timelines'];
type Step = Timelines[string][number];

const greenOf = (stage: Stage, group: string): Lamp | undefined =>
  stage.green.includes(group)
    ? 'green'
    : stage.permissive?.includes(group)
      ? 'greenPermissive'
      : undefined;

const groupsOf = (intersection: Intersection, stage: Stage): Group[] => {
  const lit = new Set(litBy(stage));
  return intersection.groups.filter(({ id }) => lit.has(id));
};

const longestMs = (groups: readonly Group[], of: (group: Group) => number) =>
  Math.max(0, ...groups.map((group) => of(group) * 1000));

/** The groups that go on from `from` to `to`, but for those that show amber already. */
const keptBy = (from: Stage, to: Stage, ended: readonly string[]): Set<string> => {
  const had = new Set(litBy(from));
  return new Set(litBy(to).filter((id) => had.has(id) && !ended.includes(id)));
};

/** What a change passes through: the stages, and the groups of `from` that show amber already. */
export interface Change {
  readonly from: Stage;
  readonly to: Stage;
  readonly ended?: readonly string[];
}

/** From the end of `from`'s green to the start of `to`'s: amber, red clearance, red with amber. */
export const changeMs = (intersection: Intersection, from: Stage, to: Stage): number =>
  lengthOf(intersection, { from, to });

export const lengthOf = (intersection: Intersection, { from, to, ended = [] }: Change): number => {
  const kept = keptBy(from, to, ended);
  const ending = groupsOf(intersection, from).filter(({ id }) => !kept.has(id));
  const starting = groupsOf(intersection, to).filter(({ id }) => !kept.has(id));
  return (
    longestMs(ending, ({ amberS, redClearanceS }) => amberS + redClearanceS) +
    longestMs(starting, ({ redAmberS = 0 }) => redAmberS)
  );
};

/** The amber part of a change. */
export const amberMs = (intersection: Intersection, { from, to, ended = [] }: Change): number => {
  const kept = keptBy(from, to, ended);
  const ending = groupsOf(intersection, from).filter(({ id }) => !kept.has(id));
  return longestMs(ending, ({ amberS }) => amberS);
};

/** Least green of a stage, from its start. */
export const minGreenMs = (intersection: Intersection, stage: Stage): number =>
  longestMs(groupsOf(intersection, stage), ({ minGreenS }) => minGreenS);

export const maxGreenMs = (intersection: Intersection, stage: Stage): number =>
  Math.max(
    minGreenMs(intersection, stage),
    Math.min(...groupsOf(intersection, stage).map(({ maxGreenS }) => maxGreenS * 1000)),
  );

/** Red that makes sure that whatever was lit before is over. */
export const clearanceMs = ({ groups }: Intersection): number =>
  longestMs(groups, ({ amberS, redClearanceS }) => amberS + redClearanceS);

export interface Green {
  readonly stage: Stage;
  /** When its groups get green. */
  readonly fromMs: number;
  /** When those that do not go on get amber. */
  readonly untilMs: number;
  /** Sensors do not end it before that: a transit vehicle was given it longer. */
  readonly leastUntilMs?: number;
  /** Groups that show amber already, and so cannot go on into what follows. */
  readonly ended?: readonly string[];
  /** The plan by which it was decided when this green ends. */
  readonly plan?: string;
  /** For whose call it is. */
  readonly call?: string;
  /** The stage of the plan in whose turn it stands, when it is none of the plan's own. */
  readonly turn?: string;
}

/** `now` (if any) goes on to its end, then `next` follows; after that every lamp ends in red. */
export const sequenceOf = (
  intersection: Intersection,
  { now, next }: { now: Green | null; next: Green },
): Pick<Show, 'timelines' | 'notAfterMs'> => {
  const endMs = next.untilMs + clearanceMs(intersection) + TAIL_RED_MS;
  const timelines: Timelines = {};
  for (const group of intersection.groups) {
    timelines[group.id] = timelineOf(group, { now, next, endMs });
  }
  return { timelines, notAfterMs: now ? now.untilMs : next.fromMs };
};

/** `green`, which is lit, goes on to its end, which may have been put off until `beforeMs`. */
export const heldOf = (
  intersection: Intersection,
  green: Green,
  beforeMs: number,
): Pick<Show, 'timelines' | 'notAfterMs'> => ({
  ...sequenceOf(intersection, { now: null, next: green }),
  notAfterMs: beforeMs,
});

const timelineOf = (
  { id, amberS, redAmberS = 0 }: Group,
  { now, next, endMs }: { now: Green | null; next: Green; endMs: number },
): Step[] => {
  const steps: Step[] = [];
  const first = now && greenOf(now.stage, id);
  const second = greenOf(next.stage, id);
  const hasEnded = now?.ended?.includes(id) === true;
  if (now && first) {
    // A green that goes on permissive gives way before those it yields to begin.
    const goesOn = second && !hasEnded && (second === 'green' || first !== 'green');
    steps.push({ lamp: first, untilMs: goesOn ? next.fromMs : now.untilMs });
    if (!second || hasEnded) {
      steps.push({ lamp: 'amber', untilMs: now.untilMs + amberS * 1000 });
    }
  }
  if (second) {
    if (!first || hasEnded) {
      steps.push({ lamp: 'red', untilMs: next.fromMs - redAmberS * 1000 });
      if (redAmberS > 0) steps.push({ lamp: 'redAmber', untilMs: next.fromMs });
    }
    steps.push({ lamp: second, untilMs: next.untilMs });
    steps.push({ lamp: 'amber', untilMs: next.untilMs + amberS * 1000 });
  }
  steps.push({ lamp: 'red', untilMs: endMs });
  return steps;
};
