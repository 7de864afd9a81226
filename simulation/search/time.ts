/**
 * Lets time pass in a world, in small whole numbers: the discrete mode of the search.
 *
 * The clock of a node always stands at zero, and what lies in the past is negative. So when a clock
 * advances, every stamp and deadline of its node moves back, and what is long past stops moving;
 * nodes that behave alike are equal however late it is, and time needs no bound. This is sound
 * because machines compare differences of stamps of their own clock, and nothing else.
 *
 * Where messages carry instants this will not do: there the clocks run (`runs`), each counts from
 * the start of its node, nothing moves, and a search ends because ticks are counted.
 *
 * A tick moves all clocks at once, each by one of `advances`, so that any two clocks drift apart as
 * far as the bound allows and no further. An alarm rings at its deadline or up to `latenessMax`
 * later; time passes beyond that only when the node is stalled, which is counted. A stalled node
 * does nothing while its clock moves; and so does any node that simply is not chosen to move.
 */
import type { Context as Electorate } from '../../machines/electorate.ts';
import type { Context as Holder } from '../../machines/holder.ts';
import type { Context as Lease } from '../../machines/lease.ts';
import type { Context as Schedule } from '../../machines/schedule.ts';
import { boundAt, type Sample } from '../../machines/time-estimate.ts';
import type { Context as Timekeeper } from '../../machines/timekeeper.ts';
import type { Erase } from './erasure.ts';

export interface Time {
  /** Concerns that live by the clock. The timers and alarms of the others have no deadline. */
  readonly concerns: readonly string[];
  /** By how much a clock may advance in one tick. */
  readonly advances: readonly number[];
  /** Nodes whose clocks advance otherwise. */
  readonly advancesOf?: Readonly<Record<string, readonly number[]>>;
  readonly latenessMax: number;
  /** Whether clocks run, and instants are what they say. */
  readonly runs?: true;
}

/** By alarm: how long until it is due; zero or less when it is. */
export type Dues = Readonly<Record<string, number>>;

/** Alarms are named after the concern that asks for them: `lease:round`. */
export const isTimed = (time: Time | undefined, alarm: string): boolean =>
  time?.concerns.includes(alarm.split(':')[0] ?? '') ?? false;

/** A clock has advanced; what is later than it may be stays so late. */
export const duesAfter = (dues: Dues, by: number, { latenessMax }: Time): Dues =>
  Object.fromEntries(
    Object.entries(dues).map(([alarm, due]) => [alarm, Math.max(due - by, -latenessMax)]),
  );

/**
 * Whether some alarm would be later than it may be, unless its node is stalled. Where clocks run,
 * ticks are longer than most deadlines are apart, and it counts how late the tick finds an alarm.
 */
export const isLate = (dues: Dues, by: number, { latenessMax, runs }: Time): boolean =>
  Object.values(dues).some((due) => (runs ? due <= -latenessMax : due - by < -latenessMax));

type Shift = (context: unknown, by: number) => object;

/** How the stamps in a context move when the clock advances. */
export const shifts: Readonly<Record<string, Shift>> = {
  lease: (context, by) => {
    const { barredUntilMs, untilMs, sentAt, timing, ...rest } = context as Lease;
    return {
      ...rest,
      timing,
      barredUntilMs: Math.max(0, barredUntilMs - by),
      untilMs: untilMs === null ? null : Math.max(0, untilMs - by),
      sentAt: Math.max(-timing.leaseMs, sentAt - by),
    };
  },
  electorate: (context, by) => {
    const electorate = context as Electorate;
    const { settleMs } = electorate.timing;
    const past = (at: number) => Math.max(-settleMs, at - by);
    const peers = electorate.peers.map(([peer, known]) => [
      peer,
      { ...known, sinceAt: past(known.sinceAt) },
    ]);
    return { ...electorate, peers, ledAt: past(electorate.ledAt) };
  },
};

/** What cannot matter in a concern that lives by the clock; see `erasure.ts`. */
export const timedErasures: Readonly<Record<string, Erase>> = {
  // Whom it names to those who ask elsewhere is a word in an answer; a lease that has run out is
  // none; when a round was sent is read while it is under way; an office begins with a wait anew.
  lease: (context, { state }) => {
    const { barredUntilMs, untilMs, sentAt, ...rest } = context as Lease;
    return {
      ...rest,
      leader: null,
      // A clock of whole numbers is before an instant when it is before the next whole one.
      barredUntilMs: state.startsWith('leading') ? Math.max(0, Math.ceil(barredUntilMs)) : 0,
      untilMs: untilMs !== null && untilMs > 0 ? untilMs : null,
      sentAt: state === 'leading.renewing' ? sentAt : 0,
    };
  },
  electorate: (context) => ({ ...(context as object), ticket: 0 }),
  // Bounds of all samples grow alike, so that the best remains the best.
  timekeeper: (context, { nowMs = 0 }) => {
    const { samples, ...rest } = context as Timekeeper;
    const bound = (sample: Sample) => boundAt(sample, nowMs, rest.timing);
    const best = [...samples].sort((a, b) => bound(a) - bound(b)).slice(0, 1);
    return { ...rest, samples: best };
  },
  // Nothing is answered, so that tickets say nothing; what was asked long ago may be asked again;
  // and what a timescale is related to is read until it is opened.
  schedule: (context, { nowMs = 0 }) => {
    const { asked, kept, present, ...rest } = context as Schedule;
    const oldestMs = nowMs - 2 * rest.timing.retryMs;
    const waiting = Object.entries(asked)
      .filter(([, { atMs }]) => kept && atMs > oldestMs)
      .map(([what, { atMs }]) => [what, { ticket: 0, atMs }]);
    const isOpen = kept && rest.state.timescales?.some(({ term }) => term === kept.term);
    return {
      ...rest,
      ticket: 0,
      asked: Object.fromEntries(waiting),
      present: kept ? present : {},
      kept: isOpen ? { ...kept, keptAt: 0, related: [] } : kept,
    };
  },
  // A sequence that is over is compared with none that lights anything; lamps answer at once, so
  // that no ticket is waited for.
  holder: (context, { nowMs = 0 }) => {
    const { shown, litUntilMs, ...rest } = context as Holder;
    const isLit = litUntilMs > nowMs;
    return { ...rest, ticket: 0, shown: isLit ? shown : null, litUntilMs: isLit ? litUntilMs : 0 };
  },
};
