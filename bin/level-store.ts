/**
 * Keeps a node's store on disk with classic-level: votes, log and snapshot survive the process.
 *
 * Writes are numbered, checksummed and synchronous to the disk; what is asked for during one write
 * goes into the next batch. A batch that was torn by a crash was promised to nobody, and LevelDB
 * drops it. Anything else that is not as it was written makes the store corrupt: it is put aside
 * and never guessed at, and the node begins anew with a store of another id, as another voter.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { type Batch, nothingStored, type Store, volatileStore } from '../actors/storage.ts';
import { logKey } from '../machines/log.ts';
import type { Stored } from '../machines/stored.ts';
import type { Entry } from '../protocol/command.ts';
import { nextLife } from '../protocol/life.ts';
import { OperatorError } from './read-district.ts';
import { readRecord, recordText } from './record.ts';
import { isCorruption, LOCKED, reasonOf } from './store-trouble.ts';

/** A new store id. */
export const newStoreId = (): string => randomBytes(4).toString('hex');

/** The next life on a store, or without one: later than what is `stored`, and `known` to others. */
export const newIncarnation = (known?: number, stored?: number): number =>
  nextLife({ stored, known, wallMs: Date.now(), draw: Math.random() });

type Level = ClassicLevel<string, string>;
type Tell = (message: string) => void;

/** The store's contents are not what was written. */
class CorruptError extends Error {
  override readonly name = 'CorruptError';
}

/**
 * Opens the store in `directory`, and makes it when there is none. A corrupt store is put aside, a
 * directory that cannot be used is done without: both are told, and the node runs all the same,
 * because its lamps must. Throws `OperatorError` when another process is using it. The life that
 * begins is later than one that is `known` to others.
 */
export const openLevelStore = async (directory: string, trouble: Tell, known?: number) => {
  try {
    return await open(directory, trouble, known);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === LOCKED) throw new OperatorError(`${directory} cannot be used: ${reason}`);
    if (error instanceof CorruptError || isCorruption(error)) {
      const aside = `${directory}.corrupt-${Date.now()}`;
      renameSync(directory, aside);
      trouble(
        `the store ${directory} is corrupt (${reason}) and was put aside as ${aside}; ` +
          'this node begins anew, as another voter',
      );
      return open(directory, trouble, known);
    }
    trouble(
      `${directory} cannot be used as a store: ${reason}; this node runs its lamps, but keeps ` +
        'nothing and will be another voter after its next start',
    );
    return volatileStore({ id: newStoreId(), incarnation: newIncarnation(known) });
  }
};

/** Opens a store for an operator. Throws `OperatorError` when there is none that can be trusted. */
export const openStoreThatIs = async (directory: string, trouble: Tell): Promise<Store> => {
  if (!existsSync(join(directory, 'CURRENT'))) throw new OperatorError(`${directory} is no store`);
  try {
    return await open(directory, trouble);
  } catch (error) {
    throw new OperatorError(`${directory} cannot be used: ${reasonOf(error)}`);
  }
};

const open = async (directory: string, trouble: Tell, known?: number): Promise<Store> => {
  mkdirSync(directory, { recursive: true });
  const db: Level = new ClassicLevel(directory, { valueEncoding: 'utf8' });
  await db.open();
  try {
    const found = await recover(db);
    const id = found.meta?.id ?? newStoreId();
    const incarnation = newIncarnation(known, found.meta?.incarnation);
    const writer = new Writer(db, found, trouble);
    await writer.begin({ id, incarnation });
    return {
      id,
      incarnation,
      recovered: found.recovered,
      write: (batch, done) => writer.write(batch, done),
      reset: (puts, done) => {
        const anew = { id: newStoreId(), incarnation };
        const all = [{ key: 'meta', value: anew }, ...puts(anew.id)];
        writer.write({ removes: [EVERYTHING], puts: all }, done);
      },
      close: () => writer.close(),
    };
  } catch (error) {
    await db.close();
    throw error;
  }
};

/** What this program wrote under each key; the store is this node's alone. */
interface Kept {
  meta?: { id: string; incarnation: number };
  group?: NonNullable<Stored['group']>;
  genesis?: NonNullable<Stored['ballot']>;
  settled?: NonNullable<Stored['settled']>;
  contract?: NonNullable<Stored['contract']>;
  vote?: Stored['vote'];
  base?: NonNullable<Stored['log']['base']>;
}

interface Found {
  readonly meta: Kept['meta'];
  readonly recovered: Stored;
  readonly lastKey: string;
  readonly lastWrite: number;
}

/** Reads everything; throws `CorruptError` unless all is as it was written. */
const recover = async (db: Level): Promise<Found> => {
  const kept: Record<string, unknown> = {};
  const [keys, entries]: [string[], Entry[]] = [[], []];
  let lastWrite = 0;
  for (const [key, text] of await db.iterator().all()) {
    const record = readRecord(text);
    if (!record) throw new CorruptError(`the record ${key} does not match its checksum`);
    lastWrite = Math.max(lastWrite, record.write);
    if (!key.startsWith('log/')) kept[key] = record.value;
    else {
      keys.push(key);
      entries.push(record.value as Entry);
    }
  }
  const { meta, group, genesis, settled, contract, vote, base, head } = kept as Kept & {
    head?: number;
  };
  const first = Number((keys[0] ?? logKey(1)).slice('log/'.length));
  if ((head ?? 0) !== lastWrite) throw new CorruptError(`write ${lastWrite} is not the last`);
  if (keys.some((key, k) => key !== logKey(first + k)) || first > (base?.index ?? 0) + 1) {
    throw new CorruptError('entries of the log are missing');
  }
  const log = { base: base ?? null, first, entries };
  const recovered = {
    group: group ?? null,
    ballot: genesis ?? null,
    settled: settled ?? null,
    contract: contract ?? null,
    vote: vote ?? nothingStored.vote,
    log,
  };
  return { meta, recovered, lastKey: keys.at(-1) ?? '', lastWrite };
};

/** Every key that this program writes. */
const EVERYTHING = { from: '', until: '~' };

type Operation = { type: 'put'; key: string; value: string } | { type: 'del'; key: string };

class Writer {
  readonly #db: Level;
  readonly #trouble: Tell;
  /** The greatest key of the log ever written, so that most removals cost nothing. */
  #lastKey: string;
  #lastWrite: number;
  #waiting: { batch: Batch; done: () => void }[] = [];
  #isWriting = false;
  #isClosed = false;

  constructor(db: Level, { lastKey, lastWrite }: Found, trouble: Tell) {
    this.#db = db;
    this.#lastKey = lastKey;
    this.#lastWrite = lastWrite;
    this.#trouble = trouble;
  }

  /** Counts this life, before anything is promised in it. */
  begin(meta: { id: string; incarnation: number }): Promise<void> {
    return this.#put([{ puts: [{ key: 'meta', value: meta }], removes: [] }]);
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
        await this.#put(together.map(({ batch }) => batch));
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

  async #put(batches: readonly Batch[]): Promise<void> {
    const write = this.#lastWrite + 1;
    const head = { puts: [{ key: 'head', value: write }], removes: [] };
    const operations = await this.#operationsOf([...batches, head], write);
    await this.#db.batch(operations, { sync: true });
    this.#lastWrite = write;
  }

  async #operationsOf(batches: readonly Batch[], write: number): Promise<Operation[]> {
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
        operations.push({ type: 'put', key, value: recordText({ write, value }) });
        if (key.startsWith('log/') && key > this.#lastKey) this.#lastKey = key;
      }
    }
    return operations;
  }
}
