/**
 * What a grant at a shared intersection is made of: who can use it, from when it is clear of all
 * that conflicts, how far it may reach. Pure neighbour of `next-grant.ts`, which chooses.
 */

import type { Command, State } from '../protocol/command.ts';
import { type Group, type Intersection, nodesOf, type Stage } from '../protocol/district.ts';
import type { Grant, Interval, RightOfWay, Timescale } from '../protocol/right.ts';
import { litBy } from '../protocol/stage.ts';
import type { Timing } from '../protocol/timing.ts';
import { clearOf, isCompatible, isEmpty } from './rights.ts';
import { clearanceMs, minGreenMs } from './sequence.ts';

export type GrantRights = Extract<Command, { kind: 'right.grant' }>;

/** At the end of every right: by this much a lamp may turn red late. */
export const LATE_MS = 250;
/** How long a grant may take to be committed and to reach a lamp driver. */
export const COMMIT_MS = 1_000;
/** Pieces in which a stage is granted: fewer commands, or less that is fixed ahead. */
const PIECE_MS = 4_000;
/** How soon who calls can be given green, at best. */
export const AT_ONCE_MS = 300;
/** Between two greens of one group that are not one. */
const APART_MS = 100;

export interface Outlook {
  readonly state: State;
  readonly timing: Timing;
  /** The instant, on the newest timescale. */
  readonly nowMs: number;
  /** Until when, on it, nodes are known to have been in this group. */
  readonly present: Readonly<Record<string, number>>;
  /** Nodes in the view: others are not given what they could not use. */
  readonly here: readonly string[];
}

/** How far ahead of now rights reach, at least. */
export const aheadMs = (intersection: Intersection, timing: Timing): number =>
  timing.heartbeatTimeoutMs + 2 * timing.electionTimeoutMs + clearanceMs(intersection);

/** From the end of a group's green to the end of its right. */
export const tailMs = ({ amberS, redClearanceS }: Group): number =>
  (amberS + redClearanceS) * 1000 + LATE_MS;

export interface Place {
  readonly outlook: Outlook;
  readonly intersection: Intersection;
  readonly scale: Timescale;
  readonly right: RightOfWay | undefined;
  /** No right may end later. */
  readonly limitMs: number;
}

export const isRelated = ({ term, related }: Timescale, other: number): boolean =>
  other === term || related.some((relation) => relation.term === other);

/** The groups of a stage whose holders can use a right. */
export const servedBy = (
  { outlook, intersection }: Pick<Place, 'outlook' | 'intersection'>,
  stage: Stage,
): Group[] => {
  const lit = new Set(litBy(stage));
  return intersection.groups.filter(({ id }) => {
    const holder = intersection.nodes?.[id] ?? '';
    const isEntered = outlook.state.entered?.some(({ node }) => node === holder);
    return lit.has(id) && isEntered && outlook.here.includes(holder);
  });
};

export const lightOf = (stage: Stage, { id }: Group) => ({
  group: id,
  permissive: !stage.green.includes(id),
});

/** The right of a group that goes on, on the newest timescale; not of a green that is over. */
export const goingOn = (
  { right, scale, outlook: { nowMs } }: Place,
  light: Light,
  group: Group,
): Interval | undefined => {
  const own = right?.intervals.findLast(
    ({ group, term, released }) => group === light.group && term === scale.term && !released,
  );
  const isStill =
    own && own.permissive === light.permissive && own.untilMs - tailMs(group) > nowMs + AT_ONCE_MS;
  return isStill && own.untilMs >= (right?.last.greenUntilMs ?? 0) ? own : undefined;
};

/** The right under which a group is green now, and can go on being so. */
const litNow = (
  { right, scale, outlook: { nowMs } }: Place,
  light: Light,
  group: Group,
): Interval | undefined =>
  right?.intervals.find(
    (own) =>
      own.group === light.group &&
      own.term === scale.term &&
      own.permissive === light.permissive &&
      !own.released &&
      own.fromMs <= nowMs &&
      own.untilMs - tailMs(group) > nowMs + AT_ONCE_MS,
  );

/** From when a group could be lit: clear of all that conflicts with it. */
export const clearMs = (place: Place, light: Light): number => {
  const { outlook, intersection, right } = place;
  const isTogether = isCompatible(intersection);
  const others = (right?.intervals ?? []).filter(
    (interval) => !isEmpty(interval) && !isTogether(light, interval),
  );
  return Math.max(outlook.nowMs, ...others.map((interval) => clearOf(outlook.state, interval)));
};

