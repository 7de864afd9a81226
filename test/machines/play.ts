/**
 * Plays a part to one machine as a pure function: says events to it, lets time pass, and gives back
 * what it said. Its own delays and the instants it asks to be woken at are kept here.
 */
import {
  type AnyStateMachine,
  type EventFrom,
  type InputFrom,
  initialTransition,
  type SnapshotFrom,
  transition,
} from 'xstate';
import type { Emitted, Message, Only } from '../../protocol/event.ts';
import type { Contract } from '../../protocol/timing.ts';
import { discoveryDefault, lan } from '../../protocol/timing.ts';

type Unstamped<E> = E extends unknown ? Omit<E, 'at'> : never;

type Stepped = { readonly type: string } & Readonly<Record<string, unknown>>;

interface Timer {
  readonly id: string;
  readonly atMs: number;
  readonly event: Stepped;
}

/** A machine that wakes itself so often at one instant would go on for ever. */
const AT_ONCE_MAX = 1_000;

export interface PlayOptions {
  readonly nowMs?: number;
  /** How late the next wake comes. */
  readonly lateMs?: () => number;
}

export class Play<M extends AnyStateMachine> {
  nowMs: number;
  snapshot: SnapshotFrom<M>;
  /** All that was ever said, with its instant. */
  readonly told: { atMs: number; event: Emitted }[] = [];
  readonly #machine: M;
  readonly #lateMs: () => number;
  #timers: Timer[] = [];
  #said: Emitted[] = [];

  constructor(machine: M, input: InputFrom<M>, { nowMs = 0, lateMs = () => 0 }: PlayOptions = {}) {
    this.#machine = machine;
    this.#lateMs = lateMs;
    this.nowMs = nowMs;
    const [snapshot, actions] = initialTransition(machine, input);
    this.snapshot = snapshot as SnapshotFrom<M>;
    this.#take(actions);
  }

  /** Says one event to the machine, now; gives what it says in answer. */
  hear(event: Unstamped<EventFrom<M>>): Emitted[] {
    this.#said = [];
    this.#step(event as unknown as Stepped);
    return this.#said;
  }

  /** Lets time pass, with every delay and wake that falls due; gives all that was said. */
  pass(ms: number): Emitted[] {
    this.#said = [];
    const untilMs = this.nowMs + ms;
    let atOnce = 0;
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      const { atMs, event } = next;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      atOnce = atMs > this.nowMs ? 1 : atOnce + 1;
      if (atOnce > AT_ONCE_MAX) throw new Error(`it spins at ${this.nowMs} ms: ${event.type}`);
      this.nowMs = Math.max(this.nowMs, atMs);
      this.#step(event);
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
    return this.#said;
  }

  /** Lets time pass in which nothing can happen: the process was stopped. */
  stall(ms: number): void {
    this.nowMs += ms;
  }

  get value(): unknown {
    return (this.snapshot as { value: unknown }).value;
  }

  #next(untilMs: number): Timer | undefined {
    return this.#timers
      .filter(({ atMs }) => atMs <= untilMs)
      .reduce<Timer | undefined>((a, b) => (a && a.atMs <= b.atMs ? a : b), undefined);
  }

  #step(event: Stepped): void {
    const stamped = { ...event, at: this.nowMs } as EventFrom<M>;
    const [snapshot, actions] = transition(this.#machine, this.snapshot, stamped);
    this.snapshot = snapshot as SnapshotFrom<M>;
    this.#take(actions);
  }

  #take(actions: readonly { type: string; params: unknown }[]): void {
    for (const { type, params } of actions) {
      if (type === 'xstate.cancel') this.#drop(params as string);
      if (type === 'xstate.raise') {
        const { id, delay, event } = params as Timer & { delay: number };
        this.#arm({ id, atMs: this.nowMs + delay, event });
      }
      if (type === 'xstate.emit') this.#emit((params as { event: Emitted }).event);
    }
  }

  #emit(event: Emitted): void {
    this.#said.push(event);
    this.told.push({ atMs: this.nowMs, event });
    if (event.type !== 'clock.wake') return;
    const { id, atMs: askedMs } = event;
    const atMs = Math.max(this.nowMs, askedMs) + this.#lateMs();
    this.#arm({ id: `wake ${id}`, atMs, event: { type: 'clock.due', id, atMs: askedMs } });
  }

  #arm(timer: Timer): void {
    this.#drop(timer.id);
    this.#timers.push(timer);
  }

  #drop(id: string): void {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }
}

/** The message as it is heard from `from`. */
export const heard = <M extends Message>(from: string, message: M, incarnation = 1) => ({
  ...message,
  from,
  group: 'g',
  incarnation,
  bytes: 100,
});

/** The messages among what was said, with whom they are for. */
export const sent = (said: readonly Emitted[]) =>
  said.flatMap((event) =>
    event.type === 'wire.send' ? [{ to: event.to, message: event.message }] : [],
  );

/** What was said of one type. */
export const only = <T extends Emitted['type']>(
  said: readonly Emitted[],
  type: T,
): Only<Emitted, T>[] => said.filter((event): event is Only<Emitted, T> => event.type === type);

/** The types of all that was said; messages by their own. */
export const typesOf = (said: readonly Emitted[]): string[] =>
  said.map((event) => (event.type === 'wire.send' ? event.message.type : event.type));

export const contract = (): Contract => ({ timing: lan(), discovery: discoveryDefault });
