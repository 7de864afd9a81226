/**
 * Maps as plain objects, because a context is plain JSON. Keys are names that strangers chose, so
 * a look-up never sees what objects inherit (`constructor` is a legal node id).
 */

/** The value of `key`, or undefined. */
export const at = <V>(map: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;

/** A copy without `key`. */
export const without = <V>(map: Readonly<Record<string, V>>, key: string): Record<string, V> =>
  Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));

/** The keys, sorted: the one order in which a machine may go through a map. */
export const names = (map: Readonly<Record<string, unknown>>): string[] => Object.keys(map).sort();

/**
 * Gives the value made for `key` before, while it is one of the last `max`: equal values are then one
 * object, and what is remembered by identity is remembered once for all who hold it.
 */
export const sharing = <V>(max: number) => {
  const made = new Map<string, V>();
  return (key: string, make: () => V): V => {
    const value = made.get(key) ?? make();
    made.delete(key);
    made.set(key, value);
    for (const oldest of made.keys()) {
      if (made.size <= max) break;
      made.delete(oldest);
    }
    return value;
  };
};
