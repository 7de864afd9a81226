/**
 * Watches for suspension: a host that slept has a monotonic clock that stood still meanwhile, so that
 * whatever was timed by it is late by as much. The host's uptime went on (Linux: CLOCK_BOOTTIME
 * beside CLOCK_MONOTONIC), and the difference of the two tells.
 *
 * Both are read by one process that may be held up between the two readings, and the uptime comes in
 * grains; so each look gives two bounds of the difference, and a jump is told only when no difference
 * lies within the bounds of now and of before.
 */
import { uptime } from 'node:os';
import type { DriverClock } from '../cabinet/alarm.ts';

/** A difference that changed by no more is not worth telling, but is remembered: small ones add up. */
export const JUMP_MS_MIN = 20;
const LOOK_MS = 100;
/** In what grains the uptime may come: hundredths of a second, or whole seconds. */
const GRAIN_MS = 10;
const GRAIN_MS_MAX = 1000;

export interface Suspension {
  /** Looks at once. Whoever acts on the clock may look first. */
  look(): void;
  stop(): void;
}

/** Milliseconds since the host was started, asleep or not. */
export const hostUptimeMs = (): number => uptime() * 1000;

/**
 * Calls `report` with how far the clock fell behind the uptime (ran ahead: less than nothing) as
 * soon as a look finds it: every tenth of a second, and at each `look`.
 */
export const watchSuspension = (
  clock: DriverClock,
  uptimeMs: () => number,
  report: (byMs: number) => void,
): Suspension => {
  let known = differenceOf(clock, uptimeMs);
  const look = () => {
    const now = differenceOf(clock, uptimeMs);
    const byMs = jumpOf(known, now);
    if (byMs === 0) known = narrowed(known, now);
    if (Math.abs(byMs) <= JUMP_MS_MIN) return;
    // Known before it is told, because whoever is told looks at the clock.
    known = now;
    report(byMs);
  };
  let timer: unknown;
  const arm = () => {
    timer = clock.setTimeout(() => {
      arm();
      look();
    }, LOOK_MS);
  };
  arm();
  return { look, stop: () => clock.clearTimeout(timer) };
};

/** The uptime less the clock lies between these. */
interface Difference {
  readonly leastMs: number;
  readonly mostMs: number;
}

const differenceOf = (clock: DriverClock, uptimeMs: () => number): Difference => {
  const beforeMs = clock.now();
  const upMs = uptimeMs();
  const afterMs = clock.now();
  const grainMs = upMs % GRAIN_MS_MAX === 0 ? GRAIN_MS_MAX : GRAIN_MS;
  return { leastMs: upMs - afterMs, mostMs: upMs + grainMs - beforeMs };
};

/** By how much the difference grew at least. */
const jumpOf = (before: Difference, now: Difference): number => {
  if (now.leastMs > before.mostMs) return now.leastMs - before.mostMs;
  return Math.min(0, now.mostMs - before.leastMs);
};

const narrowed = (a: Difference, b: Difference): Difference => ({
  leastMs: Math.max(a.leastMs, b.leastMs),
  mostMs: Math.min(a.mostMs, b.mostMs),
});
