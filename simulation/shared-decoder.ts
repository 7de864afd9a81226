/**
 * Decodes the same bytes once, however many nodes hear them: in one process a datagram to five
 * hundred nodes is one object. What comes of it is frozen, so that no node can change what another
 * hears. Real networks hand up bytes of their own for each hearer, and gain nothing by this.
 */
import { type Decoded, decode } from '../protocol/codec.ts';

const decoded = new WeakMap<Uint8Array, Decoded>();

export const decodeOnce = (bytes: Uint8Array): Decoded => {
  const known = decoded.get(bytes);
  if (known) return known;
  const fresh = decode(bytes);
  freeze(fresh);
  decoded.set(bytes, fresh);
  return fresh;
};

const freeze = (value: unknown): void => {
  if (value === null || typeof value !== 'object') return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
};
