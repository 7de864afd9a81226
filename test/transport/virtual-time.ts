/** Time for tests of the memory network: it stands still until told to run. */
export class VirtualTime {
  #nowMs = 0;
  readonly #timers: { atMs: number; fn: () => void }[] = [];

  readonly later = (fn: () => void, ms: number) => {
    const atMs = this.#nowMs + ms;
    const place = this.#timers.findIndex((timer) => timer.atMs > atMs);
    this.#timers.splice(place < 0 ? this.#timers.length : place, 0, { atMs, fn });
  };

  /** Lets `ms` pass. */
  run(ms: number) {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#timers[0]; next && next.atMs <= untilMs; next = this.#timers[0]) {
      this.#timers.shift();
      this.#nowMs = next.atMs;
      next.fn();
    }
    this.#nowMs = untilMs;
  }
}
