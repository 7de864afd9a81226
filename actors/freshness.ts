/**
 * Tells new messages from old ones: by (sender, incarnation, counter), never by wall clocks. A
 * sender's datagrams and connections overtake each other, so a window of counters is remembered
 * (RFC 4303, section 3.4.3), not just the highest.
 */
const WINDOW = 1024;
/** Senders remembered; the one heard longest ago is forgotten first. */
const SENDERS_MAX = 2000;

interface Memory {
  readonly incarnation: number;
  highest: number;
  readonly seen: Set<number>;
}

export class Freshness {
  readonly #senders = new Map<string, Memory>();

  /** Whether this message of `sender` was not heard before, and is not of an earlier life. */
  isFresh(sender: string, incarnation: number, counter: number): boolean {
    const known = this.#senders.get(sender);
    if (known && incarnation < known.incarnation) return false;
    const memory =
      known?.incarnation === incarnation
        ? known
        : { incarnation, highest: counter, seen: new Set<number>() };
    if (counter <= memory.highest - WINDOW || memory.seen.has(counter)) return false;
    memory.seen.add(counter);
    memory.highest = Math.max(memory.highest, counter);
    if (memory.seen.size > 2 * WINDOW) {
      for (const old of memory.seen) if (old <= memory.highest - WINDOW) memory.seen.delete(old);
    }
    this.#senders.delete(sender);
    this.#senders.set(sender, memory);
    if (this.#senders.size > SENDERS_MAX) {
      const [oldest] = this.#senders.keys();
      if (oldest !== undefined) this.#senders.delete(oldest);
    }
    return true;
  }
}
