/**
 * Runs a node one life after another on one store: a node that has left its group for another
 * starts anew in the same process, and its lamp driver bridges the moment.
 */
import type { GreenwaveNode } from '../actors/node.ts';
import { nothingStored, type Store, volatileStore } from '../actors/storage.ts';
import { newIncarnation, newStoreId, openLevelStore } from './level-store.ts';

/** Opens the store of the next life. `after`: the life before it left its group for this one. */
export type OpenStore = (after?: { store: Store; group: string }) => Promise<Store>;

/** Stores in a folder; without one, stores that forget all but the group that was chosen. */
export const storesIn =
  (data: string | undefined, trouble: (message: string) => void): OpenStore =>
  async (after) => {
    if (data !== undefined) return openLevelStore(data, trouble);
    const incarnation = Math.max(newIncarnation(), (after?.store.incarnation ?? 0) + 1);
    const group = after ? { group: after.group, voters: [] } : null;
    return volatileStore({ id: newStoreId(), incarnation }, { ...nothingStored, group });
  };

/** Makes the node of one life; `yielded` is to be told when it has left its group. */
export type Create = (store: Store, yielded: (group: string) => void) => GreenwaveNode;

/** Begins the first life. Gives what stops the life that runs, cleanly. */
export const live = (
  first: Store,
  { create, open }: { create: Create; open: OpenStore },
): (() => Promise<void>) => {
  const begin = (store: Store): GreenwaveNode => {
    const node = create(store, (group) => {
      node.kill();
      // A folder is opened again only when it is closed.
      running = store.close().then(async () => begin(await open({ store, group })));
    });
    node.start();
    return node;
  };
  let running = Promise.resolve(begin(first));
  return async () => (await running).stop();
};
