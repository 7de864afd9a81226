/**
 * Records what the invariants have seen of one group: what was said once must hold for ever.
 */
import type { Log } from '../machines/log.ts';
import type { Voter } from '../protocol/command.ts';

/** What is known of one group. */
export interface GroupRecord {
  readonly name: string;
  /** Leaders by term: a node and its life. */
  readonly leaders: Map<number, string>;
  readonly votes: Map<string, string>;
  readonly committed: Map<number, { term: number; inTerm: number; command: string }>;
  lastCommitted: number;
  /** By index and term: the command, and the term of the entry before. */
  readonly entries: Map<number, { command: string; prevTerm: number }>;
  readonly states: Map<number, string>;
  /** Up to where the last leased read saw, and how many there were. */
  readTo: number;
  reads: number;
  /** Every configuration that some node holds, since the last committed one. */
  readonly configurations: Map<string, { index: number; voters: readonly Voter[] }>;
}

const TERMS_MAX = 2 ** 20;

/** The key of an entry, by index and term. */
export const keyOf = (index: number, term: number): number => index * TERMS_MAX + term;

export const newRecord = (name: string): GroupRecord => ({
  name,
  leaders: new Map(),
  votes: new Map(),
  committed: new Map(),
  lastCommitted: 0,
  entries: new Map(),
  states: new Map(),
  readTo: 0,
  reads: 0,
  configurations: new Map(),
});

/** A committed change of voters ends what came before it. */
export const forgetBefore = (known: GroupRecord['configurations'], index: number): void => {
  for (const [key, configuration] of known) if (configuration.index < index) known.delete(key);
};

/** What a leader of `term` lacks of what was committed in earlier terms; undefined, if nothing. */
export const lackOf = (
  { committed, lastCommitted }: GroupRecord,
  term: number,
  log: Log | undefined,
): string | undefined => {
  for (let index = (log?.offset ?? lastCommitted) + 1; index <= lastCommitted; index += 1) {
    const entry = committed.get(index);
    if (!entry || entry.inTerm >= term) continue;
    const held = log?.entries[index - log.offset - 1]?.term;
    if (held === entry.term) continue;
    const has = held === undefined ? 'nothing there' : `an entry of term ${held}`;
    return `has ${has} instead of entry ${index} of term ${entry.term}`;
  }
  return undefined;
};
