/**
 * Joins a node to its store: writes what machines ask to be written, in order, and tells when it is
 * durable. What a store must be is an interface; disks are handed in from outside.
 */
import { fromCallback } from 'xstate';
import type { Stored } from '../machines/stored.ts';
import type { BusEvent } from '../protocol/event.ts';
import type { Deliver } from './bus.ts';

/** What is written in one durable step: `removes` first, then `puts`. Values are plain JSON. */
export interface Batch {
  readonly puts: readonly { readonly key: string; readonly value: unknown }[];
  readonly removes: readonly { readonly from: string; readonly until: string }[];
}

/** An open store. */
export interface Store {
  /** The store's own id, minted when it was made. */
  readonly id: string;
  /** Which life of the node this is: greater than in every life before. */
  readonly incarnation: number;
  readonly recovered: Stored;
  /** Writes atomically, removes first; `done` is called when it is durable, batches in order. */
  write(batch: Batch, done: () => void): void;
  /** Empties the store, gives it another id and puts there what is to stand under that id, in one
   *  durable step. What is asked for later is for nobody: the next life opens the store anew. */
  reset(puts: (id: string) => Batch['puts'], done: () => void): void;
  close(): Promise<void>;
}

/** What a store holds in which nothing was ever written. */
export const nothingStored: Stored = Object.freeze({
  group: null,
  ballot: null,
  settled: null,
  contract: null,
  vote: { term: 0, votedFor: null },
  log: { base: null, first: 1, entries: [] },
});

/**
 * A store that forgets everything with its process; and is another one every time. It answers after
 * the turn of the loop, as a disk does, so that what is asked for in one turn can be gathered.
 */
export const volatileStore = (
  identity: { id: string; incarnation: number },
  recovered = nothingStored,
): Store => {
  let isClosed = false;
  const soon = (done: () => void) => {
    void Promise.resolve().then(() => {
      if (!isClosed) done();
    });
  };
  return {
    ...identity,
    recovered,
    write: (_, done) => soon(done),
    reset: (_, done) => soon(done),
    close: async () => {
      isClosed = true;
    },
  };
};

export const storageHears = ['storage.write', 'storage.reset'] as const;

export const storageOn = (store: Store, deliver: Deliver) =>
  fromCallback<BusEvent>(({ receive }) => {
    let isGivenUp = false;
    receive((event) => {
      if (isGivenUp || (event.type !== 'storage.write' && event.type !== 'storage.reset')) return;
      const { owner, ticket, puts } = event;
      const done = () => deliver({ type: 'storage.written', owner, ticket });
      isGivenUp = event.type === 'storage.reset';
      if (event.type === 'storage.write') store.write({ puts, removes: event.removes }, done);
      else store.reset(() => puts, done);
    });
  });
