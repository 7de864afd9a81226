/**
 * Checks a sequence on paper, before a lamp follows it: against what is shown now, against itself,
 * and against what other nodes were promised. The real lamps are gated again at every change; this
 * check is there so that a node hears at once, with names and instants, what it planned wrong.
 */
import type { Group } from '../protocol/district.ts';
import type { Lamp } from '../protocol/lamp.ts';
import type { Timeline } from '../protocol/lamp-line.ts';
import { type Claim, claimOf, durationsOf, isGreen, type Shown, type Table } from './gate.ts';
import { countedFrom, greenLeftMs, isOver, TOLERANCE_MS, wantedAt } from './timeline.ts';

/** How far ahead a sequence may reach: what a node that dies leaves behind must end. */
export const HORIZON_MS_MAX = 300_000;

/** A group with what it shows and what it is to show. */
export interface Course {
  readonly group: Group;
  readonly shown: Shown;
  readonly timeline: Timeline | undefined;
  /** Whether the sequence under check commands it. */
  readonly isCommanded: boolean;
}

interface Span {
  readonly lamp: Lamp;
  readonly claim: Claim;
  readonly fromMs: number;
  readonly untilMs: number;
}

const FOLLOWERS: Partial<Record<Lamp, readonly Lamp[]>> = {
  red: ['redAmber', 'green', 'greenPermissive'],
  redAmber: ['green', 'greenPermissive'],
  green: ['greenPermissive', 'amber'],
  greenPermissive: ['green', 'amber'],
  amber: ['red'],
};

/** Why the commanded courses may not be followed; undefined when they may. */
export const checkCourses = (
  table: Table,
  courses: readonly Course[],
  nowMs: number,
): string | undefined => {
  const commanded = courses.filter(({ isCommanded }) => isCommanded);
  for (const { group, timeline = [] } of commanded) {
    const problem = malformation(timeline, nowMs);
    if (problem) return `${group.id}: ${problem}`;
  }
  if (commanded.every(({ timeline }) => isOver(timeline, nowMs))) {
    return `all of it is past (now ${ms(nowMs)})`;
  }
  const planned = courses.map((course) => ({ ...course, spans: spansOf(course, nowMs) }));
  for (const { group, spans, isCommanded } of planned) {
    const problem = isCommanded ? unlawfulSpan(group, spans) : undefined;
    if (problem) return `${group.id}: ${problem}`;
  }
  for (const [k, a] of planned.entries()) {
    for (const b of planned.slice(0, k)) {
      if (!a.isCommanded && !b.isCommanded) continue;
      const problem = meeting(table, [b, a], nowMs) ?? meeting(table, [a, b], nowMs);
      if (problem) return problem;
    }
  }
  return undefined;
};

const ms = (instant: number): string => `${Math.round(instant)} ms`;
const during = ({ fromMs, untilMs }: Span): string =>
  Number.isFinite(fromMs) ? `from ${ms(fromMs)} to ${ms(untilMs)}` : `until ${ms(untilMs)}`;

const malformation = (timeline: Timeline, nowMs: number): string | undefined => {
  let fromMs = Number.NEGATIVE_INFINITY;
  for (const { lamp, untilMs } of timeline) {
    if (!FOLLOWERS[lamp]) return `${lamp} is not for a sequence`;
    if (!Number.isFinite(untilMs)) return `${lamp} until ${untilMs}`;
    if (untilMs < fromMs) return `${lamp} until ${ms(untilMs)} follows what ends ${ms(fromMs)}`;
    fromMs = untilMs;
  }
  if (timeline.at(-1)?.lamp !== 'red') return 'does not end in red';
  if (fromMs > nowMs + HORIZON_MS_MAX) {
    return `ends ${ms(fromMs)}, more than ${ms(HORIZON_MS_MAX)} after now (${ms(nowMs)})`;
  }
  return undefined;
};

/** What a group has shown and is to show, as the clock stands, without a gap. */
const spansOf = ({ group, shown, timeline }: Course, nowMs: number): Span[] => {
  const spans = pastOf(shown, nowMs);
  const add = (lamp: Lamp, fromMs: number, untilMs: number) => {
    const last = spans.at(-1);
    if (last?.lamp === lamp) spans[spans.length - 1] = { ...last, untilMs };
    else if (untilMs > fromMs) {
      spans.push({ lamp, claim: claimOf(lamp, last?.claim), fromMs, untilMs });
    }
  };
  const missedUntilMs = shown.claim === 'none' ? missedUntil(group, timeline, nowMs) : nowMs;
  const wanted = wantedAt(timeline, nowMs);
  let fromMs = nowMs;
  for (const { lamp, untilMs } of timeline ?? []) {
    if (untilMs <= nowMs) continue;
    const isJoined = fromMs === nowMs && lamp === wanted.lamp && shown.claim === 'none';
    const startMs = isJoined ? countedFrom(wanted.fromMs, nowMs) : fromMs;
    if (untilMs <= missedUntilMs) add('red', fromMs, untilMs);
    else add(lamp, startMs, untilMs);
    fromMs = untilMs;
  }
  return spans;
};

