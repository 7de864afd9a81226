/**
 * A simulated host: its monotonic clock, which is offset and runs fast or slow, and the loops of
 * the processes on it, which stall and die.
 *
 * A timer is never early and always a little late, as on a real computer. A loop that stalled
 * first fires the timers it has missed and then hears what has arrived, as Node's does.
 */
import type { Clock } from '../actors/clock.ts';
import type { VirtualClock } from './clock.ts';

/** No computer's timer is exact; and where times are rounded, it must never be early. */
const LATE_MS = 0.001;

interface Alarm {
  readonly fire: () => void;
  /** On the host's clock. */
  readonly dueMs: number;
  timer: ReturnType<VirtualClock['setTimeout']>;
}

/** The monotonic clock of one host. It outlives the processes on it. */
export class HostClock implements Clock {
  readonly #virtual: VirtualClock;
  #rate: number;
  /** The clock stood at `#sinceMs` when virtual time was `#sinceVirtualMs`. */
  #sinceMs: number;
  #sinceVirtualMs: number;

  constructor(virtual: VirtualClock, { offsetMs = 0, driftPpm = 0 } = {}) {
    this.#virtual = virtual;
    this.#sinceVirtualMs = virtual.now();
    this.#sinceMs = this.#sinceVirtualMs + offsetMs;
    this.#rate = 1 + driftPpm / 1e6;
  }

  now = (): number => this.#sinceMs + (this.#virtual.now() - this.#sinceVirtualMs) * this.#rate;

  /** From now on the clock gains so many microseconds a second; it never jumps. */
  drift(ppm: number): void {
    this.#sinceMs = this.now();
    this.#sinceVirtualMs = this.#virtual.now();
    this.#rate = 1 + ppm / 1e6;
  }

  setTimeout = (fire: () => void, ms: number): Alarm => {
    const delayMs = Math.max(0, ms);
    const ring = () => {
      const earlyMs = alarm.dueMs - this.now();
      if (earlyMs <= 0) fire();
      else alarm.timer = this.#arm(ring, earlyMs);
    };
    const alarm: Alarm = { fire, dueMs: this.now() + delayMs, timer: this.#arm(ring, delayMs) };
    return alarm;
  };

  clearTimeout = (alarm: unknown): void => {
    if (alarm !== undefined) this.#virtual.clearTimeout((alarm as Alarm).timer);
  };

  #arm(ring: () => void, ms: number) {
    return this.#virtual.setTimeout(ring, ms / this.#rate + LATE_MS);
  }
}

interface LoopTimer {
  alarm: Alarm | undefined;
  isCleared: boolean;
}

/** The event loop of one process on a host: the clock that its node runs on. */
export class Loop implements Clock {
  readonly now: () => number;
  readonly #host: HostClock;
  #isStalled = false;
  #isEnded = false;
  #timers: (() => void)[] = [];
  #arrivals: (() => void)[] = [];

  constructor(host: HostClock) {
    this.#host = host;
    this.now = host.now;
  }

  setTimeout = (fire: () => void, ms: number): LoopTimer => {
    const timer: LoopTimer = { alarm: undefined, isCleared: false };
    const run = () => {
      if (timer.isCleared || this.#isEnded) return;
      if (this.#isStalled) this.#timers.push(run);
      else fire();
    };
    timer.alarm = this.#host.setTimeout(run, ms);
    return timer;
  };

  clearTimeout = (timer: unknown): void => {
    if (timer === undefined) return;
    (timer as LoopTimer).isCleared = true;
    this.#host.clearTimeout((timer as LoopTimer).alarm);
  };

  /** Runs `hear` now, when the stall ends, or never if the process ends before. */
  arrive = (hear: () => void): void => {
    if (this.#isEnded) return;
    if (this.#isStalled) this.#arrivals.push(hear);
    else hear();
  };

  stall(): void {
    this.#isStalled = true;
  }

  resume(): void {
    if (!this.#isStalled) return;
    this.#isStalled = false;
    const held = [...this.#timers, ...this.#arrivals];
    this.#timers = [];
    this.#arrivals = [];
    for (const run of held) if (!this.#isEnded) run();
  }

  /** The process is gone: nothing of it runs again. */
  end(): void {
    this.#isEnded = true;
    this.#timers = [];
    this.#arrivals = [];
  }
}
