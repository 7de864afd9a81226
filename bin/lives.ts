/**
 * Runs a node one life after another in the same process: when it has left its group for another,
 * and when others know a later life of it, because it lost its disk while its clock was set back.
 * Its lamp driver bridges the moment.
 */
import type { GreenwaveNode } from '../actors/node.ts';
import { nothingStored, type Store, volatileStore } from '../actors/storage.ts';
import { newIncarnation, newStoreId, openLevelStore } from './level-store.ts';

/** What the life before knew when it ended. */
export interface Former {
  readonly store: Store;
  /** The group for which it left its own. */
  readonly group?: string;
  /** A life of this node that others know, and that the next is to follow. */
  readonly known?: number;
}

/** Opens the store of the next life. */
export type OpenStore = (former?: Former) => Promise<Store>;

/** Stores in a folder; without one, stores that forget all but the group that was chosen. */
export const storesIn =
  (data: string | undefined, trouble: (message: string) => void): OpenStore =>
  async (former) => {
    if (data !== undefined) return openLevelStore(data, trouble, former?.known);
    const incarnation = newIncarnation(former?.known, former?.store.incarnation);
    const identity = { id: newStoreId(), incarnation };
    const group = former?.group === undefined ? null : { group: former.group, voters: [] };
    return volatileStore(identity, { ...nothingStored, group });
  };

/** How one life is followed by the next. */
export interface Next {
  /** To be told when the node has left its group. */
  readonly yielded: (group: string) => void;
  /** To be told when others know the life `by` of this node. */
  readonly outlived: (by: number) => void;
  /** How often that has been told. */
  readonly outbids: number;
}

/** Makes the node of one life. */
export type Create = (store: Store, next: Next) => GreenwaveNode;

export interface Living {
  readonly create: Create;
  readonly open: OpenStore;
  /** The next life could not be begun. */
  readonly failed: (error: unknown) => void;
}

/** Begins the first life. Gives what stops the life that runs, cleanly. */
export const live = (first: Store, { create, open, failed }: Living): (() => Promise<void>) => {
  const begin = (store: Store, outbids: number): GreenwaveNode => {
    let isOver = false;
    const follow = (why: Omit<Former, 'store'>, after: number) => {
      // A life ends once, though there may be two reasons.
      if (isOver) return;
      isOver = true;
      node.kill();
      // A folder is opened again only when it is closed.
      const next = store.close().then(async () => begin(await open({ store, ...why }), after));
      running = next.catch((error: unknown) => {
        failed(error);
        return undefined;
      });
    };
    const node = create(store, {
      yielded: (group) => follow({ group }, outbids),
      outlived: (known) => follow({ known }, outbids + 1),
      outbids,
    });
    node.start();
    return node;
  };
  let running: Promise<GreenwaveNode | undefined> = Promise.resolve(begin(first, 0));
  return async () => (await running)?.stop();
};
