/** What those lost who left lately: the mean delay, as one reads it off a live district. Pure. */

/** Over how long it is taken. In milliseconds. */
const RECENT_MS = 300_000;

export class Delays {
  readonly #recent: { readonly atMs: number; readonly delayS: number }[] = [];
  #count = 0;
  #sumS = 0;

  left(atMs: number, delayS: number): void {
    this.#recent.push({ atMs, delayS });
    this.#count += 1;
    this.#sumS += delayS;
  }

  /** How many have left since the model began. */
  get count(): number {
    return this.#count;
  }

  /** What they lost on average; undefined while nobody has left. In seconds. */
  get meanS(): number | undefined {
    return this.#count > 0 ? this.#sumS / this.#count : undefined;
  }

  /** The same of the last minutes. */
  recentS(nowMs: number): number | undefined {
    while ((this.#recent[0]?.atMs ?? nowMs) < nowMs - RECENT_MS) this.#recent.shift();
    const { length } = this.#recent;
    return length > 0
      ? this.#recent.reduce((sum, { delayS }) => sum + delayS, 0) / length
      : undefined;
  }
}
