/**
 * What is asked of the schedule of shared intersections: by who preempts, by transit vehicles, and by
 * the cabinets of their nodes (`demand.ts`). Pure neighbour of `schedule.ts`.
 *
 * Only who preempts stands in what is agreed. Every node remembers the vehicles, so that the next
 * leader knows of them; of cabinets the leader alone is told, and believes what it was told of late.
 */

import type { Command, State } from '../protocol/command.ts';
import type { Intersection } from '../protocol/district.ts';
import type { FactAs, HeardAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import type { Transit } from './favouring.ts';
import type { Outlook } from './granting.ts';
import { at as known, names, without } from './map.ts';
import { type Caller, canServe } from './next-grant.ts';
import { calledAt, type Heard, overAt } from './preempting.ts';
import { rightOf } from './rights.ts';

/** How long holders may take to give up what is in the way of who calls. In milliseconds. */
const GIVING_UP_MS = 2_000;
/** Vehicles that are waited for; beyond, the oldest is forgotten. */
const TRANSITS_MAX = 64;
/** A transit vehicle on its way; until when, on our clock. */
export interface Vehicle extends Transit {
  readonly intersection: string;
  readonly untilMs: number;
}

/** What a node said of its cabinet last, and when. */
interface Cabinet {
  readonly intersection: string;
  readonly calls: readonly string[];
  readonly isDark: boolean;
  readonly atMs: number;
}

export type Cabinets = Readonly<Record<string, Cabinet>>;

interface Known {
  readonly id: string;
  readonly state: State;
  readonly heard: Heard;
  readonly timing: Timing;
  readonly transits: readonly Vehicle[];
  readonly cabinets: Cabinets;
}

/** What was said of late: whoever has more to say says it again. */
const cabinetsAt = ({ cabinets, timing }: Known, nowMs: number): Cabinets =>
  Object.fromEntries(
    Object.entries(cabinets).filter(([, { atMs }]) => nowMs - atMs <= timing.heartbeatTimeoutMs),
  );

/** The cabinets after a word of this node's own, or of a peer's. */
export const cabinetsAfter = (
  context: Known,
  event: HeardAs<'demand.tell'> | FactAs<'demand.changed'>,
): Cabinets => {
  const { intersection, calls, isDark, at: atMs } = event;
  const node = event.type === 'demand.tell' ? event.from : context.id;
  const others = without(cabinetsAt(context, atMs), node);
  const isAnything = isDark || calls.length > 0;
  return isAnything ? { ...others, [node]: { intersection, calls, isDark, atMs } } : others;
};

/** Whether the lamps of a node cannot be lit. */
export const isDark = (context: Known, node: string, nowMs: number): boolean =>
  known(cabinetsAt(context, nowMs), node)?.isDark === true;

/** The groups for which pedestrians have called, at whichever cabinet. */
export const walksAt = (context: Known, { id }: Intersection, nowMs: number): string[] => {
  const cabinets = cabinetsAt(context, nowMs);
  const calls = names(cabinets).flatMap((node) => {
    const cabinet = known(cabinets, node);
    return cabinet?.intersection === id ? cabinet.calls : [];
  });
  return [...new Set(calls)].sort();
};

export const transitAt = ({ transits }: Known, { id }: Intersection, nowMs: number) =>
  transits.find(({ intersection, untilMs }) => intersection === id && nowMs < untilMs);

/** A vehicle calls, or has had its favour: what was granted for it is followed by another stage. */
export const transitsAfter = (
  { transits, state }: Known,
  { command, at }: FactAs<'replica.committed'>,
): readonly Vehicle[] => {
  if (command.kind === 'priority.call') {
    const { id, intersection, group, forS } = command;
    const others = transits.filter(
      (one) => one.untilMs > at && !(one.intersection === intersection && one.group === group),
    );
    return [...others, { id, intersection, group, untilMs: at + forS * 1000 }].slice(-TRANSITS_MAX);
  }
  if (command.kind !== 'right.grant') return transits;
  const before = rightOf(state, command.intersection)?.last.call;
  const isOver = before !== undefined && command.last.call !== before;
  return isOver ? transits.filter(({ id }) => id !== before) : transits;
};

export const callerAt = (
  { state, heard }: Known,
  { id }: Intersection,
  now: number,
): Caller | undefined => {
  const called = calledAt(state, heard, { intersection: id, now });
  return called && { ...called, isLate: now - called.sinceMs > GIVING_UP_MS };
};

interface Calling {
  readonly intersection: Intersection;
  readonly outlook: Outlook;
  readonly caller: Caller | undefined;
  readonly nowMs: number;
}

/** Takes back the calls that have run out, and one that nobody there can show. */
export const overCalls = (
  { state, heard }: Known,
  { intersection, outlook, caller, nowMs }: Calling,
): [string, Command][] => {
  const over = overAt(state, heard, { intersection: intersection.id, now: nowMs });
  const isVain = caller?.isLate && !canServe(outlook, intersection, caller.group);
  return [...over, ...(caller && isVain ? [caller.id] : [])].map((id) => [
    `call ${id}`,
    { kind: 'preempt.clear', id },
  ]);
};
