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
    const isSafe = [...configurations.values()].every(({ voters }) => {
      // A leader that has not noticed yet may be about to let it vote, with the disk that is lost.
      const isVoter = voters.some(({ node }) => node === id);
      const lost = voters.filter(isLost).length + (isVoter ? 0 : 1);
      return lost * 2 < voters.length + (isVoter ? 0 : 1);
    });
    return configurations.size > 0 && isSafe;
  });
};
