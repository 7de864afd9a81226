/** A token bucket: how often something may be, by the second and at once. */

export interface Rate {
  readonly aSecond: number;
  readonly atOnce: number;
}

/** Holds what may still be said: it fills with time. */
export class Bucket {
  readonly #rate: Rate;
  #left: number;
  #atMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#left = rate.atOnce;
    this.#atMs = nowMs;
  }

  take(nowMs: number): boolean {
    const { aSecond, atOnce } = this.#rate;
    const gained = (Math.max(0, nowMs - this.#atMs) * aSecond) / 1000;
    this.#left = Math.min(atOnce, this.#left + gained);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
