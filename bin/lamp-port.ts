/**
 * Connects a node to the lamp driver of its intersection, over the driver's socket.
 */
import type { LampHandlers, OpenLamps } from '../actors/lamps.ts';
import type { Door } from '../cabinet/address.ts';
import { connectLamps } from '../cabinet/client.ts';
import type { LampsShowing } from '../protocol/lamp-line.ts';

export interface LampDoor {
  readonly door: Door;
  /** What the driver says it shows, with its own stamp. */
  readonly shown?: (line: LampsShowing) => void;
}

export const lampsAt =
  ({ door, shown }: LampDoor): OpenLamps =>
  (who, handlers) => {
    const { node, intersection, incarnation, digest } = who;
    const readiness = new Readiness(handlers);
    let counter = 0;
    const client = connectLamps({
      door,
      node,
      intersection,
      incarnation,
      now: () => performance.now(),
      heard: {
        entered: (line) => {
          if (line.digest === digest) readiness.gain();
          else readiness.lose('the lamp driver guards another description of the intersection');
        },
        answer: (line) => {
          if (line.refused !== undefined) handlers.refused(line.refused);
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
      show: ({ timelines, notAfterMs }) => {
        counter += 1;
        if (!client.send({ counter, timelines, notAfterMs })) {
          handlers.refused('the lamp driver is not connected');
        }
      },
      leave: () => client.leave(),
      close: () => client.close(),
    };
  };

/** Tells each change of readiness once, however often the connection fails in between. */
class Readiness {
  readonly #handlers: LampHandlers;
  #told: 'nothing' | 'ready' | 'lost' = 'nothing';

  constructor(handlers: LampHandlers) {
    this.#handlers = handlers;
  }

  gain(): void {
    if (this.#told === 'ready') return;
    this.#told = 'ready';
    this.#handlers.ready();
  }

  lose(reason: string): void {
    if (this.#told === 'lost') return;
    this.#told = 'lost';
    this.#handlers.lost(reason);
  }
}
