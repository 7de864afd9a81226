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
import type { Clock } from './clock.ts';

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

export interface BusOptions {
  readonly clock: Clock;
  /** Told everything that the machines emit, before it is delivered. */
  readonly tell: (event: { readonly type: string }) => void;
}

/** The bus of one node, as an effect: taps what the machines emit. */
export const busBetween = (
  machines: Readonly<Record<string, AnyStateMachine>>,
  audience: Audience,
  { clock, tell }: BusOptions,
) =>
  fromCallback<BusEvent>(({ system, self, receive }) => {
    const hearers = new Map<string, AnyActorRef[]>();
    const hearersOf = (type: string): AnyActorRef[] => {
      const known = hearers.get(type);
      if (known) return known;
      const found = (audience.get(type) ?? []).flatMap((id) => system.get(id) ?? []);
      hearers.set(type, found);
      return found;
    };
    const put = queueOf<EventObject & { at: number }>((event) => {
      for (const hearer of hearersOf(event.type)) hearer.send(event);
    });
    receive((event: EventObject & { at?: number }) =>
      put({ ...event, at: event.at ?? clock.now() }),
    );
    const taps = Object.keys(machines).map((id) =>
      (system.get(id) as AnyActorRef).on('*', (event) => {
        tell(event);
        self.send(event);
      }),
    );
    return () => {
      for (const tap of taps) tap.unsubscribe();
    };
  });