/** From when a group that is not to go on could be lit anew: rights that touch would be one green. */
export const anewMs = ({ outlook, right, scale }: Place, { group }: Light): number => {
  const own = (right?.intervals ?? []).filter((one) => one.group === group && !isEmpty(one));
  // Instants of other timescales say nothing here by themselves.
  const isHere = ({ term }: Interval) => term === scale.term;
  const endOf = (one: Interval) =>
    isHere(one) ? one.untilMs + APART_MS : clearOf(outlook.state, one);
  return Math.max(Number.NEGATIVE_INFINITY, ...own.map(endOf));
};

export type Light = Pick<Grant, 'group' | 'permissive'>;

/** The stage that gives `group` a green that yields to nobody: its own, or one made up for it. */
export const stageFor = ({ stages, groups }: Intersection, group: string): Stage | undefined =>
  stages.find(({ green }) => green.includes(group)) ??
  (groups.some(({ id }) => id === group) ? { id: group, green: [group] } : undefined);

/** How far the green of `groups` can be granted now: a piece, as planned, within the horizon. */
export const endOf = (
  { outlook: { nowMs, timing }, intersection, limitMs }: Place,
  groups: readonly Group[],
  { least, planned }: { least: number; planned: number },
): number => {
  const longestMs = Math.max(0, ...groups.map(tailMs));
  const enoughMs = nowMs + aheadMs(intersection, timing) + PIECE_MS;
  const wanted = Math.max(least, Math.min(planned, enoughMs));
  return Math.min(wanted, limitMs - longestMs);
};

/** A start names its right: no right of these groups may have it that was given up since. */
export const namableMs = (
  { right, scale }: Place,
  lights: readonly { readonly group: Group }[],
  startMs: number,
): number => {
  const isTaken = right?.intervals.some(
    (one) =>
      one.fromMs === startMs &&
      one.term === scale.term &&
      lights.some(({ group }) => group.id === one.group),
  );
  return isTaken ? startMs + APART_MS : startMs;
};

export interface Wanted {
  readonly stage: Stage;
  readonly endMs: (startMs: number) => number;
  readonly groups: readonly Group[];
  readonly fromMs: number;
  /** How long it takes at least until it can begin. */
  readonly soonMs?: number;
  /** A preemption, for whose sake it begins at once. */
  readonly call?: string;
  /** The plan, and a transit vehicle, for whose sake it lasts as long as it does. */
  readonly by?: Pick<RightOfWay['last'], 'plan' | 'call'>;
}

export const grantOf = (
  place: Place,
  { stage, endMs, groups, fromMs, soonMs = COMMIT_MS, call, by = {} }: Wanted,
): GrantRights | undefined => {
  const { outlook, intersection } = place;
  const lights = groups.map((group) => {
    const light = lightOf(stage, group);
    const own = call === undefined ? goingOn(place, light, group) : litNow(place, light, group);
    return { group, light, own, clearMs: Math.max(clearMs(place, light), anewMs(place, light)) };
  });
  const starting = lights.filter(({ own }) => !own);
  const soonestMs = Math.max(
    fromMs,
    outlook.nowMs + soonMs,
    ...starting.map(({ clearMs: clear }) => clear),
  );
  const startMs = namableMs(place, starting, soonestMs);
  const redAmberMs = Math.max(0, ...starting.map(({ group }) => (group.redAmberS ?? 0) * 1000));
  const greenMs = startMs + redAmberMs;
  const least = greenMs + minGreenMs(intersection, { ...stage }) + LATE_MS;
  const plannedMs = Math.max(least, endMs(greenMs));
  const greenUntilMs = endOf(place, groups, { least, planned: plannedMs });
  if (greenUntilMs < least) return undefined;
  const words = { ...by, ...(call !== undefined && { call }) };
  const grants = lights.map(({ group, light, own }) => ({
    ...light,
    fromMs: own?.fromMs ?? startMs,
    untilMs: greenUntilMs + tailMs(group),
    ...(words.call !== undefined && { call: words.call }),
  }));
  const last = { stage: stage.id, fromMs: startMs, greenUntilMs, plannedMs, ...words };
  return commandOf(place, last, grants);
};

export const commandOf = (
  { outlook: { nowMs, present }, intersection, scale }: Place,
  last: GrantRights['last'],
  grants: Grant[],
): GrantRights => ({
  kind: 'right.grant',
  intersection: intersection.id,
  term: scale.term,
  nowMs,
  present: nodesOf(intersection).flatMap((node) => {
    const sinceMs = present[node];
    return sinceMs === undefined ? [] : [{ node, sinceMs }];
  }),
  last,
  grants,
});
