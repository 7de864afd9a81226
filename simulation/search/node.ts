/**
 * Steps one node as a pure function: machines, bus, timers, disk and wire in, the same and what is
 * sent out. Every stamp is zero. Untimed, an armed timer may fire at any moment; where time passes
 * (`time.ts`), the clock stands at zero all the same, and deadlines move; or clocks run.
 */
import type { AnyStateMachine, EventObject } from 'xstate';
import { type Audience, audienceOf } from '../../actors/bus.ts';
import type { BusEvent, Emitted, Send, Write } from '../../protocol/event.ts';
import { type Disk, written } from './disk.ts';
import { erasures } from './erasure.ts';
import { type Letter, LetterBox } from './letter.ts';
import { PureMachine } from './machine.ts';
import { type Dues, duesAfter, shifts, type Time, timedErasures } from './time.ts';
import { Turn } from './turn.ts';

export interface Timer {
  readonly concern: string;
  readonly id: string;
  readonly event: EventObject;
}

/** One node, all of it. A node that is down is its disk. */
export interface Local {
  readonly node: string;
  readonly isUp: boolean;
  /** Numbers of snapshots, in the order of the concerns. */
  readonly snapshots: readonly number[];
  readonly timers: readonly Timer[];
  readonly alarms: readonly string[];
  /** Of the alarms that have a deadline, where time passes. */
  readonly dues?: Dues;
  /** Asked to be written, and not durable yet. */
  readonly writes: readonly Write[];
  readonly disk: Disk;
  /** What the wire knows as the node's group. */
  readonly group: string;
  /** What the clock shows, where clocks run. */
  readonly nowMs?: number;
  /** What stands beside the node, and outlives it. */
  readonly aside?: unknown;
}

/** What stands beside a node, hears some of its requests at once, and outlives it: its lamps. */
export interface Aside {
  readonly hears: readonly string[];
  readonly first: unknown;
  /** What becomes of it; what it answers goes on the node's bus. */
  readonly take: (
    aside: unknown,
    heard: BusEvent,
    node: string,
  ) => { readonly aside: unknown; readonly says: readonly Emitted[] };
  readonly later: (aside: unknown, by: number) => unknown;
}

export type Stimulus =
  | { readonly kind: 'hear'; readonly letter: Letter }
  | { readonly kind: 'fire'; readonly timer: Timer }
  | { readonly kind: 'ring'; readonly alarm: string }
  | { readonly kind: 'write' }
  | { readonly kind: 'crash'; readonly durable: number }
  | { readonly kind: 'start' }
  /** The clock advances. */
  | { readonly kind: 'tick'; readonly by: number }
  | { readonly kind: 'feed'; readonly event: Emitted };

export interface Outcome {
  readonly local: Local;
  readonly letters: readonly Letter[];
  /** Everything that went over the node's bus, in order. */
  readonly heard: readonly BusEvent[];
}

export interface NodeSetup {
  /** The concerns, in the order in which they hear an event. */
  readonly concerns: Readonly<Record<string, AnyStateMachine>>;
  readonly nodes: readonly string[];
  /** What each concern is given at a start. */
  readonly inputs: (node: string, disk: Disk) => Readonly<Record<string, unknown>>;
  /** What concerns that are left out say at every start. */
  readonly feeds: (node: string, disk: Disk) => readonly Emitted[];
  /** Messages that the network of this model knows; others are lost for ever. */
  readonly carries?: (send: Send, from: string) => boolean;
  /** Where time passes; untimed by default. */
  readonly time?: Time;
  /** Marks a disk at a crash, so that it can be told later what had happened before. */
  readonly markCrash?: (disk: Disk) => Disk;
  readonly aside?: Aside;
  /** Which life of the node begins from this disk; always the first by default. */
  readonly lifeOf?: (disk: Disk) => number;
}

export const storeOf = (node: string): string => `store-${node}`;

