/**
 * Tells new messages from repeated ones, by the counter of the sender's life. A sender's datagrams
 * and connections overtake each other, so a window of counters is remembered (RFC 4303, section
 * 3.4.3), not just the highest. A life has one counter for all groups that it is in, one after
 * another, so what it says in one is no news in the next.
 */
const WINDOW = 1024;
/** Lives remembered; the one heard longest ago is forgotten first. */
const LIVES_MAX = 2000;

/** Of each counter of the window, whether it was heard: one bit, at its remainder. */
class Window {
  /** When it was heard last, as a count of all that was heard. */
  usedAt = 0;
  /** The same on the clock. */
  usedMs = 0;
  readonly #seen = new Uint32Array(WINDOW / 32);
  #highest: number;

  /** `isAfter`: only what comes after `highest` is new. */
  constructor(highest: number, isAfter: boolean) {
    this.#highest = highest;
    if (isAfter) this.#seen.fill(0xffff_ffff);
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
  readonly #now: () => number;
  #heard = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether this message of this life of a sender was not heard before. */
  isFresh(life: string, counter: number): boolean {
    const window = this.#lives.get(life) ?? this.#open(life, counter);
    if (!window.take(counter)) return false;
    this.#use(window);
    return true;
  }

  /** Whether anything of this life is remembered. */
  knows(life: string): boolean {
    return this.#lives.has(life);
  }

  /** Whether nothing new was heard of a life for so long, of which something is remembered. */
  isSilent(life: string, forMs: number): boolean {
    const window = this.#lives.get(life);
    return window !== undefined && this.#now() - window.usedMs > forMs;
  }

  /** This life speaks now, and said this message now: what it said before may be a repetition. */
  begin(life: string, counter: number): void {
    this.#lives.delete(life);
    this.#open(life, counter, true);
  }

  #open(life: string, counter: number, isAfter = false): Window {
    if (this.#lives.size >= LIVES_MAX) this.#forgetOldest();
    const window = new Window(counter, isAfter);
    this.#use(window);
    this.#lives.set(life, window);
    return window;
  }

  #use(window: Window): void {
    this.#heard += 1;
    window.usedAt = this.#heard;
    window.usedMs = this.#now();
  }

  #forgetOldest(): void {
    let [oldest, usedAt] = ['', Number.POSITIVE_INFINITY];
    for (const [life, window] of this.#lives) {
      if (window.usedAt < usedAt) [oldest, usedAt] = [life, window.usedAt];
    }
    this.#lives.delete(oldest);
  }
}
