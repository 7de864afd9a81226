/**
 * Bounds by how much a term may be ahead: terms are spent by elections, one each, so a message whose
 * term is far ahead is broken or lies, and if it were heeded, terms would soon have no end left.
 *
 * A node that was away may really be behind. So what is ahead of the bound moves it on, by as much a
 * second as elections could never spend: who was away is there within a moment, and who lies for a
 * thousand years has not used them up.
 */

/** Ahead of the term this node is in. */
export const TERM_STEP_MAX = 65_536;
/** By how much the bound moves in a second in which terms beyond it are heard. */
const MOVE_MS = 1_000;

export class TermStep {
  readonly #now: () => number;
  #bound = TERM_STEP_MAX;
  #movedMs = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** This node is in a term. */
  entered(term: number): void {
    this.#bound = Math.max(this.#bound, term + TERM_STEP_MAX);
  }

  /** Whether a message of this term may be heard. */
  allows(term: number): boolean {
    if (term <= this.#bound) return true;
    const nowMs = this.#now();
    if (nowMs - this.#movedMs >= MOVE_MS) {
      this.#bound += TERM_STEP_MAX;
      this.#movedMs = nowMs;
    }
    return false;
  }
}