export class NodeWorld {
  readonly setup: NodeSetup;
  readonly machines: Readonly<Record<string, PureMachine>>;
  readonly names: readonly string[];
  readonly audience: Audience;
  readonly #letters = new LetterBox();

  constructor(setup: NodeSetup) {
    this.setup = setup;
    this.names = Object.keys(setup.concerns);
    this.machines = Object.fromEntries(
      Object.entries(setup.concerns).map(([name, machine]) => [
        name,
        new PureMachine(machine, this.#isTimed(name) ? timedErasures[name] : erasures[name]),
      ]),
    );
    this.audience = audienceOf(setup.concerns, {
      clock: ['clock.wake'],
      storage: ['storage.write'],
      ...(setup.aside && { aside: setup.aside.hears }),
      wire: ['wire.send', 'genesis.formed'],
    });
  }

  down(node: string, disk: Disk, aside: unknown = this.setup.aside?.first): Local {
    return {
      node,
      isUp: false,
      snapshots: [],
      timers: [],
      alarms: [],
      writes: [],
      disk,
      group: '',
      ...(this.setup.time?.runs && { nowMs: 0 }),
      ...(aside !== undefined && { aside }),
    };
  }

  /** What becomes of a node by a stimulus. Throws what a machine throws. */
  take(local: Local, stimulus: Stimulus): Outcome {
    if (stimulus.kind === 'crash') {
      const disk = local.writes.slice(0, stimulus.durable).reduce(written, local.disk);
      const left = this.setup.markCrash?.(disk) ?? disk;
      return { local: this.down(local.node, left, local.aside), letters: [], heard: [] };
    }
    if (stimulus.kind === 'tick') {
      return { local: this.#later(local, stimulus.by), letters: [], heard: [] };
    }
    const turn = new Turn(this, local);
    turn.take(stimulus);
    return turn.outcome(this.#letters);
  }

  #isTimed(concern: string): boolean {
    return this.setup.time?.concerns.includes(concern) ?? false;
  }

  /** The node when its clock has advanced, and it has done nothing. */
  #later(local: Local, by: number): Local {
    const { time, aside } = this.setup;
    if (!time) return local;
    const old = { ...local, ...(aside && { aside: aside.later(local.aside, by) }) };
    if (!local.isUp) return old;
    const dues = duesAfter(local.dues ?? {}, by, time);
    if (time.runs) return this.#atRest({ ...old, dues, nowMs: (local.nowMs ?? 0) + by });
    const snapshots = local.snapshots.map((snapshot, k) => {
      const name = this.names[k] as string;
      const shift = this.#isTimed(name) ? shifts[name] : undefined;
      if (!shift) return snapshot;
      const machine = this.machines[name] as PureMachine;
      const moved = machine.replaced(snapshot, shift(machine.contextOf(snapshot), by));
      return machine.rested(moved, 0);
    });
    return { ...old, snapshots, dues };
  }

  /** Where clocks run, something may be past by now. */
  #atRest(local: Local): Local {
    const snapshots = local.snapshots.map((snapshot, k) =>
      (this.machines[this.names[k] as string] as PureMachine).rested(snapshot, 0, local.nowMs),
    );
    return { ...local, snapshots };
  }
}

/** Who looks into a node sees machines, not numbers. */
export class NodeView {
  readonly local: Local;
  readonly #world: NodeWorld;

  constructor(world: NodeWorld, local: Local) {
    this.#world = world;
    this.local = local;
  }

  /** The context of a concern; undefined when the node is down or does without it. */
  contextOf(concern: string): unknown {
    const snapshot = this.local.snapshots[this.#world.names.indexOf(concern)];
    if (snapshot === undefined) return undefined;
    return this.#world.machines[concern]?.contextOf(snapshot);
  }

  stateOf(concern: string): string {
    const snapshot = this.local.snapshots[this.#world.names.indexOf(concern)];
    if (snapshot === undefined) return '';
    return this.#world.machines[concern]?.stateOf(snapshot) ?? '';
  }
}
