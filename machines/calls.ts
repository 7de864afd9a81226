/**
 * The calls for green at one intersection: whose they are, from when until when they stand, and
 * which goes first. Pure neighbour of `phases.ts`.
 *
 * Calls of the district come from the log and last by the clock of the node that hears them, so
 * that neither the group's time nor its leader matters: a node that hears of one late, or once
 * more after a start, counts anew. Inputs of the cabinet (rail, fire) go before all of them and
 * stand as long as the cabinet says, whether the district is there or not. A transit vehicle's
 * call asks for a favour, once; it preempts nobody.
 */
import type { Command, Preemption } from '../protocol/command.ts';
import type { Intersection } from '../protocol/district.ts';
import type { FactAs } from '../protocol/event.ts';

/** Calls kept; beyond, the oldest gives way. */
const CALLS_MAX = 64;

export interface Call {
  readonly id: string;
  readonly kind: 'local' | 'district' | 'transit';
  readonly group: string;
  readonly fromMs: number;
  /** Null: until it is taken back. */
  readonly untilMs: number | null;
  /** For which green (by when it began) a transit vehicle's favour was done. */
  readonly spentMs: number | null;
}

export type CallEvent = FactAs<
  'lamps.input' | 'lamps.lost' | 'replica.committed' | 'replica.restored'
>;

/** The calls after an event; the same array when it changed nothing. */
export const callsAfter = (
  calls: readonly Call[],
  event: CallEvent,
  intersection: Intersection,
): readonly Call[] => {
  switch (event.type) {
    case 'lamps.input':
      return event.input === 'preempt' ? withInput(calls, event, intersection) : calls;
    case 'lamps.lost':
      return without(calls, ({ kind }) => kind === 'local');
    case 'replica.restored':
      return restored(calls, event.state.preemptions ?? [], { intersection, at: event.at });
    case 'replica.committed':
      return commanded(calls, event.command, { intersection, at: event.at });
  }
};

interface Here {
  readonly intersection: Intersection;
  readonly at: number;
}

const without = (calls: readonly Call[], is: (call: Call) => boolean): readonly Call[] =>
  calls.some(is) ? calls.filter((call) => !is(call)) : calls;

const isHere = (
  { intersection, group }: { readonly intersection: string; readonly group: string },
  here: Intersection,
): boolean => intersection === here.id && here.groups.some(({ id }) => id === group);

const withInput = (
  calls: readonly Call[],
  { group, active, at }: FactAs<'lamps.input'>,
  intersection: Intersection,
): readonly Call[] => {
  const id = `local:${group}`;
  const isStanding = calls.some((call) => call.id === id && call.kind === 'local');
  if (isStanding === active || !isHere({ intersection: intersection.id, group }, intersection)) {
    return calls;
  }
  if (!active) return without(calls, (call) => call.id === id && call.kind === 'local');
  const call: Call = { id, kind: 'local', group, fromMs: at, untilMs: null, spentMs: null };
  return sorted([...calls, call]);
};

const commanded = (calls: readonly Call[], command: Command, here: Here): readonly Call[] => {
  switch (command.kind) {
    case 'preempt.call': {
      if (!isHere(command, here.intersection)) return calls;
      const others = without(calls, isDistricts(command.id));
      return sorted([...others, districts(command, here.at)]);
    }
    case 'preempt.clear':
      return without(calls, isDistricts(command.id));
    case 'priority.call': {
      if (!isHere(command, here.intersection)) return calls;
      const { id, group, forS } = command;
      const others = without(calls, (call) => call.kind === 'transit' && call.group === group);
      const [fromMs, untilMs] = [here.at, here.at + forS * 1000];
      return sorted([...others, { id, kind: 'transit', group, fromMs, untilMs, spentMs: null }]);
    }
    default:
      return calls;
  }
};

const isDistricts =
  (id: string) =>
  (call: Call): boolean =>
    call.kind === 'district' && call.id === id;

const districts = ({ id, group, afterS = 0, forS }: Preemption, at: number): Call => {
  const fromMs = at + afterS * 1000;
  return { id, kind: 'district', group, fromMs, untilMs: fromMs + forS * 1000, spentMs: null };
};

/** A snapshot says which calls stand; those that are known go on as they were. */
const restored = (
  calls: readonly Call[],
  preemptions: readonly Preemption[],
  { intersection, at }: Here,
): readonly Call[] => {
  const standing = preemptions.filter((call) => isHere(call, intersection));
  const known = (id: string) => calls.find(isDistricts(id));
  const others = without(calls, ({ kind }) => kind === 'district');
  if (standing.length === 0) return others;
  return sorted([...others, ...standing.map((call) => known(call.id) ?? districts(call, at))]);
};

/** The cabinet's own first; otherwise who came first goes first. */
const sorted = (calls: readonly Call[]): Call[] => {
  const local = calls.filter(({ kind }) => kind === 'local');
  const others = calls.filter(({ kind }) => kind !== 'local');
  return [...local, ...others.slice(-CALLS_MAX)];
};

const stands = ({ fromMs, untilMs }: Call, at: number): boolean =>
  fromMs <= at && (untilMs === null || at < untilMs);

/** The call that has to be obeyed. */
export const urgentCall = (calls: readonly Call[], at: number): Call | undefined =>
  calls.find((call) => call.kind !== 'transit' && stands(call, at));

/** The transit vehicle that is to be favoured. */
export const transitCall = (calls: readonly Call[], at: number): Call | undefined =>
  calls.find((call) => call.kind === 'transit' && stands(call, at));

/** Those that have run out. */
export const overAt = (calls: readonly Call[], at: number): Call[] =>
  calls.filter(({ untilMs }) => untilMs !== null && untilMs <= at);

/** When the next call begins or runs out. */
export const boundaryMs = (calls: readonly Call[], at: number): number | undefined => {
  const instants = calls.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs ?? fromMs]);
  const coming = instants.filter((instant) => instant > at);
  return coming.length > 0 ? Math.min(...coming) : undefined;
};
