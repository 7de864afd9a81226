/**
 * Tells of so many things a second and no more, because who sends them must not fill the journal;
 * the rest are counted.
 */
const TOLD_MAX = 20;
const WITHIN_MS = 1000;

export class Telling {
  #sinceMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #untold = 0;

  /** Whether one more is told of at this moment. */
  isDue(nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= WITHIN_MS) {
      this.#untold = Math.max(0, this.#count - TOLD_MAX);
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= TOLD_MAX;
  }

  /** How many of the second before were not told of; asked again, none. */
  takeUntold(): number {
    const untold = this.#untold;
    this.#untold = 0;
    return untold;
  }
}
