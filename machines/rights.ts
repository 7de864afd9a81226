/**
 * Decides about rights of way, from the replicated state alone: pure neighbour of
 * `district-state.ts`. A right is an interval on a timescale, inside which a group of a shared
 * intersection may be lit: green, amber, red clearance and all.
 *
 * Why two conflicting groups are never lit together. Let `a` and `b` be rights of conflicting groups
 * of one intersection, both committed, and `b` the one that was committed later.
 * - A holder lights its group only between its own estimates of `fromMs` and `untilMs`, and only
 *   while that estimate is within `clockBoundMs` of the timescale. So on the ideal clock of the
 *   timescale, `a` is dark `clockBoundMs` after its end, and `b` is dark until as much before its
 *   start. They stand apart by both bounds.
 * - Timescales are the clocks of leaders, which drift. A leader that opens one says how far it may be
 *   from one before; bounds add up along the chain and grow with drift. Where nothing is known, it is
 *   the horizon that counts: what is in the log was proposed before the timescale was opened, and
 *   ends within the horizon of its proposal.
 * - A right is final: it may be extended, or its holder gives up its rest; nobody else can take
 *   it. So whatever a cut-off, paused or late holder believes about its own rights is true. What it
 *   gave up in a former life it knows again from the log: a release counts only while `entered` has
 *   this life of the holder, and a holder is red until it has seen its own entry.
 * - A release names its right by `fromMs`, and what was given up is never extended, so that one that
 *   comes twice does nothing.
 * - Two groups of one district never both serve an intersection: a grant needs most of the nodes of
 *   the intersection, each known to have been in this group within the horizon before the grant's
 *   end; and a node that comes to another group is not counted there for a horizon.
 */
import { conflictsOf } from '../protocol/check-district.ts';
import type { Command, State } from '../protocol/command.ts';
import { type Intersection, isShared, nodesOf } from '../protocol/district.ts';
import type { Entered, Grant, Interval, RightOfWay, Timescale } from '../protocol/right.ts';
import type { Timing } from '../protocol/timing.ts';

type Open = Extract<Command, { kind: 'timescale.open' }>;
type Enter = Extract<Command, { kind: 'right.enter' }>;
type GrantRights = Extract<Command, { kind: 'right.grant' }>;
type Release = Extract<Command, { kind: 'right.release' }>;

/** What clocks may be apart after `ms`, each gaining or losing `driftPpm`. */
export const driftMs = (ms: number, driftPpm: number): number =>
  (Math.abs(ms) * 2 * driftPpm) / 1e6;

/** The timescale on which rights are granted: the last that was opened. */
export const newestOf = ({ timescales = [] }: State): Timescale | undefined => timescales.at(-1);

/** The node that commands a group. */
const holderOf = (intersection: Intersection | undefined, group: string): string =>
  intersection?.nodes?.[group] ?? '';

const intersectionOf = ({ members }: State, id: string): Intersection | undefined =>
  members.find(({ intersection }) => intersection?.id === id)?.intersection;

export const rightOf = ({ rights = [] }: State, id: string): RightOfWay | undefined =>
  rights.find(({ intersection }) => intersection === id);

/** The earliest instant of the newest timescale that stands apart from `interval`. */
export const clearOf = (state: State, interval: Pick<Interval, 'term' | 'untilMs'>): number => {
  const newest = newestOf(state);
  const own = state.timescales?.find(({ term }) => term === interval.term);
  if (!newest || !own) return Number.POSITIVE_INFINITY;
  const boundsMs = newest.clockBoundMs + own.clockBoundMs;
  if (own === newest) return interval.untilMs + boundsMs;
  const { startMs } = newest;
  const driftPpm = Math.max(newest.driftPpm, own.driftPpm);
  const relation = newest.related.find(({ term }) => term === own.term);
  if (!relation) return startMs + longestMs(own.horizonMs, driftPpm) + boundsMs;
  const clearMs = interval.untilMs + boundsMs + relation.boundMs;
  return clearMs <= startMs ? startMs : startMs + (clearMs - startMs) / (1 - (2 * driftPpm) / 1e6);
};

/** What a clock may show while another shows `ms`: (1 + δ) / (1 − δ) ≤ 1 + 3 δ, for δ up to 1/3. */
const longestMs = (ms: number, driftPpm: number): number => ms + driftMs(ms, 1.5 * driftPpm);

/**
 * How long a node that comes to a group waits, by its own clock, before it is counted there: what
 * was granted elsewhere, when it was last known there, has run out by then, and its lamps are dark.
 */
export const settlingMs = (
  timing: Pick<Timing, 'rightHorizonMs' | 'clockBoundMsMax' | 'clockDriftPpmMax'>,
): number => longestMs(timing.rightHorizonMs + timing.clockBoundMsMax, timing.clockDriftPpmMax);

/** A right of which nothing is left: it was given up before it began. */
export const isEmpty = ({ fromMs, untilMs }: Pick<Interval, 'fromMs' | 'untilMs'>): boolean =>
  untilMs <= fromMs;

