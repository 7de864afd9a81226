/**
 * Puts requests of those outside to the machines of a node, and gives them their answers: by
 * tickets, because answers come when they come.
 */
import type { Ask, AskRead, Emitted, Fact, Only } from '../protocol/event.ts';

/** What became of a request: where the log stands, or why it was refused. */
export type Answer = Pick<Only<Fact, 'replica.answered'>, 'index' | 'problems' | 'transient'>;

type Asking = Omit<Ask, 'owner' | 'ticket'> | Omit<AskRead, 'owner' | 'ticket'>;

/** The owner of requests that come from outside the machines. */
const OPERATOR = 'operator';

export class Operator {
  readonly #send: (request: Ask | AskRead) => void;
  /** By ticket: who waits for the answer. */
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #tickets = 0;

  constructor(send: (request: Ask | AskRead) => void) {
    this.#send = send;
  }

  /** An answer may be lost with a leader, and then never comes. */
  ask(request: Asking): Promise<Answer> {
    const ticket = ++this.#tickets;
    return new Promise((resolve) => {
      this.#waiting.set(ticket, resolve);
      this.#send({ ...request, owner: OPERATOR, ticket } as Ask | AskRead);
    });
  }

  /** Looks at everything on the node's bus for answers. */
  hear = (event: Emitted): void => {
    if (event.type !== 'replica.answered' && event.type !== 'lease.answered') return;
    if (event.owner !== OPERATOR) return;
    this.#waiting.get(event.ticket)?.(event);
    this.#waiting.delete(event.ticket);
  };
}
