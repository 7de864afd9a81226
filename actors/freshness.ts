/**
 * Tells new messages from repeated ones, by the counter of the sender's life. A sender's datagrams
 * and connections overtake each other, so a window of counters is remembered (RFC 4303, section
 * 3.4.3), not just the highest.
 */
const WINDOW = 1024;
/** Lives remembered; the one heard longest ago is forgotten first. */
const LIVES_MAX = 2000;

interface Memory {
  highest: number;
  readonly seen: Set<number>;
}

export class Freshness {
  readonly #lives = new Map<string, Memory>();

  /** Whether this message of this life of a sender was not heard before. */
  isFresh(life: string, counter: number): boolean {
    const memory = this.#lives.get(life) ?? { highest: counter, seen: new Set<number>() };
    if (counter <= memory.highest - WINDOW || memory.seen.has(counter)) return false;
    memory.seen.add(counter);
    memory.highest = Math.max(memory.highest, counter);
    if (memory.seen.size > 2 * WINDOW) {
      for (const old of memory.seen) if (old <= memory.highest - WINDOW) memory.seen.delete(old);
    }
    this.#lives.delete(life);
    this.#lives.set(life, memory);
    if (this.#lives.size > LIVES_MAX) {
      const [oldest] = this.#lives.keys();
      if (oldest !== undefined) this.#lives.delete(oldest);
    }
    return true;
  }
}
