/**
 * Erases from a context what cannot change what happens, so that states that behave alike are one.
 *
 * - Stamps are zero already, because the world stamps everything with zero.
 * - A ticket is compared with tickets of the same owner that are not answered yet, and with nothing
 *   else. So all tickets of an owner may be moved down together by what was answered: adding the
 *   same number to both sides changes neither `===` nor `<=`, nor what one more comes to.
 * - `attempt` and `lost` say how long a place waits, and no guard or action reads them otherwise;
 *   without time every wait is a timer that may fire at any moment.
 * - `followers` of the election say who was heard lately. Without time the leader's alarm rings when
 *   nobody was; a handover, which asks for more, is in no model.
 * - A poll refused for a term that has come is never granted late, and what was granted is counted
 *   from the beginning in every round: `poll`, `stand` and `claim` say anew who has granted.
 * - What a primary knows of its followers is forgotten by `openTerm`, before anybody reads it again;
 *   what it has sent is read by nobody once another leads.
 * - Rounds of discovery say how long ago somebody was met: who is met is met again and again.
 * - Promises are counted from the beginning in every ballot. Who accepted a lesser ballot than was
 *   accepted here is never asked for again; and who holds a group looks at nothing else.
 * - `nackedAt` and `ledAt` are compared with a stamp to see whether some time has passed; without
 *   time it always may have, so they stand at "never" and "long ago".
 */
import type { Context as Election } from '../../machines/election.ts';
import { compareBallots } from '../../machines/founding.ts';
import type { Context as Genesis } from '../../machines/genesis.ts';
import type { Replica } from '../../machines/replication.ts';
import type { Write } from '../../protocol/event.ts';

export type Erase = (context: unknown, rest: Rest) => object;

/** What else is known of the machine that rests. */
export interface Rest {
  /** By how much tickets are moved down. */
  readonly answered: number;
  /** The state as a path. */
  readonly state: string;
  /** What the clock shows, where clocks run. */
  readonly nowMs?: number;
}

export const erasures: Readonly<Record<string, Erase>> = {
  genesis: (context, { answered, state }) => {
    const genesis = context as Genesis;
    const { accepted, tally } = genesis;
    const groupless = genesis.groupless.map(([node, { store }]) => [node, { store, round: 0 }]);
    const isLate = tally && compareBallots(tally.ballot, accepted?.ballot ?? null) < 0;
    const isOver = state === 'joining' || state === 'formed';
    return {
      ...genesis,
      ...{ groupless, round: 0, ticket: genesis.ticket - answered },
      ...(state !== 'groupless.preparing' && { promises: [], best: null }),
      ...(isLate && { tally: null }),
      ...(isOver && { groupless: [], tally: null, promised: null, accepted: null }),
      ...(isOver && { heard: 0, waited: 0, tries: 0 }),
    };
  },
  election: (context, { answered, state }) => {
    const election = context as Election;
    const { term, ticket, refusedPoll, granted } = election;
    return {
      ...election,
      attempt: 0,
      lost: null,
      followers: {},
      ticket: ticket - answered,
      refusedPoll: refusedPoll !== null && refusedPoll.term > term ? refusedPoll : null,
      granted: state === 'prospective' || state.startsWith('candidate') ? granted : [],
    };
  },
  replica: (context, { answered, state }) => {
    const replica = context as Replica;
    const isLeading = state === 'primary' || state === 'draining';
    const lower = <T extends { ticket: number }>(write: T) => ({
      ...write,
      ticket: write.ticket - answered,
    });
    return {
      ...replica,
      nackedAt: null,
      ticket: replica.ticket - answered,
      writes: replica.writes.map(lower),
      ...(!isLeading && { followers: {}, serving: null }),
      ...(replica.leader !== replica.id && { sent: 0 }),
    };
  },
  // Nobody answers to its tickets.
  electorate: (context) => ({ ...(context as object), ticket: 0, ledAt: 0 }),
};

/** Concerns that compare the tickets of their writes. */
const NUMBERED = ['genesis', 'election', 'replica'];

/** How far the tickets of a concern can be moved down. */
export const answeredOf = (concern: string, context: unknown, writes: readonly Write[]): number => {
  if (!NUMBERED.includes(concern)) return 0;
  // Tickets of requests are out in the network, and stay as they are.
  if (concern === 'replica' && (context as Replica).asked.length > 0) return 0;
  const waiting = writes.filter(({ owner }) => owner === concern);
  return (waiting[0]?.ticket ?? (context as { ticket: number }).ticket + 1) - 1;
};
