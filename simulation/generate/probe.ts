/**
 * Steps a copy of a machine as a pure function, and notes what each step goes through: which
 * transitions are taken, and what each guard on the way says. The copy is the machine's own chart,
 * with a mark among the actions of every transition and an ear at every guard; guards and actions
 * themselves are the machine's.
 */
import {
  type ActionFunction,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  and,
  createEmptyActor,
  type EventObject,
  type ExecutableActionObject,
} from 'xstate';
import { guardWords } from './guard-words.ts';
import { type TransitionPlace, transitionsOf } from './places.ts';

/** What a step wants done, in order. */
export type Deed =
  | { readonly kind: 'emit'; readonly event: EventObject }
  | {
      readonly kind: 'arm';
      readonly id: string;
      readonly delayMs: number;
      readonly event: EventObject;
    }
  | { readonly kind: 'disarm'; readonly id: string }
  /** An action of the machine's own, or of XState, that acts on the world. */
  | { readonly kind: 'act'; readonly name: string };

export interface Stepped {
  readonly snapshot: AnyMachineSnapshot;
  readonly deeds: readonly Deed[];
  /** Names of all that the step went through. */
  readonly marks: readonly string[];
}

/** The name of what a guard said at its place. */
export const outcomeName = (guard: string, says: boolean): string => `${guard} is ${says}`;

type Guard = NonNullable<TransitionPlace['definition']['guard']>;
/** What XState makes of `and`, `or`, `not`: a function that is asked by `check`. */
interface Composite {
  readonly guards?: readonly Guard[];
  readonly check: (snapshot: unknown, at: unknown, self: unknown) => boolean;
}

export class Probe {
  readonly machine: AnyStateMachine;
  readonly transitions: readonly TransitionPlace[];
  /** Every guard, by its place: each is to say true and false. */
  readonly guards: readonly string[];
  /** The names of all transitions. */
  readonly taken: ReadonlySet<string>;
  /** Where each leads, as a path; those that lead nowhere are left out. */
  readonly targets: ReadonlyMap<string, string>;
  readonly #guards: string[] = [];
  #scope = this.#scopeAnew();
  #deeds: Deed[] = [];
  #marks: string[] = [];

  /** With `isMarked: false` it notes nothing, and is the machine as it stands. */
  constructor(machine: AnyStateMachine, { isMarked = true } = {}) {
    this.machine = isMarked ? machine.provide({}) : machine;
    this.transitions = transitionsOf(this.machine);
    this.taken = new Set(this.transitions.map(({ name }) => name));
    this.targets = new Map(this.transitions.flatMap(({ name, to }) => (to ? [[name, to]] : [])));
    if (isMarked) for (const place of this.transitions) this.#mark(place);
    this.guards = this.#guards;
  }

  begin(input: unknown): Stepped {
    const scope = this.#scopeAnew();
    this.#scope = scope;
    return this.#perform(() => this.machine.getInitialSnapshot(scope, input));
  }

  /** Throws what the machine throws. */
  step(snapshot: AnyMachineSnapshot, event: EventObject): Stepped {
    return this.#perform(() => this.machine.transition(snapshot, event, this.#scope));
  }

  #perform(act: () => unknown): Stepped {
    this.#deeds = [];
    this.#marks = [];
    const snapshot = act() as AnyMachineSnapshot;
    if (snapshot.status === 'error') throw snapshot.error;
    return { snapshot, deeds: this.#deeds, marks: this.#marks };
  }

  #mark({ name, definition }: TransitionPlace): void {
    const mark: ActionFunction<
      never,
      never,
      never,
      never,
      never,
      never,
      never,
      never,
      never
    > = () => {
      throw new Error('a mark is no action');
    };
    const marked = definition as unknown as { actions: unknown[]; guard?: Guard };
    marked.actions = [Object.assign(mark, { marks: name }), ...definition.actions];
    if (definition.guard) marked.guard = this.#overheard(definition.guard, name);
  }

  /** The same guard, with an ear at it and at those that it is made of. */
  #overheard(guard: Guard, place: string): Guard {
    const name = `${place} [${guardWords(guard)}]`;
    const composite = guard as unknown as Partial<Composite>;
    const asked =
      typeof guard === 'function' && composite.guards
        ? (Object.assign(() => false, composite, {
            guards: composite.guards.map((part) => this.#overheard(part, place)),
          }) as unknown as Guard)
        : guard;
    const { check } = and([asked as never]) as unknown as Composite;
    this.#guards.push(name);
    const ear: Composite = {
      check: (snapshot, at) => {
        const says = check(snapshot, at, { guards: [asked] });
        this.#marks.push(outcomeName(name, says));
        return says;
      },
    };
    return Object.assign(() => false, ear) as unknown as Guard;
  }

  /** Of an actor that does nothing, because what is done comes back as data. */
  #scopeAnew(): AnyActorScope {
    const self = createEmptyActor();
    return {
      ...{ self, system: self.system, id: '', sessionId: '' },
      ...{ logger: () => {}, defer: () => {}, emit: () => {}, stopChild: () => {} },
      actionExecutor: (action) => this.#take(action),
    };
  }

  #take({ type, params, exec }: ExecutableActionObject): void {
    const mark = (exec as { marks?: string } | undefined)?.marks;
    if (mark !== undefined) {
      this.#marks.push(mark);
      return;
    }
    const given = (params ?? {}) as {
      event: EventObject;
      id: string;
      delay?: number;
      sendId?: string;
    };
    if (type === 'xstate.emit') this.#deeds.push({ kind: 'emit', event: given.event });
    else if (type === 'xstate.cancel') {
      this.#deeds.push({ kind: 'disarm', id: given.sendId ?? String(params) });
    } else if (type === 'xstate.raise') {
      const { id, delay, event } = given;
      // Without a delay it was raised within the step, and is dealt with.
      if (delay !== undefined) this.#deeds.push({ kind: 'arm', id, delayMs: delay, event });
    } else this.#deeds.push({ kind: 'act', name: type });
  }
}
