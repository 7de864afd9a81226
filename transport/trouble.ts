/**
 * Tells an operator of troubles that strangers can cause, each kind only now and then, because a
 * log that anybody can flood hides what matters.
 */
import { TROUBLE_MS_MIN } from './limits.ts';

/** `kind` is one of a few fixed words; `message` says what happened this time. */
export type TellTrouble = (kind: string, message: string) => void;

/** Passes the first trouble of each kind to `tell`, then one every `TROUBLE_MS_MIN` that says how
 *  many were left untold. `now` is monotonic. */
export const tellRarely = (
  tell: (message: string) => void,
  now: () => number = () => performance.now(),
): TellTrouble => {
  const kinds = new Map<string, { toldAt: number; untold: number }>();
  return (kind, message) => {
    const before = kinds.get(kind);
    if (before && now() - before.toldAt < TROUBLE_MS_MIN) {
      before.untold += 1;
      return;
    }
    kinds.set(kind, { toldAt: now(), untold: 0 });
    tell(before?.untold ? `${message} (and ${before.untold} more since)` : message);
  };
};
