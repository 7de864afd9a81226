/**
 * Wakes machines at instants of the node's clock. A deadline that bears on safety goes this way,
 * and not by XState's timers, because its hearer compares it with when it really came.
 */
import { fromCallback } from 'xstate';
import type { BusEvent } from '../protocol/event.ts';
import type { Deliver } from './bus.ts';
import type { Clock } from './clock.ts';

/** Answers `clock.wake` with `clock.due`; a later wake of the same id replaces the former. And
 *  `clock.ask` with the time of day. */
export const alarms = (clock: Clock, minute: () => number, deliver: Deliver) =>
  fromCallback<BusEvent>(({ receive }) => {
    const armed = new Map<string, unknown>();
    receive((event) => {
      if (event.type === 'clock.ask') deliver({ type: 'clock.told', minute: minute() });
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
