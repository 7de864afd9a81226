/**
 * Operators who want to hear what the lamps of an intersection follow, and what they are told.
 * Pure neighbour of `phases.ts` and `witness.ts`: of every intersection one of the two speaks.
 *
 * They are told for as long as they said, so that one who is gone costs nothing for long.
 */
import type { Intersection } from '../protocol/district.ts';
import type { Emitted, FactAs, HeardAs, Message, Only } from '../protocol/event.ts';

/** Operators who are told of changes at one time; beyond, the oldest is told no more. */
const WATCHERS_MAX = 8;

export interface Watcher {
  readonly host: string;
  readonly port: number;
  readonly untilMs: number;
}

export type Tell = Only<Message, 'phases.tell'>;

/** Who asks, as of now. */
export const watcherOf = ({ reply, forMs, at }: HeardAs<'phases.ask'>): Watcher => ({
  ...reply,
  untilMs: at + forMs,
});

/** All who are to be told from `at` on, when `watcher` asks. */
export const withWatcher = (
  watchers: readonly Watcher[],
  watcher: Watcher,
  at: number,
): Watcher[] => {
  const others = watchers.filter(
    ({ host, port, untilMs }) => untilMs > at && !(host === watcher.host && port === watcher.port),
  );
  return [...others, watcher].slice(-WATCHERS_MAX);
};

/** The words for everybody who still wants to hear them. */
export const tellsTo = (
  watchers: readonly Watcher[],
  at: number,
  words: Omit<Tell, 'type'>,
): Emitted[] =>
  watchers
    .filter(({ untilMs }) => at <= untilMs)
    .map(({ host, port }) => ({
      type: 'wire.send',
      to: { host, port },
      message: { type: 'phases.tell', ...words },
    }));

/** What an event of the log asks of this intersection, to be told once it is taken; null, if nothing. */
export const takenWords = (
  { command }: FactAs<'replica.committed'>,
  { id }: Intersection,
): Pick<Tell, 'plan' | 'call'> | null => {
  if (command.kind === 'plan.adopt') {
    const isHere = command.plan.intersections.some((one) => one.id === id);
    return isHere ? { plan: command.plan.id } : null;
  }
  if (command.kind !== 'preempt.call' && command.kind !== 'priority.call') return null;
  return command.intersection === id ? { call: command.id } : null;
};
