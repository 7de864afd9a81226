/**
 * Watches how long planners take: their share of a run. Timed from outside, because machines read no
 * clock. What is timed is what the stage controller does when it hears what is to be expected: the
 * plan, and what the lamps are sent for it.
 */
import type { OnBus, Stopwatch } from '../actors/bus.ts';
import { quantile } from './spread.ts';

/** How long planning took. */
export interface Planning {
  /** Of one intersection each. */
  readonly steps: number;
  /** Of the whole run, by the wall's clock. */
  readonly wallPercent: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The stage controller alone hears it, and plans by it. */
const isPlanned = ({ type }: OnBus): boolean => type === 'arrivals.expected';

/** One for all nodes of a process: none hears anything while another does. */
export class PlanningWatch implements Stopwatch {
  readonly #now: () => number;
  readonly #tookMs: number[] = [];
  #sinceMs = 0;

  /** `now`: a monotonic clock in milliseconds, finer than one. */
  constructor(now: () => number) {
    this.#now = now;
  }

  begin(event: OnBus): void {
    if (isPlanned(event)) this.#sinceMs = this.#now();
  }

  end(event: OnBus): void {
    if (isPlanned(event)) this.#tookMs.push(this.#now() - this.#sinceMs);
  }

  /** What all steps came to in a run that took `wallMs`. Without a step all is nought. */
  outcome(wallMs: number): Planning {
    const took = this.#tookMs;
    const totalMs = took.reduce((sum, one) => sum + one, 0);
    const at = (share: number) => (took.length > 0 ? fine(quantile(took, share)) : 0);
    return {
      steps: took.length,
      wallPercent: wallMs > 0 ? fine((100 * totalMs) / wallMs) : 0,
      medianMs: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
    };
  }
}

/** To a microsecond: a step is often over within a tenth of a millisecond. */
const fine = (value: number): number => Math.round(value * 1000) / 1000;
