/**
 * What the last messages of a city say. It stays where the city runs until somebody asks, because to
 * hand it on with each line would cost more than the city.
 */
import type { JournalLine } from '../../protocol/journal.ts';

/** Messages that are remembered: some minutes of a town. */
const MESSAGES_MAX = 20_000;

export class Contents {
  readonly #kept = new Map<string, object>();

  /** The line without what its message says, which is kept. */
  without(line: JournalLine): JournalLine {
    if (line.kind !== 'said' || line.contents === undefined) return line;
    const { contents, ...rest } = line;
    this.#kept.set(`${line.node} ${line.id}`, contents);
    if (this.#kept.size > MESSAGES_MAX) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return rest;
  }

  /** All that is remembered, by sender and id. */
  all(): (readonly [string, object])[] {
    return [...this.#kept];
  }

  of(key: string): object | undefined {
    return this.#kept.get(key);
  }
}
