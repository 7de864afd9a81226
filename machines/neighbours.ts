/**
 * The arithmetic of neighbourhood: who watches whom once a view is too large for all to beat to
 * all, and by what numbers two views are told apart. Pure neighbour of `detector.ts` and
 * `membership.ts`: all who have the same view agree, without a word.
 *
 * All nodes stand on a ring, in the order of a hash of their ids, and each is watched by the next
 * few (as in Chord, Stoica et al., SIGCOMM 2001, whose ring is consistent hashing's). The hash,
 * and not the name, because names follow streets, and so do partitions: on the ring the next few
 * are as good as drawn by lot. So where a share p of the nodes is on the other side, a node has a
 * monitor there with probability 1 - (1 - p)^4; those without one get other monitors as soon as
 * their neighbours were failed, and wherever both sides stand on the ring, one node's successor is
 * on the other side: failing never stands still before it is done. And who comes or goes changes
 * the duties of a few neighbours only, which distances that depend on the number of nodes would
 * not do.
 */

import { PARTS } from '../protocol/event.ts';

/** Nodes, oneself included, up to which all beat to all. */
export const ALL_TO_ALL_MAX = 16;
/** Nodes that watch each node of a larger view. */
export const MONITORS = 4;

/** One life of a node of the view. */
export interface Life {
  readonly id: string;
  readonly incarnation: number;
  /** Where it stands on the ring. */
  readonly place: number;
  /** What it adds to the print of a view. */
  readonly print: number;
}

/** Every node of the view, oneself included, in the order of their places. */
export type Ring = readonly Life[];

/** 32 bits that look drawn by lot: FNV-1a, finished as MurmurHash3 is. */
const mixed = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let k = 0; k < text.length; k += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** Lives known, by node: hashing two names at every beat would be dear. */
const lives = new Map<string, Life>();
const LIVES_MAX = 4096;

export const lifeOf = (id: string, incarnation: number): Life => {
  const known = lives.get(id);
  if (known?.incarnation === incarnation) return known;
  const print = mixed(`${id} ${incarnation}`);
  const life = Object.freeze({ id, incarnation, place: known?.place ?? mixed(id), print });
  if (lives.size >= LIVES_MAX) lives.clear();
  lives.set(id, life);
  return life;
};

const placeFor = (id: string): number => lives.get(id)?.place ?? mixed(id);

/** Where `id` stands, or would stand. */
const indexFor = (ring: Ring, id: string, place: number): number => {
  let [low, high] = [0, ring.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const life = ring[middle] as Life;
    const isBefore = life.place < place || (life.place === place && life.id < id);
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
};

const indexOf = (ring: Ring, id: string): number => {
  const index = indexFor(ring, id, placeFor(id));
  return ring[index]?.id === id ? index : -1;
};

/** The life in which `id` is in the view. */
export const lifeIn = (ring: Ring, id: string): Life | undefined => ring[indexOf(ring, id)];

/** The ring with this life, which takes the place of another of the same node. */
export const withLife = (ring: Ring, life: Life): Ring => {
  const index = indexFor(ring, life.id, life.place);
  const next = [...ring];
  next.splice(index, ring[index]?.id === life.id ? 1 : 0, life);
  return next;
};

export const withoutLife = (ring: Ring, id: string): Ring => {
  const index = indexOf(ring, id);
  return index < 0 ? ring : ring.toSpliced(index, 1);
};

export const isSmall = (ring: Ring): boolean => ring.length <= ALL_TO_ALL_MAX;

/** Those at the distances from `id`, once round at most. */
const around = (ring: Ring, id: string, distances: readonly number[]): string[] => {
  const index = indexOf(ring, id);
  const { length } = ring;
  if (index < 0) return [];
  return distances
    .slice(0, length - 1)
    .map((distance) => (ring[(index + distance + length) % length] as Life).id);
};

const AFTER = Array.from({ length: MONITORS }, (_, k) => k + 1);
const BEFORE = AFTER.map((distance) => -distance);

/** Of each ring whose monitors were asked for last: a node asks for its own at every beat. */
const monitors = new WeakMap<Ring, { readonly id: string; readonly names: readonly string[] }>();

/** Who watches `id` in a large view. */
export const monitorsOf = (ring: Ring, id: string): readonly string[] => {
  const known = monitors.get(ring);
  if (known?.id === id) return known.names;
  const names = around(ring, id, AFTER);
  monitors.set(ring, { id, names });
  return names;
};

/** Whom `id` watches in a large view. */
export const watchedBy = (ring: Ring, id: string): string[] => around(ring, id, BEFORE);

/** A number that is the same for equal sets of lives, and for others as good as never. */
export const printOf = (lives: Iterable<Pick<Life, 'print'>>): number => {
  let sum = 0;
  for (const { print } of lives) sum = (sum + print) >>> 0;
  return sum;
};

/** The part of a view in which a node is compared. */
export const partOf = (id: string): number => Math.floor((placeFor(id) / 2 ** 32) * PARTS);

/** The prints of all parts of a view. */
export const partPrints = (lives: Iterable<Life>): number[] => {
  const prints = new Array<number>(PARTS).fill(0);
  for (const { id, print } of lives) {
    const part = partOf(id);
    prints[part] = ((prints[part] as number) + print) >>> 0;
  }
  return prints;
};

/** A share of one, the same for the same node always: who does something when many want to. */
export const shareOf = (id: string): number => placeFor(id) / 2 ** 32;
