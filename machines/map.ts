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
 * A map of hundreds, as pairs in the order of their keys: an object of so many keys is copied key by
 * key into a new table of hashes, which takes a hundred times as long as the copy of a list.
 */
export type Pairs<V> = readonly (readonly [key: string, value: V])[];

/** Where the pair of `key` stands, or would stand. */
const placeOf = (pairs: Pairs<unknown>, key: string): number => {
  let [low, high] = [0, pairs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pairs[middle]?.[0] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The value of `key`, or undefined. */
export const valueAt = <V>(pairs: Pairs<V>, key: string): V | undefined => {
  const pair = pairs[placeOf(pairs, key)];
  return pair?.[0] === key ? pair[1] : undefined;
};

/** The pairs with this one, which takes the place of another of the same key. */
export const withPair = <V>(pairs: Pairs<V>, key: string, value: V): Pairs<V> => {
  const place = placeOf(pairs, key);
  return pairs.toSpliced(place, pairs[place]?.[0] === key ? 1 : 0, [key, value]);
};

/** The pairs without that of `key`; the same list, if it has none. */
export const withoutPair = <V>(pairs: Pairs<V>, key: string): Pairs<V> => {
  const place = placeOf(pairs, key);
  return pairs[place]?.[0] === key ? pairs.toSpliced(place, 1) : pairs;
};

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
