/**
 * Steps one node as a pure function: machines, bus, timers, disk and wire in, the same and what is
 * sent out. Untimed: every stamp is zero, and an armed timer may fire at any moment.
 */
import type { AnyStateMachine, EventObject } from 'xstate';
import { type Audience, audienceOf } from '../actors/bus.ts';
import type { BusEvent, Emitted, Send, Write } from '../protocol/event.ts';
import { type Disk, written } from './world-disk.ts';
import { erasures } from './world-erasure.ts';
import { type Letter, LetterBox } from './world-letter.ts';
import { PureMachine } from './world-machine.ts';
import { Turn } from './world-turn.ts';

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
  /** Asked to be written, and not durable yet. */
  readonly writes: readonly Write[];
  readonly disk: Disk;
  /** What the wire knows as the node's group. */
  readonly group: string;
}

export type Stimulus =
  | { readonly kind: 'hear'; readonly letter: Letter }
  | { readonly kind: 'fire'; readonly timer: Timer }
  | { readonly kind: 'ring'; readonly alarm: string }
  | { readonly kind: 'write' }
  | { readonly kind: 'crash'; readonly durable: number }
  | { readonly kind: 'start' }
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
        new PureMachine(machine, erasures[name]),
      ]),
    );
    this.audience = audienceOf(setup.concerns, {
      clock: ['clock.wake'],
      storage: ['storage.write'],
      wire: ['wire.send', 'genesis.formed'],
    });
  }

  down(node: string, disk: Disk): Local {
    return {
      node,
      isUp: false,
      snapshots: [],
      timers: [],
      alarms: [],
      writes: [],
      disk,
      group: '',
    };
  }

  /** What becomes of a node by a stimulus. Throws what a machine throws. */
  take(local: Local, stimulus: Stimulus): Outcome {
    if (stimulus.kind === 'crash') {
      const disk = local.writes.slice(0, stimulus.durable).reduce(written, local.disk);
      return { local: this.down(local.node, disk), letters: [], heard: [] };
    }
    const turn = new Turn(this, local);
    turn.take(stimulus);
    return turn.outcome(this.#letters);
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
