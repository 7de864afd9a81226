/**
 * Follows, on the bus of one node, what came of which message: what is said while a message is
 * handled came of it, and so did what is said when a write is durable that was asked for then. What
 * a timer brings came of no message. Only journals ask; machines know nothing of it.
 */
import type { Heard } from '../protocol/event.ts';
import { messageId } from '../protocol/journal.ts';

type OnBus = { readonly type: string };

/** Writes that are on their way; a disk that answers none any more must not fill the memory. */
const WRITES_MAX = 1000;

export class Trace {
  /** The message that an event came of. */
  readonly #causes = new WeakMap<OnBus, string>();
  readonly #writes = new Map<string, string>();
  #handled: OnBus | undefined;

  /** The event that its hearers are being given now. */
  get handled(): OnBus | undefined {
    return this.#handled;
  }

  /** The message that what happens now came of: its sender and its id. */
  get cause(): string | undefined {
    return this.#handled && this.#causes.get(this.#handled);
  }

  /** An event is put on the bus. */
  put(event: OnBus): void {
    const cause = this.#causeOf(event);
    if (cause === undefined) return;
    this.#causes.set(event, cause);
    if (event.type === 'storage.write' && this.#writes.size < WRITES_MAX)
      this.#writes.set(writeOf(event), cause);
  }

  begin(event: OnBus): void {
    this.#handled = event;
  }

  end(): void {
    this.#handled = undefined;
  }

  #causeOf(event: OnBus): string | undefined {
    if ('from' in event && 'counter' in event) {
      const { from, incarnation, counter } = event as Heard & { counter: number };
      return `${from} ${messageId(incarnation, counter)}`;
    }
    if (event.type !== 'storage.written') return this.cause;
    const write = writeOf(event);
    const cause = this.#writes.get(write);
    this.#writes.delete(write);
    return cause;
  }
}

const writeOf = (event: OnBus): string => {
  const { owner, ticket } = event as OnBus & { owner: string; ticket: number };
  return `${owner} ${ticket}`;
};
