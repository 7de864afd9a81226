/**
 * The clock of a host whose crystal is wrong: it gains so many microseconds a second, and never jumps.
 */
import { type Clock, realClock } from '../actors/clock.ts';

interface Alarm {
  timer: unknown;
}

export class SkewedClock implements Clock {
  readonly #true: Clock;
  #rate = 1;
  #sinceMs: number;
  #sinceTrueMs: number;

  constructor(truth: Clock = realClock) {
    this.#true = truth;
    this.#sinceMs = truth.now();
    this.#sinceTrueMs = this.#sinceMs;
  }

  now = (): number => this.#sinceMs + (this.#true.now() - this.#sinceTrueMs) * this.#rate;

  /** From now on it gains so much. */
  drift(ppm: number): void {
    const now = this.now();
    this.#sinceTrueMs = this.#true.now();
    this.#sinceMs = now;
    this.#rate = 1 + ppm / 1e6;
  }

  setTimeout = (fire: () => void, ms: number): Alarm => {
    const dueMs = this.now() + ms;
    const alarm: Alarm = { timer: undefined };
    const arm = (leftMs: number) => {
      alarm.timer = this.#true.setTimeout(ring, leftMs / this.#rate);
    };
    const ring = () => {
      // It may have become slower since; what is less than a timer's grain is not waited for.
      const leftMs = dueMs - this.now();
      if (leftMs < 1) fire();
      else arm(leftMs);
    };
    arm(ms);
    return alarm;
  };

  clearTimeout = (alarm: unknown): void => {
    if (alarm !== undefined) this.#true.clearTimeout((alarm as Alarm).timer);
  };
}
