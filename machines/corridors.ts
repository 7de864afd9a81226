/**
 * The streets of a district along which traffic goes straight on from intersection to intersection.
 * Pure neighbour of `green-wave.ts`.
 */
import type { Intersection, Link } from '../protocol/district.ts';

export interface Corridor {
  readonly stops: readonly string[];
  readonly out: readonly Link[];
  /** The same street the other way, in the order of `out`; empty, where it is used in one. */
  readonly back: readonly Link[];
}

/** A street that bends more than that has ended. Cosine of 60 degrees. */
const STRAIGHT_MIN = 0.5;
/** Beyond, a band is too much to ask; the next piece begins where this one ends. */
const STOPS_MAX = 12;

/** All corridors, each once, those with more lanes first; pieces have at least two stops. */
export const corridorsOf = (
  intersections: readonly Intersection[],
  links: readonly Link[],
): Corridor[] => {
  const places = new Map(intersections.map(({ id, position }) => [id, position]));
  const known = firstOfEach(links.filter(({ from, to }) => places.has(from) && places.has(to)));
  const next = nextOf(known, places);
  const followed = new Set(next.values());
  const taken = new Set<Link>();
  const between = new Map(known.map((link) => [`${link.from} ${link.to}`, link]));
  const returns = ({ from, to }: Link) => between.get(`${to} ${from}`);
  const corridors: Corridor[] = [];
  // First the streets that begin somewhere, then those that go round.
  for (const start of [...known.filter((link) => !followed.has(link)), ...known]) {
    for (const out of piecesOf(chainFrom(start, next, taken), returns)) {
      const back = out.flatMap((link) => returns(link) ?? []);
      const isTwoWay = back.length === out.length;
      for (const link of isTwoWay ? back : []) taken.add(link);
      const stops = [out[0]?.from ?? '', ...out.map(({ to }) => to)];
      corridors.push({ stops, out, back: isTwoWay ? back : [] });
    }
  }
  const lanes = ({ out, back }: Corridor) =>
    [...out, ...back].reduce((sum, link) => sum + (link.lanes ?? 1), 0);
  return corridors.sort((a, b) => lanes(b) - lanes(a));
};

/** In one order whatever the order of nodes; of parallel links the shortest. */
const firstOfEach = (links: readonly Link[]): Link[] => {
  const key = ({ from, to }: Link) => `${from} ${to}`;
  const sorted = [...links].sort((a, b) =>
    key(a) === key(b) ? a.lengthM - b.lengthM : key(a) < key(b) ? -1 : 1,
  );
  return sorted.filter(
    (link, k) => link.from !== link.to && (k === 0 || key(sorted[k - 1] as Link) !== key(link)),
  );
};

type Places = ReadonlyMap<string, readonly [number, number]>;

/** The link on which each goes straight on, where the two choose each other. */
const nextOf = (links: readonly Link[], places: Places): Map<Link, Link> => {
  const leaving = new Map<string, Link[]>();
  for (const link of links) leaving.set(link.from, [...(leaving.get(link.from) ?? []), link]);
  const pairs = links.flatMap((before) =>
    (leaving.get(before.to) ?? [])
      .filter((after) => after.to !== before.from && feeds(before, after))
      .map((after) => ({ before, after, straight: straightness(before, after, places) }))
      .filter(({ straight }) => straight >= STRAIGHT_MIN),
  );
  pairs.sort((a, b) => b.straight - a.straight);
  const next = new Map<Link, Link>();
  const followed = new Set<Link>();
  for (const { before, after } of pairs) {
    if (next.has(before) || followed.has(after)) continue;
    next.set(before, after);
    followed.add(after);
  }
  return next;
};

const feeds = ({ toGroups }: Link, { fromGroups }: Link): boolean =>
  !toGroups || !fromGroups || toGroups.some((group) => fromGroups.includes(group));

/** Cosine of the bend; where nothing is known of places, a street is straight. */
const straightness = (before: Link, after: Link, places: Places): number => {
  const [a, b, c] = [before.from, before.to, after.to].map((id) => places.get(id) ?? [0, 0]);
  const [x, y] = [(b?.[0] ?? 0) - (a?.[0] ?? 0), (b?.[1] ?? 0) - (a?.[1] ?? 0)];
  const [v, w] = [(c?.[0] ?? 0) - (b?.[0] ?? 0), (c?.[1] ?? 0) - (b?.[1] ?? 0)];
  const size = Math.hypot(x, y) * Math.hypot(v, w);
  return size === 0 ? 1 : (x * v + y * w) / size;
};

/** From `start` straight on, as far as nobody has come before, and no intersection twice. */
const chainFrom = (start: Link, next: ReadonlyMap<Link, Link>, taken: Set<Link>): Link[] => {
  const chain: Link[] = [];
  const seen = new Set([start.from]);
  for (let link: Link | undefined = start; link && !taken.has(link); link = next.get(link)) {
    if (seen.has(link.to)) break;
    seen.add(link.to);
    taken.add(link);
    chain.push(link);
  }
  return chain;
};

/** Cuts where a street becomes one-way or two-way, and where it becomes too long. */
const piecesOf = (chain: readonly Link[], returns: (link: Link) => Link | undefined): Link[][] => {
  const pieces: Link[][] = [];
  for (const [k, link] of chain.entries()) {
    const before = chain[k - 1];
    const piece = pieces.at(-1);
    const isSame = before && !returns(before) === !returns(link);
    if (piece && isSame && piece.length < STOPS_MAX - 1) piece.push(link);
    else pieces.push([link]);
  }
  return pieces;
};
