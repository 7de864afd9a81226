/**
 * Decodes the same bytes once, however many nodes hear them: in one process a datagram to five
 * hundred nodes is one object. What comes of it is frozen, so that no node can change what another
 * hears. Equal entries are one object too, by whatever message they come: what they lead to is
 * remembered by identity, and so worked out once for a city. Real networks hand up bytes of their
 * own for each hearer, and gain nothing by this.
 */
import { sharing } from '../machines/map.ts';
import { type Decoded, decode } from '../protocol/codec.ts';
import type { Command } from '../protocol/command.ts';
import type { Heard, HeardAs } from '../protocol/event.ts';

/** The commands of the two longest logs that are kept; older ones are decoded anew. */
const COMMANDS_MAX = 512;

const decoded = new WeakMap<Uint8Array, Decoded>();
const commands = sharing<Command>(COMMANDS_MAX);

export const decodeOnce = (bytes: Uint8Array): Decoded => {
  const known = decoded.get(bytes);
  if (known) return known;
  const fresh = withSharedEntries(decode(bytes));
  freeze(fresh);
  decoded.set(bytes, fresh);
  return fresh;
};

const withSharedEntries = (fresh: Decoded): Decoded => {
  if (!('message' in fresh) || fresh.message.type !== 'replica.prepare') return fresh;
  const message = fresh.message as Omit<HeardAs<'replica.prepare'>, 'at'>;
  const entries = message.entries.map(({ term, command }) => ({
    term,
    command: commands(JSON.stringify(command), () => command),
  }));
  return { ...fresh, message: { ...message, entries } as Omit<Heard, 'at'> };
};

const freeze = (value: unknown): void => {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
};
