/**
 * Connects a node to the lamp driver of its intersection, over the driver's socket.
 */
import type { LampHandlers, OpenLamps } from '../actors/lamps.ts';
import type { Door } from '../cabinet/address.ts';
import { connectLamps } from '../cabinet/client.ts';
import type { LampsShowing } from '../protocol/lamp-line.ts';
import { isLater, type LastWord } from '../protocol/life.ts';

/**
 * By how much comparing clocks may become worse than the node was told, for want of quick answers
 * on a busy host, or better, before the node is told anew. In milliseconds.
 */
const BOUND_ROOM_MS = 10;

/** Where a lamp driver listens, and who else hears what it shows. */
export interface LampDoor {
  readonly door: Door;
  /** What the driver says it shows, with its own stamp. */
  readonly shown?: (line: LampsShowing) => void;
  /** The node's monotonic clock; the process's own by default. In milliseconds. */
  readonly now?: () => number;
}

/** Reaches a lamp driver at its door, again and again until it is there. Never throws; what
 *  goes wrong is told as `lost`, `refused` or `outlived`. */
export const lampsAt =
  ({ door, shown, now = () => performance.now() }: LampDoor): OpenLamps =>
  (who, handlers) => {
    const { node, intersection, incarnation, digest } = who;
    const readiness = new Readiness(handlers);
    let counter = 0;
    let hasLeft = false;
    /** The last sequence about which the node wants to hear. */
    let asked: { readonly counter: number; readonly ticket: number } | undefined;
    /** Whether the driver heeds a later life of this node than the one that we are: then it tells. */
    const isOutlived = (last: LastWord | undefined): boolean => {
      if (!last || hasLeft || !isLater(last, { incarnation, counter })) return false;
      readiness.lose(`the lamp driver heeds a later life of ${node} (${last.incarnation})`);
      handlers.outlived(last.incarnation);
      return true;
    };
    const client = connectLamps({
      door,
      node,
      intersection,
      incarnation,
      now,
      heard: {
        entered: (line) => {
          if (isOutlived(line.last)) return;
          if (line.digest === digest) readiness.gain(client.synced()?.boundMs ?? 0);
          else readiness.lose('the lamp driver guards another description of the intersection');
        },
        compared: () => readiness.compared(client.synced()?.boundMs ?? Number.POSITIVE_INFINITY),
        answer: (line) => {
          if (isOutlived(line.last)) return;
          if (line.refused !== undefined) handlers.refused(line.refused);
          else if (asked && line.counter === asked.counter) handlers.accepted(asked.ticket);
        },
        showing: (line) => {
          shown?.(line);
          handlers.shown(line.lamps);
        },
        input: ({ input, group, active }) => handlers.input({ input, group, active }),
        refused: (reason) => handlers.refused(reason),
        lost: (reason) => readiness.lose(reason),
      },
    });
    return {
      show: ({ timelines, notAfterMs, ticket, boundMs = Number.POSITIVE_INFINITY }) => {
        counter += 1;
        if (ticket !== undefined) asked = { counter, ticket };
        const knownMs = client.synced()?.boundMs ?? 0;
        if (knownMs > boundMs) {
          // The node planned for less. It hears what is true now, and plans anew.
          readiness.changed(knownMs);
        } else if (!client.send({ counter, timelines, notAfterMs })) {
          handlers.refused('the lamp driver is not connected');
        }
      },
      leave: () => {
        hasLeft = true;
        client.leave();
      },
      close: () => client.close(),
    };
  };

/** Tells whether the driver is there, and how well its clock is known, when that has changed. */
class Readiness {
  readonly #handlers: LampHandlers;
  #told: 'nothing' | 'ready' | 'lost' = 'nothing';
  /** What the node was told. */
  #boundMs = 0;

  constructor(handlers: LampHandlers) {
    this.#handlers = handlers;
  }

  gain(measuredMs: number): void {
    if (this.#told === 'ready') return;
    this.#told = 'ready';
    this.#tell(measuredMs);
  }

  /** Who started on a busy host would else know the clock as badly as then for all time. */
  compared(measuredMs: number): void {
    const isBetter = roomy(measuredMs) + BOUND_ROOM_MS <= this.#boundMs;
    if (isBetter) this.changed(measuredMs);
  }

  changed(measuredMs: number): void {
    if (this.#told === 'ready') this.#tell(measuredMs);
  }

  lose(reason: string): void {
    if (this.#told === 'lost') return;
    this.#told = 'lost';
    this.#handlers.lost(reason);
  }

  #tell(measuredMs: number): void {
    this.#boundMs = roomy(measuredMs);
    this.#handlers.ready({ boundMs: this.#boundMs });
  }
}

const roomy = (measuredMs: number): number => Math.ceil(measuredMs) + BOUND_ROOM_MS;
