/**
 * Tells new messages from repeated ones, by the counter of the sender's life. A sender's datagrams
 * and connections overtake each other, so a window of counters is remembered (RFC 4303, section
 * 3.4.3), not just the highest.
 */
const WINDOW = 1024;
/** Lives remembered; the one heard longest ago is forgotten first. */
const LIVES_MAX = 2000;

/** Of each counter of the window, whether it was heard: one bit, at its remainder. */
class Window {
  readonly #seen = new Uint32Array(WINDOW / 32);
  #highest: number;

  constructor(highest: number) {
    this.#highest = highest;
  }

  /** Whether `counter` is new; from now on it is not. */
  take(counter: number): boolean {
    if (counter <= this.#highest - WINDOW) return false;
    if (counter - this.#highest >= WINDOW) this.#seen.fill(0);
    // What was heard a whole window ago gives its place to what comes now.
    else for (let k = this.#highest + 1; k < counter; k += 1) this.#clear(k);
    const place = counter % WINDOW;
    const bit = 1 << (place & 31);
    const word = this.#seen[place >> 5] as number;
    if (counter > this.#highest) this.#highest = counter;
    else if ((word & bit) !== 0) return false;
    this.#seen[place >> 5] = word | bit;
    return true;
  }

  #clear(counter: number): void {
    const place = counter % WINDOW;
    this.#seen[place >> 5] = (this.#seen[place >> 5] as number) & ~(1 << (place & 31));
  }
}

export class Freshness {
  readonly #lives = new Map<string, Window>();

  /** Whether this message of this life of a sender was not heard before. */
  isFresh(life: string, counter: number): boolean {
    const window = this.#lives.get(life) ?? new Window(counter);
    if (!window.take(counter)) return false;
    this.#lives.delete(life);
    this.#lives.set(life, window);
    if (this.#lives.size > LIVES_MAX) {
      const [oldest] = this.#lives.keys();
      if (oldest !== undefined) this.#lives.delete(oldest);
    }
    return true;
  }
}