/** Whether two rights may stand together: their groups do not conflict, as each is lit. */
export const isCompatible = (
  intersection: Pick<Intersection, 'groups' | 'conflicts' | 'yields'>,
): ((a: Light, b: Light) => boolean) => {
  const table = conflictsOf(intersection);
  const known = new Set(intersection.groups.map(({ id }) => id));
  return (a, b) =>
    a.group === b.group ||
    (known.has(a.group) &&
      known.has(b.group) &&
      table.allows(a.group, a.permissive, b.group, b.permissive));
};
type Light = Pick<Grant, 'group' | 'permissive'>;

export const openProblems = (state: State, opening: Open): string[] => {
  const { term, to } = opening;
  const newest = newestOf(state);
  const problems: string[] = [];
  const { timing } = state.contract ?? {};
  // A leader that has not heard of the change yet asks again when it has.
  const isInForce =
    !timing ||
    (opening.horizonMs === timing.rightHorizonMs &&
      opening.clockBoundMs === timing.clockBoundMsMax &&
      opening.driftPpm === timing.clockDriftPpmMax);
  if (!isInForce) problems.push('horizon, bound and drift are not those of the contract in force');
  if (newest && term <= newest.term) problems.push(`timescale ${newest.term} is newer`);
  if (to && !state.timescales?.some((known) => known.term === to.term)) {
    problems.push(`no timescale ${to.term}`);
  }
  return problems;
};

export const open = (state: State, { kind: _, to, ...opened }: Open): State => {
  const named = new Set(state.rights?.flatMap(({ intervals }) => intervals.map((i) => i.term)));
  const older = (state.timescales ?? []).filter((known) => named.has(known.term));
  const base = state.timescales?.find(({ term }) => term === to?.term);
  const related = older.flatMap(({ term }) => {
    if (!to || !base) return [];
    if (term === to.term) return [to];
    const before = base.related.find((relation) => relation.term === term);
    if (!before) return [];
    const driftPpm = Math.max(opened.driftPpm, base.driftPpm);
    const grownMs = driftMs(opened.startMs - base.startMs, driftPpm);
    return [{ term, boundMs: to.boundMs + before.boundMs + grownMs }];
  });
  return { ...state, timescales: [...older, { ...opened, related }] };
};

export const enterProblems = (state: State, { node, incarnation }: Enter): string[] => {
  const intersection = state.members.find((member) => member.node === node)?.intersection;
  const known = state.entered?.find((entered) => entered.node === node);
  if (!intersection || !isShared(intersection)) return [`${node} shares no intersection`];
  if (known && known.incarnation > incarnation) {
    return [`${node} has entered in a later life (${known.incarnation})`];
  }
  return [];
};

export const enter = (state: State, { node, incarnation }: Enter): State => {
  const others = (state.entered ?? []).filter((entered) => entered.node !== node);
  const entered = [...others, { node, incarnation }];
  return { ...state, entered: entered.sort((a, b) => (a.node < b.node ? -1 : 1)) };
};

export const grantProblems = (state: State, command: GrantRights): string[] => {
  const { term, nowMs, grants } = command;
  const newest = newestOf(state);
  const intersection = intersectionOf(state, command.intersection);
  if (!intersection || !isShared(intersection)) {
    return [`no shared intersection ${command.intersection}`];
  }
  if (term !== newest?.term) return [`timescale ${term} is not the newest`];
  if (nowMs < newest.startMs) return [`is of ${nowMs} ms, before its timescale was opened`];
  const problems: string[] = [];
  const endMs = Math.max(...grants.map(({ untilMs }) => untilMs));
  const nodes = nodesOf(intersection);
  const reached = presentUntilMs(state, command, nodes) + newest.horizonMs;
  if (endMs > reached) {
    problems.push(`${endMs} ms is later than most of ${nodes.join(', ')} are known to be here for`);
  }
  for (const grant of grants)
    problems.push(...oneProblems(state, command, { intersection, grant }));
  const isTogether = isCompatible(intersection);
  for (const [k, a] of grants.entries()) {
    for (const b of grants.slice(0, k)) {
      if (a.group === b.group) problems.push(`${a.group} is granted twice`);
      else if (!isTogether(a, b) && !areApart(a, b, 2 * newest.clockBoundMs)) {
        problems.push(`${a.group} and ${b.group} conflict`);
      }
    }
  }
  return problems;
};

/** Until when, at least, most of the nodes of an intersection were in this group. */
const presentUntilMs = (state: State, { present, nowMs }: GrantRights, nodes: string[]): number => {
  const since = nodes.map((node) => {
    const isHere =
      state.entered?.some((entered) => entered.node === node) &&
      state.members.some((member) => member.node === node);
    const at = present.find((known) => known.node === node)?.sinceMs;
    return isHere && at !== undefined ? Math.min(at, nowMs) : Number.NEGATIVE_INFINITY;
  });
  return since.sort((a, b) => b - a)[Math.floor(nodes.length / 2)] ?? Number.NEGATIVE_INFINITY;
};