const pastOf = (shown: Shown, nowMs: number): Span[] => {
  const { lamp, claim, dueMs, greenSinceMs, ended } = shown;
  if (FOLLOWERS[lamp] && claim !== 'none') {
    return [{ lamp, claim, fromMs: isGreen(lamp) ? greenSinceMs : dueMs, untilMs: nowMs }];
  }
  // Before leaving flashing comes red of start-up, which the lamps see to.
  const redFromMs = lamp === 'red' ? dueMs : nowMs;
  const lit: Span = {
    lamp: 'amber',
    claim: lamp === 'red' ? ended : 'none',
    fromMs: Number.NEGATIVE_INFINITY,
    untilMs: redFromMs,
  };
  return [lit, { lamp: 'red', claim: 'none', fromMs: redFromMs, untilMs: nowMs }];
};

/** A group at red that comes too late for what its timeline lights now waits until that is over. */
const missedUntil = (group: Group, timeline: Timeline | undefined, nowMs: number): number => {
  const wanted = wantedAt(timeline, nowMs);
  if (wanted.lamp === 'red') return nowMs;
  const enough = durationsOf(group).minGreenMs - TOLERANCE_MS;
  if (wanted.lamp !== 'amber' && greenLeftMs(wanted, nowMs) >= enough) return nowMs;
  const isNext = ({ lamp, untilMs }: Timeline[number]) => untilMs > nowMs && lamp === 'red';
  const next = timeline?.findIndex(isNext) ?? 0;
  return timeline?.[next - 1]?.untilMs ?? nowMs;
};

const unlawfulSpan = (group: Group, spans: readonly Span[]): string | undefined => {
  const { minGreenMs, amberMs } = durationsOf(group);
  let greenFromMs = spans[0]?.fromMs ?? 0;
  for (const [k, span] of spans.entries()) {
    const next = spans[k + 1];
    if (next && !FOLLOWERS[span.lamp]?.includes(next.lamp)) {
      return `${next.lamp} ${during(next)} cannot follow ${span.lamp} ${during(span)}`;
    }
    if (span.lamp === 'amber' && span.untilMs - span.fromMs < amberMs - TOLERANCE_MS) {
      return `amber ${during(span)} is less than its ${ms(amberMs)}`;
    }
    if (!isGreen(span.lamp)) continue;
    if (!isGreen(spans[k - 1]?.lamp ?? 'red')) greenFromMs = span.fromMs;
    if (next?.lamp === 'amber' && span.untilMs - greenFromMs < minGreenMs - TOLERANCE_MS) {
      return `green ${during({ ...span, fromMs: greenFromMs })} is less than its minimum of ${ms(minGreenMs)}`;
    }
  }
  return undefined;
};

type Planned = Course & { readonly spans: readonly Span[] };

/** Where `a`, lit or just ended, meets `b`, lit. */
const meeting = (
  table: Table,
  [a, b]: readonly [Planned, Planned],
  nowMs: number,
): string | undefined => {
  const [first, second] = [a.group.id, b.group.id];
  for (const [k, mine] of a.spans.entries()) {
    if (mine.claim === 'none') continue;
    const hasEnded = a.spans[k + 1]?.claim === 'none';
    const clearMs = mine.untilMs + (hasEnded ? durationsOf(a.group).redClearanceMs : 0);
    for (const other of b.spans) {
      const fromMs = Math.max(mine.fromMs, other.fromMs, nowMs);
      const untilMs = Math.min(clearMs, other.untilMs);
      if (untilMs - fromMs <= TOLERANCE_MS) continue;
      const pair = [
        { group: first, claim: mine.claim },
        { group: second, claim: other.claim },
      ] as const;
      if (!table.clash(...pair)) continue;
      return fromMs >= mine.untilMs
        ? `${second}: ${other.lamp} ${during(other)} comes within the red clearance of ${first}, which ends ${ms(clearMs)}`
        : `${second}: ${other.lamp} ${during(other)} conflicts with ${first}: ${mine.lamp} ${during(mine)}`;
    }
  }
  return undefined;
};
