/**
 * Time for one node: XState's timers run on it, the bus stamps with it, and `clock.wake` asks for
 * instants on it. Monotonic, in milliseconds; where it starts means nothing.
 */
import { fromCallback } from 'xstate';
import type { BusEvent } from '../protocol/event.ts';
import type { Deliver } from './bus.ts';

export interface Clock {
  now(): number;
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The host's monotonic clock. */
export const realClock: Clock = {
  now: () => performance.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** Answers `clock.wake` with `clock.due`; a later wake of the same id replaces the former. */
export const alarms = (clock: Clock, deliver: Deliver) =>
  fromCallback<BusEvent>(({ receive }) => {
    const armed = new Map<string, unknown>();
    receive((event) => {
      if (event.type !== 'clock.wake') return;
      const { id, atMs } = event;
      clock.clearTimeout(armed.get(id));
      const ring = () => {
        armed.delete(id);
        deliver({ type: 'clock.due', id, atMs });
      };
      armed.set(id, clock.setTimeout(ring, Math.max(0, atMs - clock.now())));
    });
    return () => {
      for (const timer of armed.values()) clock.clearTimeout(timer);
    };
  });
