/**
 * Keeps a node's store on disk with classic-level: votes, log and snapshot survive the process.
 * Writes are synchronous to the disk; what is asked for during one write goes into the next batch.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { ClassicLevel } from 'classic-level';
import { type Batch, nothingStored, type Store } from '../actors/storage.ts';
import { LOG_END, logKey } from '../machines/log.ts';
import type { Stored } from '../machines/node.ts';
import type { Entry } from '../protocol/command.ts';
import { OperatorError } from './read-district.ts';

/** A new store id. */
export const newStoreId = (): string => randomBytes(6).toString('hex');

/** Lives of nodes without a disk are told apart by the host's clock, in seconds. */
export const newIncarnation = (): number => Math.floor(Date.now() / 1000);

type Level = ClassicLevel<string, unknown>;
type Operation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

/**
 * Opens the store in `directory`, and makes it when there is none.
 * Throws `OperatorError` when the directory cannot be used, saying why.
 */
export const openLevelStore = async (
  directory: string,
  trouble: (message: string) => void,
): Promise<Store> => {
  const db: Level = new ClassicLevel(directory, { valueEncoding: 'json' });
  try {
    mkdirSync(directory, { recursive: true });
    await db.open();
  } catch (error) {
    throw new OperatorError(`${directory} cannot be used as a store: ${reasonOf(error)}`);
  }
  const meta = (await db.get('meta')) as { id: string; incarnation: number } | undefined;
  const id = meta?.id ?? newStoreId();
  const incarnation = Math.max((meta?.incarnation ?? 0) + 1, newIncarnation());
  await db.put('meta', { id, incarnation }, { sync: true });
  const { recovered, lastKey } = await recover(db);
  const writer = new Writer(db, lastKey, trouble);
  return {
    id,
    incarnation,
    recovered,
    write: (batch, done) => writer.write(batch, done),
    close: () => writer.close(),
  };
};

const reasonOf = (error: unknown): string => {
  const { code, cause, message } = error as { code?: string; cause?: unknown; message: string };
  if (code === 'LEVEL_LOCKED') return 'another process is using it';
  return cause === undefined ? message : reasonOf(cause);
};

/** What this program wrote under each key; the store is this node's alone. */
interface Kept {
  group?: Stored['group'];
  vote?: Stored['vote'];
  base?: Stored['log']['base'];
}

const recover = async (db: Level): Promise<{ recovered: Stored; lastKey: string }> => {
  const [group, vote, base] = await db.getMany(['group', 'vote', 'base']);
  const kept = { group, vote, base } as Kept;
  const log = await db.iterator({ gte: logKey(0), lt: LOG_END }).all();
  const [firstKey = logKey(1)] = log.map(([key]) => key);
  const recovered: Stored = {
    group: kept.group ?? nothingStored.group,
    vote: kept.vote ?? nothingStored.vote,
    log: {
      base: kept.base ?? nothingStored.log.base,
      first: Number(firstKey.slice(firstKey.indexOf('/') + 1)),
      entries: log.map(([, entry]) => entry as Entry),
    },
  };
  return { recovered, lastKey: log.at(-1)?.[0] ?? '' };
};

class Writer {
  readonly #db: Level;
  readonly #trouble: (message: string) => void;
  /** The greatest key of the log ever written, so that most removals cost nothing. */
  #lastKey: string;
  #waiting: { batch: Batch; done: () => void }[] = [];
  #isWriting = false;
  #isClosed = false;

  constructor(db: Level, lastKey: string, trouble: (message: string) => void) {
    this.#db = db;
    this.#lastKey = lastKey;
    this.#trouble = trouble;
  }

  write(batch: Batch, done: () => void): void {
    this.#waiting.push({ batch, done });
    if (!this.#isWriting) void this.#drain();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting = [];
    await this.#db.close();
  }

  async #drain(): Promise<void> {
    this.#isWriting = true;
    // What else is asked for in this turn of the loop goes into the same batch.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const together = this.#waiting;
      this.#waiting = [];
      try {
        const operations = await this.#operationsOf(together.map(({ batch }) => batch));
        await this.#db.batch(operations, { sync: true });
        for (const { done } of together) if (!this.#isClosed) done();
      } catch (error) {
        if (!this.#isClosed) this.#giveUp(error);
      }
    }
    this.#isWriting = false;
  }

  /**
   * Nothing is promised that is not on disk, and nothing is written behind a gap: whoever waits
   * for a write goes on waiting, so the node votes and acknowledges no more.
   */
  #giveUp(error: unknown): void {
    this.#isClosed = true;
    this.#trouble(
      `the store cannot be written, so this node votes no more: ${reasonOf(error)}; ` +
        'make room or mend the disk, then start the node again',
    );
  }

  async #operationsOf(batches: readonly Batch[]): Promise<Operation[]> {
    const operations: Operation[] = [];
    for (const { puts, removes } of batches) {
      for (const { from, until } of removes) {
        if (from > this.#lastKey) continue;
        const inStore = await this.#db.keys({ gte: from, lt: until }).all();
        const justPut = operations
          .map(({ key }) => key)
          .filter((key) => key >= from && key < until);
        for (const key of new Set([...inStore, ...justPut])) operations.push({ type: 'del', key });
      }
      for (const { key, value } of puts) {
        operations.push({ type: 'put', key, value });
        if (key.startsWith('log/') && key > this.#lastKey) this.#lastKey = key;
      }
    }
    return operations;
  }
}