type Span = Pick<Grant, 'fromMs' | 'untilMs'>;
const areApart = (a: Span, b: Span, gapMs: number): boolean =>
  a.fromMs >= b.untilMs + gapMs || b.fromMs >= a.untilMs + gapMs;

const oneProblems = (
  state: State,
  { term, nowMs }: GrantRights,
  { intersection, grant }: { intersection: Intersection; grant: Grant },
): string[] => {
  const { group, fromMs, untilMs } = grant;
  if (!intersection.groups.some(({ id }) => id === group)) return [`no group ${group}`];
  const problems: string[] = [];
  const intervals = rightOf(state, intersection.id)?.intervals ?? [];
  const own = intervals.filter((known) => known.group === group && known.term === term);
  const extended = own.find((known) => known.fromMs === fromMs);
  if (untilMs <= fromMs) problems.push(`${group}: ends before it begins`);
  if (extended) {
    if (extended.released) problems.push(`${group}: was given up`);
    if (extended.node !== holderOf(intersection, group)) {
      problems.push(`${group}: is ${extended.node}'s`);
    }
    // Or it would reach over rights of others that came and went since.
    if (extended.untilMs < nowMs) problems.push(`${group}: has ended`);
    if (untilMs < extended.untilMs) problems.push(`${group}: would be shortened`);
    if (grant.permissive !== extended.permissive) problems.push(`${group}: would be lit otherwise`);
  } else {
    if (fromMs < nowMs) problems.push(`${group}: begins before it is granted`);
    const others = own.filter((known) => !isEmpty(known));
    if (others.some((known) => fromMs < known.untilMs && known.fromMs < untilMs)) {
      problems.push(`${group}: overlaps another of its rights`);
    }
  }
  const isTogether = isCompatible(intersection);
  const gapMs = 2 * (newestOf(state)?.clockBoundMs ?? 0);
  for (const other of intervals) {
    if (isEmpty(other) || isTogether(grant, other)) continue;
    const isApart = other.term === term && areApart(grant, other, gapMs);
    if (!isApart && fromMs < clearOf(state, other)) {
      problems.push(`${group}: is too close to the right of ${other.group}`);
    }
  }
  return problems;
};

export const grant = (state: State, command: GrantRights): State => {
  const { intersection, term, nowMs, grants, last } = command;
  const fromMs = new Set(grants.map((one) => `${one.group} ${one.fromMs}`));
  const before = (rightOf(state, intersection)?.intervals ?? []).filter(
    (known) =>
      clearOf(state, known) > nowMs &&
      !(known.term === term && fromMs.has(`${known.group} ${known.fromMs}`)),
  );
  const served = intersectionOf(state, intersection);
  const added = grants.map((one) => {
    const node = holderOf(served, one.group);
    return { ...one, node, term, released: false };
  });
  const intervals = [...before, ...added].sort(inOrder);
  const right = { intersection, last: { ...last, term }, intervals };
  return { ...state, rights: replaced(state, right) };
};

const inOrder = (a: Interval, b: Interval): number =>
  a.term - b.term || a.fromMs - b.fromMs || (a.group < b.group ? -1 : 1);

const replaced = ({ rights = [] }: State, right: RightOfWay): RightOfWay[] =>
  [...rights.filter(({ intersection }) => intersection !== right.intersection), right].sort(
    (a, b) => (a.intersection < b.intersection ? -1 : 1),
  );

export const releaseProblems = (state: State, command: Release): string[] => {
  const { node, incarnation, group } = command;
  const life = state.entered?.find((entered) => entered.node === node)?.incarnation;
  if (life !== incarnation) return [`${node} has not entered in this life`];
  const intervals = rightOf(state, command.intersection)?.intervals;
  const named = intervals?.find((known) => isNamed(known, command));
  const holder = named?.node ?? holderOf(intersectionOf(state, command.intersection), group);
  return holder === node ? [] : [`${group} is not ${node}'s`];
};

const isNamed = (known: Interval, { group, term, fromMs }: Release): boolean =>
  known.group === group && known.term === term && known.fromMs === fromMs;

export const release = (state: State, command: Release): State => {
  const right = rightOf(state, command.intersection);
  if (!right) return state;
  const intervals = right.intervals.map((known) =>
    isNamed(known, command)
      ? { ...known, released: true, untilMs: cut(known, command.untilMs) }
      : known,
  );
  return { ...state, rights: replaced(state, { ...right, intervals }) };
};

const cut = ({ fromMs, untilMs }: Interval, atMs: number): number =>
  Math.max(fromMs, Math.min(untilMs, atMs));

/** The lives that are up, without a node that was dismissed. One that holds rights is remembered:
 *  otherwise an earlier life of it could enter again, and give up what the later one uses. */
export const leave = ({ entered, rights }: State, gone: string): Entered[] | undefined => {
  const isHolder = rights?.some(({ intervals }) => intervals.some(({ node }) => node === gone));
  return isHolder ? entered : entered?.filter(({ node }) => node !== gone);
};
