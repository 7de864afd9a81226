/**
 * The log as plain data: entries after a point up to which all is in the snapshot. Indices start
 * at 1; index 0 with term 0 stands for the group's genesis (Raft section 5.3).
 */
import type { Entry } from '../protocol/command.ts';

export interface Log {
  /** Index and term of the entry before the first one kept. */
  readonly offset: number;
  readonly offsetTerm: number;
  readonly entries: readonly Entry[];
}

export const lastIndexOf = (log: Log): number => log.offset + log.entries.length;

export const lastTermOf = (log: Log): number => log.entries.at(-1)?.term ?? log.offsetTerm;

/** The term of the entry at `index`, or undefined when the log does not reach it. */
export const termAt = (log: Log, index: number): number | undefined =>
  index === log.offset ? log.offsetTerm : log.entries[index - log.offset - 1]?.term;

/** At most `max` entries after `index`. */
export const entriesAfter = (log: Log, index: number, max: number): readonly Entry[] =>
  log.entries.slice(index - log.offset, index - log.offset + max);

/** The log with everything after `index` replaced by `entries`. */
export const replaceAfter = (log: Log, index: number, entries: readonly Entry[]): Log => {
  const isAppended = index === lastIndexOf(log);
  const kept = isAppended ? log.entries : log.entries.slice(0, index - log.offset);
  const replaced = { ...log, entries: kept.concat(entries) };
  const before = lastChanges.get(log);
  // What is appended alone is looked through, because logs grow by one entry many times.
  if (isAppended && before !== undefined) {
    const last = lastChangeAmong(entries);
    lastChanges.set(replaced, last < 0 ? before : kept.length + last);
  }
  return replaced;
};

/** Where in each log the last change of voters stands; logs are never changed, only replaced. */
const lastChanges = new WeakMap<Log, number>();

const lastChangeAmong = (entries: readonly Entry[]): number => {
  for (let k = entries.length - 1; k >= 0; k -= 1) {
    if (entries[k]?.command.kind === 'voters.change') return k;
  }
  return -1;
};

/** The place of the last change of voters among the entries of the log; -1, when it has none. */
export const lastChangeIn = (log: Log): number => {
  const known = lastChanges.get(log);
  if (known !== undefined) return known;
  const last = lastChangeAmong(log.entries);
  lastChanges.set(log, last);
  return last;
};

/** The log without the entries up to `index`, which are in a snapshot. */
export const dropThrough = (log: Log, index: number): Log => ({
  offset: index,
  offsetTerm: termAt(log, index) ?? log.offsetTerm,
  entries: log.entries.slice(index - log.offset),
});

/** The key under which a store keeps the entry at `index`: in the order of the log. */
export const logKey = (index: number): string => `log/${String(index).padStart(12, '0')}`;
/** After every key of the log. */
export const LOG_END = 'log/~';
