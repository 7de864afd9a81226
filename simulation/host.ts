/**
 * A simulated host: its monotonic clock, which is offset and runs fast or slow, and the loops of
 * the processes on it, which stall and die.
 *
 * A timer is never early and always a little late, as on a real computer. A loop that stalled
 * first fires the timers it has missed and then hears what has arrived, as Node's does. When the
 * host itself is suspended, its clock stands still, and all its processes with it.
 */
import type { Clock, Suspension } from '../actors/clock.ts';
import { assert } from '../protocol/assert.ts';
import type { VirtualClock } from './clock.ts';

/** No computer's timer is exact; and where times are rounded, it must never be early. */
const LATE_MS = 0.001;
/** How soon a process that runs again has looked whether the clock stood still. */
const LOOK_MS = 50;
/** A process whose timers ring more often than that in a second waits for nothing. Busy nodes, and
 *  those that find out that they have slept, stay under a tenth of it. */
const RINGS_MAX = 500;
const RINGS_WITHIN_MS = 1_000;

interface Alarm {
  readonly fire: () => void;
  /** On the host's clock. */
  readonly dueMs: number;
  timer: ReturnType<VirtualClock['setTimeout']> | undefined;
  isCleared: boolean;
}

/** The monotonic clock of one host. It outlives the processes on it. */
export class HostClock implements Clock {
  readonly #virtual: VirtualClock;
  #rate: number;
  /** The clock stood at `#sinceMs` when virtual time was `#sinceVirtualMs`. */
  #sinceMs: number;
  #sinceVirtualMs: number;
  #isSuspended = false;
  /** How long it stood still in all. */
  #stoodMs = 0;
  #held: (() => void)[] = [];
  readonly #wakers = new Set<() => void>();

  constructor(virtual: VirtualClock, { offsetMs = 0, driftPpm = 0 } = {}) {
    this.#virtual = virtual;
    this.#sinceVirtualMs = virtual.now();
    this.#sinceMs = this.#sinceVirtualMs + offsetMs;
    this.#rate = 1 + driftPpm / 1e6;
  }

  now = (): number =>
    this.#isSuspended
      ? this.#sinceMs
      : this.#sinceMs + (this.#virtual.now() - this.#sinceVirtualMs) * this.#rate;

  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  /** The host sleeps: the clock stands still, and no timer fires. */
  suspend(): void {
    this.#sinceMs = this.now();
    this.#sinceVirtualMs = this.#virtual.now();
    this.#isSuspended = true;
  }

  /** The host runs again. `first` is told how long it slept, before anything else happens there. */
  resume(first: (byMs: number) => void): void {
    const byMs = this.#virtual.now() - this.#sinceVirtualMs;
    this.#sinceVirtualMs = this.#virtual.now();
    this.#isSuspended = false;
    this.#stoodMs += byMs;
    first(byMs);
    const held = this.#held;
    this.#held = [];
    for (const ring of held) ring();
    for (const wake of this.#wakers) wake();
  }

  /** Calls `wake` whenever the host runs again; gives what ends that. */
  onResume(wake: () => void): () => void {
    this.#wakers.add(wake);
    return () => this.#wakers.delete(wake);
  }

  /** Tells a process on this host by how much the clock stood still, soon after it runs again. */
  watch(loop: Clock, jumped: (byMs: number) => void): Suspension {
    let knownMs = this.#stoodMs;
    const look = () => {
      const byMs = this.#stoodMs - knownMs;
      knownMs = this.#stoodMs;
      if (byMs > 0) jumped(byMs);
    };
    return { look, stop: this.onResume(() => loop.setTimeout(look, LOOK_MS)) };
  }

  /** From now on the clock gains so many microseconds a second; it never jumps. */
  drift(ppm: number): void {
    this.#sinceMs = this.now();
    if (!this.#isSuspended) this.#sinceVirtualMs = this.#virtual.now();
    this.#rate = 1 + ppm / 1e6;
  }

  setTimeout = (fire: () => void, ms: number): Alarm => {
    const delayMs = Math.max(0, ms);
    const ring = () => {
      if (alarm.isCleared) return;
      const earlyMs = alarm.dueMs - this.now();
      if (this.#isSuspended) this.#held.push(ring);
      else if (earlyMs <= 0) fire();
      else alarm.timer = this.#arm(ring, earlyMs);
    };
    const alarm: Alarm = {
      fire,
      dueMs: this.now() + delayMs,
      timer: this.#arm(ring, delayMs),
      isCleared: false,
    };
    return alarm;
  };

  clearTimeout = (alarm: unknown): void => {
    if (alarm === undefined) return;
    (alarm as Alarm).isCleared = true;
    this.#virtual.clearTimeout((alarm as Alarm).timer);
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
  readonly #forget: () => void;
  readonly #spins: (message: string) => void;
  #timers: (() => void)[] = [];
  #arrivals: (() => void)[] = [];
  #rings = 0;
  #ringsSinceMs = Number.NEGATIVE_INFINITY;

  /** `spins` is told when timers ring again and again: nothing else would end such a loop. */
  constructor(host: HostClock, spins = (message: string): void => assert(false, message)) {
    this.#host = host;
    this.#spins = spins;
    this.now = host.now;
    this.#forget = host.onResume(() => this.#flush());
  }

  setTimeout = (fire: () => void, ms: number): LoopTimer => {
    const timer: LoopTimer = { alarm: undefined, isCleared: false };
    const run = () => {
      if (timer.isCleared || this.#isEnded) return;
      if (this.#isHeld) this.#timers.push(run);
      else this.#ring(fire);
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
    if (this.#isHeld) this.#arrivals.push(hear);
    else hear();
  };

  stall(): void {
    this.#isStalled = true;
  }

  resume(): void {
    if (!this.#isStalled) return;
    this.#isStalled = false;
    this.#flush();
  }

  #ring(fire: () => void): void {
    const nowMs = this.now();
    if (nowMs - this.#ringsSinceMs >= RINGS_WITHIN_MS)
      [this.#rings, this.#ringsSinceMs] = [0, nowMs];
    this.#rings += 1;
    if (this.#rings === RINGS_MAX + 1) {
      const withinMs = (nowMs - this.#ringsSinceMs).toFixed(1);
      this.#spins(`${this.#rings} of its timers have rung within ${withinMs} ms`);
    }
    fire();
  }

  get #isHeld(): boolean {
    return this.#isStalled || this.#host.isSuspended;
  }

  #flush(): void {
    if (this.#isHeld) return;
    const held = [...this.#timers, ...this.#arrivals];
    this.#timers = [];
    this.#arrivals = [];
    for (const run of held) if (!this.#isEnded) run();
  }

  /** The process is gone: nothing of it runs again. */
  end(): void {
    this.#isEnded = true;
    this.#forget();
    this.#timers = [];
    this.#arrivals = [];
  }
}
