/**
 * Streams one node to those who inspect it: which actors there are, every event with its sender,
 * every state they come to. It watches by XState's inspection API and by what the bus tells, as
 * the journal does, and adds nothing to what it watches; nothing comes back from those who look
 * on.
 *
 * While a machine steps, things are only noted. They become text a batch at a time, and for no
 * more than a small share of the time; what cannot be taken along then is counted, and the count
 * is told.
 */
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { messages } from '../protocol/event.ts';
import { type Clock, realClock } from './clock.ts';
import { type Cause, messagesOf, type Note, presentationOf, type Watched } from './inspection.ts';
import { nameOf } from './journal.ts';
import type { SnapshotLike } from './stately.ts';

/** Notes wait for so long, in milliseconds, that there is something to save by telling them together. */
const BATCH_MS = 100;
/** Notes that may wait. A batch has no more than a busy node makes while the former one is told. */
const NOTES_MAX = 2000;
/** After a batch the node has at least this many times as long for itself. */
const REST = 5;

/** Where the messages go. */
export interface Outlet {
  /** `shut`: nobody looks on. `full`: what happens now is lost to those who do, and they are told. */
  readonly state: 'shut' | 'open' | 'full';
  send(messages: readonly string[]): void;
}

export interface InspectorOptions {
  readonly district: string;
  readonly node: string;
  readonly outlet: Outlet;
  readonly clock?: Clock;
  /** Milliseconds since the Unix epoch. */
  readonly wall?: () => number;
}

export class Inspector {
  readonly #options: Required<InspectorOptions>;
  readonly #watched = new Map<AnyActorRef, Watched>();
  #notes: Note[] = [];
  #missed = 0;
  /** Who said an event that the bus has told. */
  readonly #sources = new WeakMap<Cause, string>();
  #timer: unknown;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: InspectorOptions) {
    this.#options = { clock: realClock, wall: Date.now, ...options };
  }

  /** To be handed to `createNode` as `inspect`. */
  readonly step = (inspected: InspectionEvent): void => {
    const actor = inspected.actorRef as AnyActorRef;
    if (inspected.type === '@xstate.event') {
      const of = this.#watch(actor);
      if (!this.#hasRoom()) return;
      const { event, sourceRef } = inspected;
      const sender = sourceRef && this.#watched.get(sourceRef as AnyActorRef)?.id;
      const source = sender ?? this.#sources.get(event);
      this.#note({ kind: 'event', of, t: this.#options.wall(), event, source });
    } else if (inspected.type === '@xstate.snapshot') {
      const of = this.#watch(actor);
      const { event, snapshot } = inspected;
      // An event that changed nothing leaves the very same snapshot.
      if (of.isTold && snapshot === of.snapshot) return;
      of.snapshot = snapshot;
      of.isTold = true;
      if (!this.#hasRoom()) return;
      this.#note({ kind: 'snapshot', of, t: this.#options.wall(), event, snapshot });
    }
  };

  /** To be handed to `watch` of the node: hears each event of the bus before anybody else does. */
  readonly hear = (event: Cause, by?: string): void => {
    if (this.#options.outlet.state === 'shut') return;
    if (by !== undefined) this.#sources.set(event, this.#idOf(by));
    if (Object.hasOwn(messages, event.type)) {
      this.#noteArrival(event as Cause & { readonly from: string });
    }
  };

  /** For who begins to look on: all there is, definitions first. */
  present(): string[] {
    this.#notes = [];
    this.#missed = 0;
    return presentationOf([...this.#watched.values()], this.#options.wall());
  }

  /** Tells at once what waits: for the last time, when the node has ended. */
  flush(): void {
    const { clock, outlet } = this.#options;
    clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (outlet.state === 'full') this.#missed += this.#notes.length;
    const notes = this.#notes;
    this.#notes = [];
    if (outlet.state !== 'open') return;
    const startMs = clock.now();
    outlet.send([...messagesOf(notes), ...this.#amends()]);
    const endMs = clock.now();
    this.#restsUntilMs = endMs + REST * (endMs - startMs);
  }

  /** After something was lost: all there is, and how much was lost. */
  #amends(): string[] {
    const root = this.#watchedAs('node');
    if (this.#missed === 0 || !root) return [];
    const event = { type: 'inspector.dropped', count: this.#missed };
    const t = this.#options.wall();
    const word: Note = { kind: 'event', of: root, t, event, source: undefined };
    return [...this.present(), ...messagesOf([word])];
  }

  /** Whether a note may be taken; counts it when it is lost. */
  #hasRoom(): boolean {
    const { state } = this.#options.outlet;
    if (state === 'shut') return false;
    if (state === 'open' && this.#notes.length < NOTES_MAX) return true;
    this.#missed += 1;
    return false;
  }

  #note(note: Note): void {
    this.#notes.push(note);
    if (this.#timer !== undefined) return;
    const { clock } = this.#options;
    const restMs = this.#restsUntilMs - clock.now();
    this.#timer = clock.setTimeout(() => this.flush(), Math.max(BATCH_MS, restMs));
  }

  #idOf(name: string, node = this.#options.node): string {
    return `${this.#options.district}/${node}/${name}`;
  }

  #watchedAs(name: string): Watched | undefined {
    const id = this.#idOf(name);
    for (const watched of this.#watched.values()) if (watched.id === id) return watched;
    return undefined;
  }

  /** An actor is first met at its start, when it has a name and a snapshot. */
  #watch(actor: AnyActorRef): Watched {
    const known = this.#watched.get(actor);
    if (known) return known;
    const name = nameOf(actor) ?? actor.id;
    const snapshot = actor.getSnapshot() as SnapshotLike;
    const of: Watched = {
      id: this.#idOf(name),
      name: `${this.#options.node} ${name}`,
      root: this.#idOf('node'),
      parent: actor._parent && this.#idOf('node'),
      actor,
      snapshot,
      isTold: false,
    };
    this.#watched.set(actor, of);
    if (this.#hasRoom()) this.#note({ kind: 'actor', of, t: this.#options.wall(), snapshot });
    return of;
  }

  /** What came from another node is an arrow from its wire to ours. */
  #noteArrival(event: Cause & { readonly from: string }): void {
    const of = this.#watchedAs('wire');
    if (!of || !this.#hasRoom()) return;
    const source = this.#idOf('wire', event.from);
    this.#note({ kind: 'event', of, t: this.#options.wall(), event, source });
  }
}
