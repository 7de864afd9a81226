/**
 * The driver's alarm: one timer for the next instant at which anything may change, and how late it
 * rang. A timer that comes late is a fact of life; one that comes very late was asleep.
 */

/** XState's `Clock`, with the time: monotonic, in milliseconds. */
export interface DriverClock {
  now(): number;
  setTimeout(fire: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export class Alarm {
  readonly #clock: DriverClock;
  readonly #ring: (nowMs: number) => void;
  #timer: unknown;
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(clock: DriverClock, ring: (nowMs: number) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /**
   * Rings at the first of `instants` after `nowMs`, and at none that was set before. `nowMs` is
   * when the lamps were looked at: what falls due while one looks must ring.
   */
  set(nowMs: number, instants: readonly (number | undefined)[]): void {
    this.clear();
    const coming = instants.filter((at): at is number => at !== undefined && at > nowMs);
    this.#dueMs = Math.min(...coming);
    if (this.#dueMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.setTimeout(() => this.#ring(this.#clock.now()), this.#dueMs - nowMs);
  }

  clear(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  /** By how much it should have rung before `nowMs`. Negative when it is early. */
  lateMs(nowMs: number): number {
    return nowMs - this.#dueMs;
  }
}
