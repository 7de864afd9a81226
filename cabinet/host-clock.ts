/**
 * The host's clocks. Instants are on the monotonic clock that all processes of the host share, so
 * that they mean the same to a driver that was started anew.
 */
import type { DriverClock } from './alarm.ts';

/** Monotonic, in milliseconds since the host started. */
export const hostClock: DriverClock = {
  now: () => Number(process.hrtime.bigint()) / 1e6,
  setTimeout: (fire, ms) => setTimeout(fire, ms),
  clearTimeout: (timer) => {
    if (timer instanceof Object) clearTimeout(timer as NodeJS.Timeout);
  },
};

/** Milliseconds since the Unix epoch as they were at the start: never goes back, may drift. */
export const hostStamp = (): number => Math.round(performance.timeOrigin + performance.now());
