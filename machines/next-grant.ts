/**
 * Says what the leader grants next at a shared intersection: more of the stage that is green, or
 * the stage after it. Pure neighbour of `schedule.ts`.
 *
 * What is granted always reaches at least as far ahead as a failed leader may be missed: T_hb and
 * two elections, and the change to all red after it. So lights go on while a leader is elected. It
 * never reaches beyond the horizon counted from when most nodes of the intersection were last known
 * to be here; so a stage is granted piece by piece.
 */
import { litBy } from '../protocol/check-district.ts';
import type { Command, State } from '../protocol/command.ts';
import { type Group, type Intersection, nodesOf, type Stage } from '../protocol/district.ts';
import type { Grant, Interval, RightOfWay, Timescale } from '../protocol/right.ts';
import type { Timing } from '../protocol/timing.ts';
import { clearOf, isCompatible, newestOf, rightOf } from './rights.ts';
import { clearanceMs, minGreenMs } from './sequence.ts';
import { greenAfter } from './turn-of-stage.ts';

type GrantRights = Extract<Command, { kind: 'right.grant' }>;

/** At the end of every right: by this much a lamp may turn red late. */
export const LATE_MS = 250;
/** How long a grant may take to be committed and to reach a lamp driver. */
const COMMIT_MS = 1_000;
/** Pieces in which a stage is granted: fewer commands, or less that is fixed ahead. */
const PIECE_MS = 4_000;

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

/** The next grant at `intersection`; undefined when enough is granted, or nothing can be. */
export const nextGrant = (
  outlook: Outlook,
  intersection: Intersection,
): GrantRights | undefined => {
  const scale = newestOf(outlook.state);
  if (!scale || outlook.nowMs < scale.startMs) return undefined;
  const right = rightOf(outlook.state, intersection.id);
  const place: Place = {
    outlook,
    intersection,
    scale,
    right,
    limitMs: limitOf(outlook, intersection),
  };
  const isRunning =
    right !== undefined &&
    isRelated(scale, right.last.term) &&
    right.last.greenUntilMs > outlook.nowMs;
  if (!isRunning) return stageFrom(place, outlook.nowMs);
  const { last } = right;
  if (last.greenUntilMs >= outlook.nowMs + aheadMs(intersection, outlook.timing)) return undefined;
  const more = last.greenUntilMs < last.plannedMs ? goingOnOf(place, last) : [];
  return more.length > 0 ? moreOf(place, last, more) : stageFrom(place, last.greenUntilMs);
};

interface Place {
  readonly outlook: Outlook;
  readonly intersection: Intersection;
  readonly scale: Timescale;
  readonly right: RightOfWay | undefined;
  /** No right may end later. */
  readonly limitMs: number;
}

const isRelated = ({ term, related }: Timescale, other: number): boolean =>
  other === term || related.some((relation) => relation.term === other);

