/**
 * Remembers the seals that were opened last, because networks and strangers repeat datagrams: what was
 * opened a moment ago is known again for a tenth of the price of opening it.
 */
import { SEAL_CHARS, SEAL_CLOSING, TAG_CHARS } from '../protocol/seal.ts';

/** Some minutes of a district's datagrams. */
const SEALS_MAX = 8_192;
const TAG_AT = TAG_CHARS + SEAL_CLOSING.length;

export class RecentSeals {
  readonly #known = new Set<string>();
  /** The same in the order in which they came, round and round. */
  readonly #order: string[] = [];
  #next = 0;

  /** Whether a message with this very tag was opened. One of another text would not open. */
  has(bytes: Uint8Array): boolean {
    return bytes.length > SEAL_CHARS && this.#known.has(tagOf(bytes));
  }

  add(bytes: Uint8Array): void {
    const tag = tagOf(bytes);
    const oldest = this.#order[this.#next];
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#order[this.#next] = tag;
    this.#known.add(tag);
    this.#next = (this.#next + 1) % SEALS_MAX;
  }
}

/** The tag as it stands at the end. */
const tagOf = (bytes: Uint8Array): string => {
  const from = bytes.length - TAG_AT;
  return String.fromCharCode(...bytes.subarray(from, from + TAG_CHARS));
};
