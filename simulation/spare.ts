/**
 * Tells which disks a city can spare: a district survives the loss of a minority of its voters'
 * disks, and is not asked to survive more.
 */
import type { City } from './city.ts';

type Named = { readonly group: string } | undefined;

/** Whether a node's disk may be lost without losing a majority of any group's voters' disks. */
export const mayWipe = (city: City, id: string): boolean => {
  const isLost = ({ node, store }: { node: string; store: string }) =>
    node === id || !city.ids.includes(node) || city.place(node).disk.storeId !== store;
  const named = new Set(
    city.ids.map((node) => (city.place(node).disk.read('group') as Named)?.group),
  );
  // A group that no disk names any more has nothing to lose.
  const groups = [...city.invariants.groups].filter(([name]) => named.has(name));
  // Before there is a group, each disk may hold what decides which one it will be.
  if (groups.length === 0) return false;
  return groups.every(([, { configurations }]) => {
    const isSafe = [...configurations.values()].every(
      ({ voters }) => voters.filter(isLost).length * 2 < voters.length,
    );
    return configurations.size > 0 && isSafe;
  });
};
