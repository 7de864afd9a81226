/** What a message came of and what came of it, from node to node. */
import type { JournalLine } from '../../../protocol/journal.ts';
import { keyOf } from './exchange.ts';

/** No chain is followed further. */
const LINKS_MAX = 2000;

/** Of each message that something came of, which messages did. */
export const effectsOf = (lines: readonly JournalLine[]): ReadonlyMap<string, string[]> => {
  const effects = new Map<string, string[]>();
  for (const line of lines) {
    if (line.kind !== 'said' || line.cause === undefined) continue;
    const known = effects.get(line.cause);
    if (known) known.push(keyOf(line));
    else effects.set(line.cause, [keyOf(line)]);
  }
  return effects;
};

/** The message, all that it came of, and all that came of it. */
export const chainOf = (
  key: string,
  causes: ReadonlyMap<string, string | undefined>,
  effects: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> => {
  const chain = new Set([key]);
  for (let cause = causes.get(key); cause !== undefined; cause = causes.get(cause)) {
    if (chain.has(cause)) break;
    chain.add(cause);
  }
  const waiting = [key];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const effect of effects.get(next) ?? []) {
      if (chain.has(effect) || chain.size >= LINKS_MAX) continue;
      chain.add(effect);
      waiting.push(effect);
    }
  }
  return chain;
};

export type Effect = Extract<JournalLine, { kind: 'said' | 'fact' | 'state' }>;

/** The lines that came of a message at once, in order. */
export const cameOf = (key: string, lines: readonly JournalLine[]): Effect[] =>
  lines.filter((line): line is Effect => 'cause' in line && line.cause === key);
