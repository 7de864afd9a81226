/**
 * Looks at what a message says of terms and of places in the log: whether it can have come about, as
 * far as one can tell without asking a machine. Who has the key may say anything.
 */
import type { Heard, HeardAs } from '../protocol/event.ts';

type Said = Omit<Heard, 'at' | 'counter'>;

/** What messages say of a log, whichever they are. */
interface LogWords {
  readonly lastTerm?: number;
  readonly prevTerm?: number;
  readonly prevIndex?: number;
  readonly indexTerm?: number;
  readonly index?: number;
  readonly entries?: HeardAs<'replica.prepare'>['entries'];
}

/**
 * The latest term of anything that a message tells of a log. An honest sender is in that term or in
 * a later one, because who has an entry has entered its term.
 */
export const latestTermOf = (message: Said): number => {
  const { lastTerm = 0, prevTerm = 0, indexTerm = 0, entries = [] } = message as LogWords;
  const ends = Math.max(lastTerm, prevTerm, indexTerm);
  return entries.reduce((latest, { term }) => Math.max(latest, term), ends);
};

/** Where in the log a message would have its hearer go on; 0, when nowhere. */
export const placeIn = (message: Said): number => {
  const { index = 0, prevIndex = 0 } = message as LogWords;
  return message.type === 'replica.chunk' ? index : prevIndex;
};
