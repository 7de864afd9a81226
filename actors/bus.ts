/**
 * Delivers every event of a node to everyone who handles it. There is no routing table: handling an
 * event is the subscription, read off `machine.events`.
 *
 * It is a queue: all hearers get an event before anything said in answer to it is delivered,
 * because otherwise a third would hear the answer before the cause. The order is a pure function
 * of what was said, so that a search over machines can follow the same one.
 */
import { type AnyActorRef, type AnyStateMachine, type EventObject, fromCallback } from 'xstate';
import type { BusEvent, Emitted, Heard } from '../protocol/event.ts';
import type { Trace } from './trace.ts';

/** Puts an event on the bus; it is stamped with the node's clock unless it brings a stamp. */
export type Deliver = (event: Emitted | Heard) => void;

/** Who hears which type of event, in order. */
export type Audience = ReadonlyMap<string, readonly string[]>;

export const audienceOf = (
  machines: Readonly<Record<string, AnyStateMachine>>,
  effects: Readonly<Record<string, readonly string[]>>,
): Audience => {
  const audience = new Map<string, string[]>();
  const subscribe = (id: string, types: readonly string[]) => {
    for (const type of types) audience.set(type, [...(audience.get(type) ?? []), id]);
  };
  for (const [id, machine] of Object.entries(machines)) subscribe(id, machine.events);
  for (const [id, types] of Object.entries(effects)) subscribe(id, types);
  return audience;
};

const nobody: readonly string[] = [];

/**
 * Who hears this event, in order. An answer that names who asked is heard by the asker alone: every
 * concern has alarms and writes of its own, and none heeds another's.
 */
export const hearersOf = (
  audience: Audience,
  event: { readonly type: string; readonly id?: string; readonly owner?: string },
): readonly string[] => {
  const hearers = audience.get(event.type) ?? nobody;
  const asker =
    event.type === 'clock.due'
      ? event.id?.slice(0, event.id.indexOf(':'))
      : event.type === 'storage.written'
        ? event.owner
        : undefined;
  if (asker === undefined) return hearers;
  return hearers.includes(asker) ? [asker] : nobody;
};

/** First in, first out: `handle` is called for one event at a time, and may put in more. */
export const queueOf = <E>(handle: (event: E) => void): ((event: E) => void) => {
  const waiting: E[] = [];
  let isHandling = false;
  return (event) => {
    waiting.push(event);
    if (isHandling) return;
    isHandling = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) handle(next);
    } finally {
      isHandling = false;
    }
  };
};

/** An event as it travels on the bus. */
export type OnBus = { readonly type: string; readonly at: number };

/** Told when an event is given to its hearers, and when all are done with it: who has a clock of his
 *  own can time them. Nothing that a node does depends on it. */
export interface Stopwatch {
  begin(event: OnBus): void;
  end(event: OnBus): void;
}

export interface QueueOptions {
  readonly audience: Audience;
  readonly hearer: (id: string) => { send(event: OnBus): void } | undefined;
  readonly now: () => number;
  /** Told every event with its stamp and who said it, before anybody hears it. */
  readonly tell: (event: OnBus, by?: string) => void;
  /** Follows what came of which message, for whoever wants to know. */
  readonly trace?: Trace | undefined;
  readonly stopwatch?: Stopwatch | undefined;
}

/** Gives what puts an event on the queue of one node, with its stamp. `by`: the actor that says it. */
export const busQueue = ({ audience, hearer, now, tell, trace, stopwatch }: QueueOptions) => {
  const put = queueOf<OnBus>((event) => {
    trace?.begin(event);
    stopwatch?.begin(event);
    try {
      for (const id of hearersOf(audience, event)) hearer(id)?.send(event);
    } finally {
      stopwatch?.end(event);
      trace?.end();
    }
  });
  return (event: { readonly type: string; readonly at?: number }, by?: string): void => {
    // A spread with one more key would cost twenty times as much (Node 20).
    const stamped = (
      event.at === undefined ? Object.assign({}, event, { at: now() }) : event
    ) as OnBus;
    trace?.put(stamped);
    tell(stamped, by);
    put(stamped);
  };
};

/**
 * The bus of one node, as an effect: while it runs, it taps what the machines emit and hands that
 * to `post` with its speaker, to be put on the queue.
 */
export const busBetween = (
  machines: Readonly<Record<string, AnyStateMachine>>,
  post: (event: EventObject, by: string) => void,
) =>
  fromCallback<BusEvent>(({ system }) => {
    const taps = Object.keys(machines).map((id) =>
      (system.get(id) as AnyActorRef).on('*', (event) => post(event, id)),
    );
    return () => {
      for (const tap of taps) tap.unsubscribe();
    };
  });
