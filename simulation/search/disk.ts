/**
 * Keeps a node's disk as a plain value: batches in their order, removes before puts, and after a
 * restart what `bin/level-store.ts` and `simulation/disk.ts` give back.
 */
import { type Batch, nothingStored } from '../../actors/storage.ts';
import { LOG_END, logKey } from '../../machines/log.ts';
import type { Stored } from '../../machines/stored.ts';
import type { Entry } from '../../protocol/command.ts';

export type Disk = Readonly<Record<string, unknown>>;

export const written = (disk: Disk, { puts, removes }: Batch): Disk => {
  const isKept = (key: string) => !removes.some(({ from, until }) => key >= from && key < until);
  const kept = Object.entries(disk).filter(([key]) => isKept(key));
  const put = puts.map(({ key, value }) => [key, value] as const);
  return Object.fromEntries([...kept, ...put]);
};

/** What a node is given when it starts from this disk. */
export const recovered = (disk: Disk): Stored => {
  const keys = Object.keys(disk)
    .filter((key) => key >= logKey(0) && key < LOG_END)
    .sort();
  const first = Number((keys[0] ?? logKey(1)).slice(logKey(0).indexOf('/') + 1));
  return {
    group: (disk['group'] as Stored['group'] | undefined) ?? nothingStored.group,
    ballot: (disk['genesis'] as Stored['ballot'] | undefined) ?? nothingStored.ballot,
    settled: (disk['settled'] as Stored['settled'] | undefined) ?? nothingStored.settled,
    contract: (disk['contract'] as Stored['contract'] | undefined) ?? nothingStored.contract,
    vote: (disk['vote'] as Stored['vote'] | undefined) ?? nothingStored.vote,
    log: {
      base: (disk['base'] as Stored['log']['base'] | undefined) ?? nothingStored.log.base,
      first,
      entries: keys.map((key) => disk[key] as Entry),
    },
  };
};
