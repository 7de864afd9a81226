/**
 * Steps one machine as a pure function of (snapshot, event), as XState's own `transition()` does
 * (xstate 5.33, `createInertActorScope`), but with one inert scope for all steps and a memo, because
 * making a scope costs more than the step. What the machine wants done comes back as data.
 */
import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type EventObject,
  type ExecutableActionObject,
} from 'xstate';
import type { Emitted } from '../../protocol/event.ts';
import type { Erase } from './erasure.ts';
import { canonicalText, Interner } from './interner.ts';

/** What a step asks of the world, in order. */
export type Deed =
  | { readonly kind: 'emit'; readonly event: Emitted }
  | { readonly kind: 'arm'; readonly timer: string; readonly event: EventObject }
  | { readonly kind: 'disarm'; readonly timer: string };

export interface Step {
  /** The number of the next snapshot. */
  readonly snapshot: number;
  readonly deeds: readonly Deed[];
}

/** A context without what is equal in all contexts of a machine: it need not be compared. */
const comparable = (snapshot: AnyMachineSnapshot): string => {
  const { timing: _, ...context } = snapshot.context as Record<string, unknown>;
  return canonicalText([snapshot.value, context]);
};

const deedOf = ({ type, params }: ExecutableActionObject): Deed | undefined => {
  const { event, id, delay, sendId } = params as {
    event: EventObject;
    id: string;
    delay?: number;
    sendId: string;
  };
  if (type === 'xstate.emit') return { kind: 'emit', event: event as Emitted };
  if (type === 'xstate.cancel') return { kind: 'disarm', timer: sendId };
  // Without a delay it was raised within the step, and is dealt with.
  if (type === 'xstate.raise') {
    return delay === undefined ? undefined : { kind: 'arm', timer: id, event };
  }
  throw new Error(`a concern may not ${type}: the search cannot follow it`);
};

const SNAPSHOTS_MAX = 2 ** 24;
const TICKETS_MAX = 2 ** 12;

export class PureMachine {
  readonly #machine: AnyStateMachine;
  readonly #snapshots = new Interner<AnyMachineSnapshot>();
  readonly #erase: Erase | undefined;
  /** By event's text, then by snapshot. */
  readonly #steps = new Map<string, Map<number, Step>>();
  readonly #rested = new Map<number, number>();
  #scope: AnyActorScope | undefined;
  #deeds: Deed[] = [];

  constructor(machine: AnyStateMachine, erase?: Erase) {
    this.#machine = machine;
    this.#erase = erase;
  }

  /** How many different snapshots were met. */
  get size(): number {
    return this.#snapshots.size;
  }

  begin(input: unknown): Step {
    const scope = this.#scopeFor(input);
    return this.#perform(() => this.#machine.getInitialSnapshot(scope, input));
  }

  /** Throws what the machine throws. `text` is the canonical text of the event. */
  step(snapshot: number, event: EventObject, text: string): Step {
    const steps = this.#steps.get(text) ?? new Map<number, Step>();
    const known = steps.get(snapshot);
    if (known) return known;
    const before = this.#snapshots.of(snapshot);
    const scope = this.#scopeFor(undefined);
    const step = this.#perform(() => this.#machine.transition(before, event, scope));
    this.#steps.set(text, steps.set(snapshot, step));
    return step;
  }

  /** The snapshot without what cannot matter; `answered` is how far its tickets move down. */
  rested(snapshot: number, answered: number, nowMs = 0): number {
    if (!this.#erase) return snapshot;
    const key = (nowMs * TICKETS_MAX + answered) * SNAPSHOTS_MAX + snapshot;
    const known = this.#rested.get(key);
    if (known !== undefined) return known;
    const context = this.contextOf(snapshot);
    const erased = this.#erase(context, { answered, state: this.stateOf(snapshot), nowMs });
    const rested = this.replaced(snapshot, erased);
    this.#rested.set(key, rested);
    return rested;
  }

  /** The same state with another context. */
  replaced(snapshot: number, context: object): number {
    const { value } = this.#snapshots.of(snapshot);
    return this.#number(this.#machine.resolveState({ value, context }) as AnyMachineSnapshot);
  }

  contextOf(snapshot: number): unknown {
    return this.#snapshots.of(snapshot).context;
  }

  /** The state as a path: `follower.voting`. */
  stateOf(snapshot: number): string {
    const path = (value: unknown): string =>
      typeof value === 'string'
        ? value
        : Object.entries(value as object)
            .map(([name, inner]) => `${name}.${path(inner)}`)
            .join(' ');
    return path(this.#snapshots.of(snapshot).value);
  }

  #perform(act: () => unknown): Step {
    this.#deeds = [];
    const next = act() as AnyMachineSnapshot;
    if (next.status === 'error') throw next.error;
    return { snapshot: this.#number(next), deeds: this.#deeds };
  }

  #number(snapshot: AnyMachineSnapshot): number {
    return this.#snapshots.intern(comparable(snapshot), () => snapshot);
  }

  #scopeFor(input: unknown): AnyActorScope {
    if (this.#scope) return this.#scope;
    const self = createActor(this.#machine, { input });
    this.#scope = {
      self,
      system: self.system,
      id: '',
      sessionId: '',
      logger: () => {},
      defer: () => {},
      emit: () => {},
      stopChild: () => {},
      actionExecutor: (action) => {
        const deed = deedOf(action);
        if (deed) this.#deeds.push(deed);
      },
    };
    return this.#scope;
  }
}
