/**
 * The log of the leader that is played. Of one index and term there is one entry, whoever sends it
 * and when, as in any log that voters agree on; what a later leader cuts off is never committed.
 */
import type { Command, Entry, State } from '../protocol/command.ts';
import type { Message, Only } from '../protocol/event.ts';

/** The state that a newcomer fetches: all up to this entry. */
export interface Ground {
  readonly index: number;
  readonly term: number;
  readonly state: State;
}

export class Ledger {
  readonly ground: Ground;
  commit: number;
  #entries: Entry[] = [];

  constructor(ground: Ground) {
    this.ground = ground;
    this.commit = ground.index;
  }

  get end(): { readonly lastTerm: number; readonly lastIndex: number } {
    const lastIndex = this.ground.index + this.#entries.length;
    return { lastTerm: this.termAt(lastIndex), lastIndex };
  }

  termAt(index: number): number {
    if (index <= this.ground.index) return this.ground.term;
    return this.#entries[index - this.ground.index - 1]?.term ?? 0;
  }

  /** Appends a command, or what changes nothing. */
  append(term: number, command?: Command): void {
    const id = `conform-${term}-${this.end.lastIndex + 1}`;
    this.#entries.push({ term, command: command ?? { kind: 'preempt.clear', id } });
  }

  /** Drops what stands after `index`: another leader never had it. */
  cut(index: number): void {
    this.#entries = this.#entries.slice(0, Math.max(index, this.commit) - this.ground.index);
  }

  /** `count` entries after `prevIndex`, from the leader of `term`. */
  prepare(term: number, prevIndex: number, count: number): Only<Message, 'replica.prepare'> {
    const from = prevIndex - this.ground.index;
    return {
      type: 'replica.prepare',
      term,
      prevIndex,
      prevTerm: this.termAt(prevIndex),
      entries: this.#entries.slice(from, from + count),
      commit: this.commit,
    };
  }
}
