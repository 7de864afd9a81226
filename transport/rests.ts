/**
 * Keeps a node from connecting again and again, as fast as it can, to somebody who ends each
 * connection before he has answered anything: one with another key, or one who means harm. A loss
 * is told at once a few times, because who is told decides on it; then ever later.
 */
import { CONNECTIONS_MAX } from './limits.ts';

/** Losses in a row that are told at once. */
const AT_ONCE = 3;
const REST_MS_MIN = 50;
const REST_MS_MAX = 1_000;
/** Losses that are so far apart are not in a row. */
const ROW_MS = 10_000;

interface Row {
  count: number;
  lastMs: number;
}

export class Rests {
  readonly #rows = new Map<string, Row>();

  /** How long after the end of a connection its loss is to be told. */
  after(key: string, wasAnswered: boolean, nowMs: number): number {
    const row = this.#rows.get(key);
    this.#rows.delete(key);
    if (wasAnswered) return 0;
    const count = row && nowMs - row.lastMs < ROW_MS ? row.count + 1 : 1;
    const [oldest] = this.#rows.keys();
    if (this.#rows.size >= CONNECTIONS_MAX && oldest !== undefined) this.#rows.delete(oldest);
    this.#rows.set(key, { count, lastMs: nowMs });
    if (count <= AT_ONCE) return 0;
    return Math.min(REST_MS_MAX, REST_MS_MIN * 2 ** (count - AT_ONCE - 1));
  }
}
