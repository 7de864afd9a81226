/** Remembers why messages were refused, for whoever found nobody and wants to know why. */
import type { Emitted } from '../protocol/event.ts';

/** So many reasons are told. */
const REASONS_MAX = 5;

export class HeardRefusals {
  readonly #reasons = new Set<string>();

  hear = (event: Emitted): void => {
    if (event.type !== 'wire.refused' || this.#reasons.size >= REASONS_MAX) return;
    // How many more there were says nothing new.
    this.#reasons.add(`; of ${event.peer}: ${event.reason.replace(/ \(and \d+ more.*$/, '')}`);
  };

  /** To stand after what went wrong; empty when nothing was refused. */
  get text(): string {
    return [...this.#reasons].join('');
  }
}
