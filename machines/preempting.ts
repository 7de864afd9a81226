/**
 * Which preemptions of the district stand at one shared intersection. Pure neighbour of `holder.ts`
 * and `schedule.ts`.
 *
 * A call lasts by the clock of the node that hears it, so that neither the group's time nor its
 * leader matters; one that hears of it late, or once more after a start, counts anew.
 */
import type { Command, Preemption, State } from '../protocol/command.ts';
import type { Intersection } from '../protocol/district.ts';
import { at } from './map.ts';
import { clearOf, isCompatible, rightOf } from './rights.ts';

/** When each preemption of the state was heard of, by its id, on our clock. */
export type Heard = Readonly<Record<string, number>>;

/** Those that stand in `state`, each heard when it first was, or just now: one that is called
 *  once more begins anew. */
export const heardIn = (
  { preemptions = [] }: State,
  before: Heard,
  { now, command }: { readonly now: number; readonly command?: Command },
): Heard => {
  if (preemptions.length === 0 && Object.keys(before).length === 0) return before;
  const anew = command?.kind === 'preempt.call' ? command.id : null;
  const heardMs = (id: string) => (id === anew ? now : (at(before, id) ?? now));
  return Object.fromEntries(preemptions.map(({ id }) => [id, heardMs(id)]));
};

export interface Called {
  readonly id: string;
  readonly group: string;
  /** Since when the call stands, on our clock. */
  readonly sinceMs: number;
}

/** Who has to be given green at `intersection`: an input of a cabinet, or whoever came first. */
export const calledAt = (
  { preemptions = [] }: State,
  heard: Heard,
  { intersection, now }: { readonly intersection: string; readonly now: number },
): Called | undefined => {
  const here = preemptions.filter((call) => call.intersection === intersection);
  const inOrder = [...here.filter(({ isLocal }) => isLocal), ...here.filter((one) => !one.isLocal)];
  for (const call of inOrder) {
    const { fromMs, untilMs } = spanOf(call, at(heard, call.id) ?? now);
    if (fromMs <= now && now < untilMs) return { id: call.id, group: call.group, sinceMs: fromMs };
  }
  return undefined;
};

const spanOf = ({ afterS = 0, forS }: Preemption, heardMs: number) => {
  const fromMs = heardMs + afterS * 1000;
  return { fromMs, untilMs: fromMs + forS * 1000 };
};

/**
 * The holders of greens in the way of who calls that have given up nothing until `nowMs` of the newest
 * timescale, sorted: so long as that, and no longer, the leader waits for their word. What they have
 * must run out.
 */
export const waitedFor = (
  state: State,
  intersection: Intersection,
  { id, group, nowMs }: { readonly id: string; readonly group: string; readonly nowMs: number },
): string[] => {
  const isTogether = isCompatible(intersection);
  const kept = (rightOf(state, intersection.id)?.intervals ?? []).filter(
    (interval) =>
      !interval.released &&
      interval.call !== id &&
      clearOf(state, interval) > nowMs &&
      !isTogether(interval, { group, permissive: false }),
  );
  return [...new Set(kept.map(({ node }) => node))].sort();
};

/** The calls at `intersection` that have run out, by their ids. */
export const overAt = (
  { preemptions = [] }: State,
  heard: Heard,
  { intersection, now }: { readonly intersection: string; readonly now: number },
): string[] =>
  preemptions
    .filter((call) => call.intersection === intersection)
    .filter((call) => spanOf(call, at(heard, call.id) ?? now).untilMs <= now)
    .map(({ id }) => id);

/** When the next call at `intersection` begins or runs out. */
export const nextBoundaryMs = (
  { preemptions = [] }: State,
  heard: Heard,
  { intersection, now }: { readonly intersection: string; readonly now: number },
): number | undefined => {
  const instants = preemptions
    .filter((call) => call.intersection === intersection)
    .flatMap((call) => Object.values(spanOf(call, at(heard, call.id) ?? now)))
    .filter((instant) => instant > now);
  return instants.length > 0 ? Math.min(...instants) : undefined;
};