const limitOf = ({ state, present }: Outlook, intersection: Intersection): number => {
  const since = nodesOf(intersection).map((node) => {
    const isEntered = state.entered?.some((entered) => entered.node === node);
    return isEntered ? (present[node] ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  });
  const most = since.sort((a, b) => b - a)[Math.floor(since.length / 2)];
  return (most ?? Number.NEGATIVE_INFINITY) + (newestOf(state)?.horizonMs ?? 0);
};

/** The groups of a stage whose holders can use a right. */
const servedBy = ({ outlook, intersection }: Place, stage: Stage): Group[] => {
  const lit = new Set(litBy(stage));
  return intersection.groups.filter(({ id }) => {
    const holder = intersection.nodes?.[id] ?? '';
    const isEntered = outlook.state.entered?.some(({ node }) => node === holder);
    return lit.has(id) && isEntered && outlook.here.includes(holder);
  });
};

const lightOf = (stage: Stage, { id }: Group) => ({
  group: id,
  permissive: !stage.green.includes(id),
});

/** The right of a group that goes on, on the newest timescale. */
const goingOn = (
  { right, scale }: Place,
  light: Pick<Grant, 'group' | 'permissive'>,
): Interval | undefined => {
  const own = right?.intervals.findLast(
    ({ group, term }) => group === light.group && term === scale.term,
  );
  const isStill = own && !own.released && own.permissive === light.permissive;
  return isStill && own.untilMs >= (right?.last.greenUntilMs ?? 0) ? own : undefined;
};

/** From when a group could be lit: clear of all that conflicts with it. */
const clearMs = (
  { outlook, intersection, right }: Place,
  light: Pick<Grant, 'group' | 'permissive'>,
): number => {
  const isTogether = isCompatible(intersection);
  const others = (right?.intervals ?? []).filter((interval) => !isTogether(light, interval));
  return Math.max(outlook.nowMs, ...others.map((interval) => clearOf(outlook.state, interval)));
};

interface Going {
  readonly group: Group;
  readonly light: Pick<Grant, 'group' | 'permissive'>;
  readonly fromMs: number;
}

/** The groups whose green of the last stage can go on. */
const goingOnOf = (place: Place, last: RightOfWay['last']): Going[] => {
  const stage = place.intersection.stages.find(({ id }) => id === last.stage);
  if (!stage) return [];
  return servedBy(place, stage).flatMap((group) => {
    const light = lightOf(stage, group);
    const own = goingOn(place, light);
    if (own) return [{ group, light, fromMs: own.fromMs }];
    const isLit = place.right?.intervals.some(
      (known) => known.group === group.id && !known.released && known.untilMs >= last.greenUntilMs,
    );
    // On a newer timescale the green that goes on is a right of its own, which overlaps the old.
    const fromMs = Math.max(last.fromMs, clearMs(place, light));
    return isLit && fromMs < last.greenUntilMs ? [{ group, light, fromMs }] : [];
  });
};

/** More of the stage that is green. */
const moreOf = (
  place: Place,
  last: RightOfWay['last'],
  going: readonly Going[],
): GrantRights | undefined => {
  const groups = going.map(({ group }) => group);
  const greenUntilMs = endOf(place, groups, { least: last.greenUntilMs, planned: last.plannedMs });
  if (greenUntilMs <= last.greenUntilMs) return undefined;
  const grants = going.map(({ group, light, fromMs }) => ({
    ...light,
    fromMs,
    untilMs: greenUntilMs + tailMs(group),
  }));
  return commandOf(place, { ...last, greenUntilMs }, grants);
};

/** How far the green of `groups` can be granted now: a piece, as planned, within the horizon. */
const endOf = (
  { outlook: { nowMs, timing }, intersection, limitMs }: Place,
  groups: readonly Group[],
  { least, planned }: { least: number; planned: number },
): number => {
  const longestMs = Math.max(0, ...groups.map(tailMs));
  const enoughMs = nowMs + aheadMs(intersection, timing) + PIECE_MS;
  const wanted = Math.max(least, Math.min(planned, enoughMs));
  return Math.min(wanted, limitMs - longestMs);
};

/** The next stage that somebody can show, as soon as it can begin, from `fromMs` on. */
const stageFrom = (place: Place, fromMs: number): GrantRights | undefined => {
  const { outlook, intersection, right } = place;
  const { plan } = outlook.state;
  let after = right?.last.stage ?? null;
  for (let k = 0; k < intersection.stages.length; k += 1) {
    const turn = greenAfter(intersection, plan ?? null, after);
    const groups = servedBy(place, turn.stage);
    if (groups.length > 0) return grantOf(place, { ...turn, groups, fromMs });
    after = turn.stage.id;
  }
  return undefined;
};

interface Wanted {
  readonly stage: Stage;
  readonly endMs: (startMs: number) => number;
  readonly groups: readonly Group[];
  readonly fromMs: number;
}

const grantOf = (
  place: Place,
  { stage, endMs, groups, fromMs }: Wanted,
): GrantRights | undefined => {
  const { outlook, intersection } = place;
  const soonMs = outlook.nowMs + COMMIT_MS;
  const lights = groups.map((group) => {
    const light = lightOf(stage, group);
    return { group, light, own: goingOn(place, light), clearMs: clearMs(place, light) };
  });
  const starting = lights.filter(({ own }) => !own);
  const startMs = Math.max(fromMs, soonMs, ...starting.map(({ clearMs: clear }) => clear));
  const redAmberMs = Math.max(0, ...starting.map(({ group }) => (group.redAmberS ?? 0) * 1000));
  const greenMs = startMs + redAmberMs;
  const least = greenMs + minGreenMs(intersection, { ...stage }) + LATE_MS;
  const plannedMs = Math.max(least, endMs(greenMs));
  const greenUntilMs = endOf(place, groups, { least, planned: plannedMs });
  if (greenUntilMs < least) return undefined;
  const grants = lights.map(({ group, light, own }) => ({
    ...light,
    fromMs: own?.fromMs ?? startMs,
    untilMs: greenUntilMs + tailMs(group),
  }));
  return commandOf(place, { stage: stage.id, fromMs: startMs, greenUntilMs, plannedMs }, grants);
};

const commandOf = (
  { outlook: { nowMs, present }, intersection, scale }: Place,
  { stage, fromMs, greenUntilMs, plannedMs }: GrantRights['last'],
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
  last: { stage, fromMs, greenUntilMs, plannedMs },
  grants,
});
