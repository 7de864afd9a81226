/**
 * Which preemptions of the district stand at one shared intersection. Pure neighbour of `holder.ts`
 * and `schedule.ts`.
 *
 * A call lasts by the clock of the node that hears it, so that neither the group's time nor its
 * leader matters; one that hears of it late, or once more after a start, counts anew.
 */
import type { Preemption, State } from '../protocol/command.ts';
import { at } from './map.ts';

/** When each preemption of the state was heard of, by its id, on our clock. */
export type Heard = Readonly<Record<string, number>>;

/** Those that stand in `state`, each heard when it first was, or just now. */
export const heardIn = ({ preemptions = [] }: State, before: Heard, now: number): Heard =>
  preemptions.length === 0 && Object.keys(before).length === 0
    ? before
    : Object.fromEntries(preemptions.map(({ id }) => [id, at(before, id) ?? now]));

export interface Called {
  readonly id: string;
  readonly group: string;
  /** Since when the call stands, on our clock. */
  readonly sinceMs: number;
}

/** Who has to be given green at `intersection`: of those who call, whoever came first. */
export const calledAt = (
  { preemptions = [] }: State,
  heard: Heard,
  { intersection, now }: { readonly intersection: string; readonly now: number },
): Called | undefined => {
  for (const call of preemptions) {
    if (call.intersection !== intersection) continue;
    const { fromMs, untilMs } = spanOf(call, at(heard, call.id) ?? now);
    if (fromMs <= now && now < untilMs) return { id: call.id, group: call.group, sinceMs: fromMs };
  }
  return undefined;
};

const spanOf = ({ afterS = 0, forS }: Preemption, heardMs: number) => {
  const fromMs = heardMs + afterS * 1000;
  return { fromMs, untilMs: fromMs + forS * 1000 };
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
