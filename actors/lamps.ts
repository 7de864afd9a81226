/**
 * Joins a node to the lamp driver of its intersection. The driver is a process of its own; how it
 * is reached is handed in from outside. The node hears that it is ready when nobody else answers to
 * the node's id: until then it commands nothing.
 */
import { fromCallback } from 'xstate';
import type { NodeInput } from '../machines/node.ts';
import type { BusEvent, Fact, Only, Show } from '../protocol/event.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { Deliver } from './bus.ts';

/** What a lamp driver tells its node. */
export interface LampHandlers {
  /**
   * The driver is there, and its clock is known to `boundMs`; told again when that has changed.
   */
  ready(known: { boundMs: number }): void;
  /** The driver is gone; nothing is commanded until it is back. */
  lost(reason: string): void;
  /** What all groups show: once when it is ready, and at every change. A node begins nothing
   *  before it knows. */
  shown(lamps: Lamps): void;
  /** An input of the cabinet was set or taken back; what stands is told when it is there. */
  input(input: Omit<Only<Fact, 'lamps.input'>, 'type'>): void;
  refused(reason: string): void;
  /** The sequence with this ticket is followed from now on. */
  accepted(ticket: number): void;
  /** The driver heeds a later life of this node than the one that entered, and not this one. */
  outlived(by: number): void;
}

/** A node’s line to its lamp driver. */
export interface LampPort {
  /** Hands over a sequence; instants are on the node's clock. One whose instants would miss it by more
   *  than its `boundMs` is not sent: the node hears `ready`. */
  show(sequence: Omit<Show, 'type'>): void;
  /** A clean stop: what was sent goes on to its end. */
  leave(): void;
  close(): void;
}

/** Connects to the lamp driver of an intersection, for this life of this node. Tells nothing before
 *  it has returned. */
export type OpenLamps = (
  who: { node: string; intersection: string; incarnation: number; digest: string },
  handlers: LampHandlers,
) => LampPort;

export const lampsHear = ['lamps.show', 'lamps.leave', 'membership.settled'] as const;

export const lampsThrough = (
  open: OpenLamps,
  digestOf: (value: unknown) => string,
  deliver: Deliver,
) =>
  fromCallback<BusEvent, NodeInput>(({ input, receive }) => {
    const { id: node, incarnation, intersection } = input;
    if (!intersection) return () => {};
    const who = {
      node,
      incarnation,
      intersection: intersection.id,
      digest: digestOf(intersection),
    };
    /** Before, a copy of a node would put out the one that lives, whose words are of an earlier life. */
    let isSure = false;
    let ready: { boundMs: number } | undefined;
    const tellReady = () => {
      if (isSure && ready) deliver({ type: 'lamps.ready', boundMs: ready.boundMs });
    };
    const port = open(who, {
      ready: (known) => {
        ready = known;
        tellReady();
      },
      lost: (reason) => {
        ready = undefined;
        deliver({ type: 'lamps.lost', reason });
      },
      shown: (lamps) => deliver({ type: 'lamps.shown', lamps }),
      input: (input) => deliver({ type: 'lamps.input', ...input }),
      refused: (reason) => deliver({ type: 'lamps.refused', reason }),
      accepted: (ticket) => deliver({ type: 'lamps.accepted', ticket }),
      outlived: (by) => deliver({ type: 'lamps.outlived', by }),
    });
    receive((event) => {
      try {
        if (event.type === 'membership.settled') {
          isSure = true;
          tellReady();
        }
        // Who has commanded nothing has nothing to leave; and a copy would leave for who lives.
        if (event.type === 'lamps.leave' && isSure) port.leave();
        if (event.type === 'lamps.show') port.show(event);
      } catch (error) {
        // XState cleans up after actors that stop, but not after those that fail.
        port.close();
        throw error;
      }
    });
    return () => port.close();
  });
