/**
 * Compares two clocks by round trips: half of one bounds the error of its sample, and the bound
 * grows as the sample ages, because crystals drift. The sample with the least bound counts.
 */

/** The other clock less ours, and by how much that may be wrong. */
export interface Synced {
  readonly offsetMs: number;
  readonly boundMs: number;
}

interface Sample extends Synced {
  readonly atMs: number;
}

/** How far two clocks of a host or a street may drift apart in a millisecond: 100 ppm. */
const DRIFT_MAX = 1e-4;
const SAMPLES_MAX = 8;
const QUESTIONS_MAX = 16;

export class ClockComparison {
  #nextId = 0;
  /** When each open question was asked. */
  readonly #asked = new Map<number, number>();
  #samples: readonly Sample[] = [];

  /** A question goes out now; gives its id. */
  asked(nowMs: number): number {
    const id = this.#nextId++;
    this.#asked.set(id, nowMs);
    if (this.#asked.size > QUESTIONS_MAX) this.#asked.delete(id - QUESTIONS_MAX);
    return id;
  }

  /** How many questions wait for their answers. */
  get unanswered(): number {
    return this.#asked.size;
  }

  /** Its answer came in now. Answers to nothing asked are ignored. */
  answered({ id, nowMs: theirs }: { id: number; nowMs: number }, nowMs: number): void {
    const askedMs = this.#asked.get(id);
    if (askedMs === undefined) return;
    this.#asked.delete(id);
    const boundMs = (nowMs - askedMs) / 2;
    const sample = { offsetMs: theirs - (askedMs + boundMs), boundMs, atMs: nowMs };
    this.#samples = [...this.#samples, sample].slice(-SAMPLES_MAX);
  }

  /** The best comparison at `nowMs`; undefined before the first answer. */
  synced(nowMs: number): Synced | undefined {
    return this.#samples
      .map(({ offsetMs, boundMs, atMs }) => ({
        offsetMs,
        boundMs: boundMs + (nowMs - atMs) * DRIFT_MAX,
      }))
      .reduce<Synced | undefined>(
        (best, one) => (!best || one.boundMs < best.boundMs ? one : best),
        undefined,
      );
  }
}
