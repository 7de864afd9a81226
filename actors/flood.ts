/**
 * Limits how many messages are heard of each node in the view and of all strangers together, before
 * any machine is asked: what one says too much must not make this node late for the others.
 *
 * What it says for itself and what others wait for are counted apart, so that votes and
 * acknowledgements never give way to chatter. Only what is authentic and new is counted: else who
 * repeats the words of a peer could silence it.
 */
import { Bucket } from './bucket.ts';
import { isNeeded } from './needed.ts';

/** Of one sender, a second: ten times what the busiest says in the largest district. */
const CHATTER = { aSecond: 500, atOnce: 1_000 };
/** What others wait for: more than a log can take. */
const NEEDED = { aSecond: 20_000, atOnce: 40_000 };
/** Of all who are not in the view, together: a district of a thousand that starts at once fits. */
const STRANGERS = { aSecond: 1_000, atOnce: 2_000 };

interface Sender {
  readonly chatter: Bucket;
  readonly needed: Bucket;
}

export class Flood {
  /** Of the view alone, because a stranger may go by any name. */
  readonly #senders = new Map<string, Sender>();
  readonly #now: () => number;
  readonly #strangers: Bucket;

  constructor(now: () => number) {
    this.#now = now;
    this.#strangers = new Bucket(STRANGERS, now());
  }

  joined(peer: string): void {
    if (this.#senders.has(peer)) return;
    const nowMs = this.#now();
    const chatter = new Bucket(CHATTER, nowMs);
    this.#senders.set(peer, { chatter, needed: new Bucket(NEEDED, nowMs) });
  }

  left(peer: string): void {
    this.#senders.delete(peer);
  }

  /** Whether one message more of this type is heard of a sender. */
  allows(from: string, type: string): boolean {
    const sender = this.#senders.get(from);
    const bucket = sender && (isNeeded(type) ? sender.needed : sender.chatter);
    return (bucket ?? this.#strangers).take(this.#now());
  }
}
