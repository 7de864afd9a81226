/**
 * Our own node at the place of the one that is tried: the same machines under its id and store hear
 * every message that it is sent, and what they say is what it should. Their clock stands still and
 * their disk writes at once, because what is judged here are answers to messages; what time alone
 * brings about is told by facts.
 */
import { type AnyActorRef, createActor } from 'xstate';
import { audienceOf, busQueue, type OnBus } from '../actors/bus.ts';
import { nothingStored } from '../actors/storage.ts';
import type { LogEnd } from '../machines/ballot.ts';
import { concerns } from '../machines/node.ts';
import type { BusEvent, Emitted, Message, Send } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';

export interface ShadowOptions {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
  readonly group: string;
}

/** Who says a message. */
export interface Speaker {
  readonly id: string;
  readonly incarnation: number;
}

/** What the shadow's next beat would say. */
export interface Standing {
  readonly term: number;
  readonly leader: string | null;
  readonly index: number;
  readonly commit: number;
}

const { detector, election, replica, lease } = concerns;
const machines = { detector, election, replica, lease };
/** Between two messages, so that no question is held back because one was just asked. */
const APART_MS = 3_600_000;
const stillClock = { setTimeout: () => 0, clearTimeout: () => {} };

export class Shadow {
  readonly #actors: Readonly<Record<string, AnyActorRef>>;
  readonly #put: (event: { readonly type: string }, by?: string) => void;
  readonly #group: string;
  #nowMs = 0;
  #said: Send[] = [];

  constructor({ id, store, timing, group }: ShadowOptions) {
    this.#group = group;
    const { vote, log } = nothingStored;
    const own = { id, store, timing };
    const clock = stillClock;
    this.#actors = {
      detector: createActor(detector, { clock, input: own }),
      election: createActor(election, { clock, input: { ...own, stored: vote } }),
      replica: createActor(replica, { clock, input: { ...own, stored: log } }),
      lease: createActor(lease, { clock, input: own }),
    };
    const effects: Readonly<Record<string, (event: BusEvent) => void>> = {
      storage: (event) => this.#write(event),
      wire: (event) => this.#send(event),
    };
    this.#put = busQueue({
      audience: audienceOf(machines, { storage: ['storage.write'], wire: ['wire.send'] }),
      hearer: (name) =>
        this.#actors[name] ?? { send: (event: OnBus) => effects[name]?.(event as BusEvent) },
      now: () => this.#nowMs,
      tell: () => {},
    });
    for (const [name, actor] of Object.entries(this.#actors)) {
      actor.on('*', (event) => this.#put(event, name));
      // What a machine throws must not be taken for silence.
      actor.subscribe({ error: (error) => this.#fail(error) });
      actor.start();
    }
    this.learn({ type: 'genesis.formed', group });
  }

  /** What the machines say to this message. */
  hear(message: Message, { id: from, incarnation }: Speaker): Send[] {
    const header = { from, incarnation, group: this.#group, bytes: 0 };
    return this.#take(Object.assign({}, message, header));
  }

  /** What they say to a fact that no message brings. */
  learn(fact: Emitted): Send[] {
    return this.#take(fact);
  }

  get standing(): Standing {
    const { term, leader, index, commit } = this.#contextOf('detector') as Standing;
    return { term, leader, index, commit };
  }

  get logEnd(): LogEnd {
    const { lastTerm, lastIndex } = this.#contextOf('election') as LogEnd;
    return { lastTerm, lastIndex };
  }

  #take(event: { readonly type: string }): Send[] {
    this.#nowMs += APART_MS;
    this.#said = [];
    this.#put(event);
    if (this.#failure) throw this.#failure;
    return this.#said;
  }

  #write(event: BusEvent): void {
    if (event.type !== 'storage.write') return;
    this.#put({ type: 'storage.written', owner: event.owner, ticket: event.ticket } as Emitted);
  }

  #send(event: BusEvent): void {
    if (event.type === 'wire.send') this.#said.push(event);
  }

  #failure: Error | undefined;

  #fail(error: unknown): void {
    this.#failure ??= new Error('a machine failed', { cause: error });
  }

  #contextOf(name: string): unknown {
    return this.#actors[name]?.getSnapshot().context;
  }
}
