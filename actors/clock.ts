/**
 * Time for one node: XState's timers run on it, the bus stamps with it, and `clock.wake` asks for
 * instants on it. Monotonic, in milliseconds; where it starts means nothing.
 */

/** XState’s `Clock`, with the time. */
export interface Clock {
  now(): number;
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Watches for a clock that stood still because its host slept, and tells by how much. */
export type WatchSuspension = (jumped: (byMs: number) => void) => Suspension;

/** Looks for a clock that stood still, until it is stopped. */
export interface Suspension {
  /** Looks at once: before anything is done that depends on what time it is. */
  look(): void;
  stop(): void;
}

/** Minutes since midnight, where the host stands, at `wallMs` since the Unix epoch. */
export const minuteOfDay = (wallMs: number): number => {
  const local = new Date(wallMs);
  return local.getHours() * 60 + local.getMinutes();
};

/** The host's monotonic clock. */
export const realClock: Clock = {
  now: () => performance.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};
