/**
 * Bounds by how much a number may be ahead that only ever grows, and that others say: terms are
 * spent by elections, one each, and places in the log by entries. What is far ahead is broken or a
 * lie, and if it were heeded at once, the numbers there are would soon have no end left.
 *
 * A node that was away may really be behind. So what is ahead of the bound moves it on, by one step
 * a second and no more, whatever is said and however far what was heeded has led: who was away is
 * there within a moment, and who lies for years has not used the numbers up. A start begins from
 * what the store remembers, so that a restart takes nothing back and gains one step at most.
 */

/** By how much a term may be ahead of what this node knows, and by how much that moves in a second:
 *  more than elections ever spend. All terms there are last for four thousand years of lies. */
export const TERM_STEP_MAX = 65_536;
/** The same of places in the log: more than a log can take. They last for seventeen years of lies. */
export const INDEX_STEP_MAX = 16_777_216;
/** How soon after the last step comes the next. */
const MOVE_MS = 1_000;

export class Pace {
  readonly #now: () => number;
  readonly #step: number;
  #bound: number;
  #movedMs = Number.NEGATIVE_INFINITY;
  #hasBegun = false;

  constructor(now: () => number, step: number) {
    this.#now = now;
    this.#step = step;
    this.#bound = step;
  }

  /** This node has come so far. What it says first is what its store remembers. */
  reached(number: number): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#bound = Math.max(this.#bound, number + this.#step);
      this.#movedMs = this.#now();
    }
    // Not when it is at the bound: what is said next must not have to be said twice.
    if (number > this.#bound - this.#step / 2) this.#move();
  }

  /** Whether what says this number may be heard. */
  allows(number: number): boolean {
    if (number <= this.#bound) return true;
    this.#move();
    return false;
  }

  #move(): void {
    const nowMs = this.#now();
    if (nowMs - this.#movedMs < MOVE_MS) return;
    this.#bound += this.#step;
    this.#movedMs = nowMs;
  }
}
