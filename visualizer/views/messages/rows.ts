/**
 * Where on the page things stand: downwards by time, but by order and not to scale, because messages
 * take a millisecond and what comes of them a second. Within an instant each stands below what it
 * came of (Lamport 1978, section "Logical Clocks"): who hears below who says.
 */
import type { Exchange } from './exchange.ts';

export interface Place {
  readonly y: number;
  readonly atMs: number;
}

export interface Rows {
  /** By message: where it is said. */
  readonly said: ReadonlyMap<string, number>;
  /** By message and node: where it is taken, or comes again. */
  readonly heard: ReadonlyMap<string, number>;
  /** The first row of each instant, for the scale. */
  readonly instants: readonly Place[];
  /** Where an instant stands. */
  readonly at: (ms: number) => number;
  readonly height: number;
}

export const heardKey = (key: string, node: string): string => `${key} ${node}`;

const ROW_PX = 20;
const TOP_PX = 14;
/** After a silence of at least so long, so much room. In milliseconds and pixels. */
const SILENCES: readonly (readonly [number, number])[] = [
  [1000, 34],
  [100, 18],
  [10, 6],
];

interface Event {
  readonly atMs: number;
  readonly node: string;
  readonly exchange: Exchange;
  readonly isSaid: boolean;
}

export const rowsOf = (exchanges: readonly Exchange[]): Rows => {
  const events = exchanges.flatMap(eventsOf).sort((a, b) => a.atMs - b.atMs);
  const said = new Map<string, number>();
  const heard = new Map<string, number>();
  const instants: Place[] = [];
  let bottom = TOP_PX - ROW_PX;
  for (const instant of byInstant(events)) {
    const atMs = instant[0]?.atMs ?? 0;
    const lastMs = instants.at(-1)?.atMs ?? atMs;
    const silence = SILENCES.find(([ms]) => atMs - lastMs >= ms)?.[1] ?? 0;
    const top = bottom + ROW_PX + silence;
    instants.push({ y: top, atMs });
    bottom = place(instant, top, { said, heard });
  }
  return { said, heard, instants, at: (ms) => yAt(instants, ms), height: bottom + ROW_PX + TOP_PX };
};

const eventsOf = (exchange: Exchange): Event[] => [
  { atMs: exchange.saidMs, node: exchange.from, exchange, isSaid: true },
  ...[...exchange.taken, ...exchange.repeated].map(({ node, atMs }) => ({
    ...{ atMs: Math.max(atMs, exchange.saidMs), node, exchange, isSaid: false },
  })),
];

const byInstant = (events: readonly Event[]): Event[][] => {
  const instants: Event[][] = [];
  for (const event of events) {
    const last = instants.at(-1);
    if (last?.[0]?.atMs === event.atMs) last.push(event);
    else instants.push([event]);
  }
  return instants;
};

interface Known {
  readonly said: Map<string, number>;
  readonly heard: Map<string, number>;
}

/**
 * Places the events of one instant; gives the lowest row. They come in the order in which messages
 * were said, so that what something came of has its place before it.
 */
const place = (events: readonly Event[], top: number, { said, heard }: Known): number => {
  /** By node: where it may say something more. */
  const free = new Map<string, number>();
  let lowest = top;
  for (const { node, exchange, isSaid } of events) {
    const { key, cause } = exchange;
    const before = isSaid ? cause !== undefined && heard.get(heardKey(cause, node)) : said.get(key);
    const after = typeof before === 'number' ? before + ROW_PX : top;
    const y = Math.max(top, after, isSaid ? (free.get(node) ?? top) : top);
    if (isSaid) {
      said.set(key, y);
      free.set(node, y + ROW_PX);
    } else heard.set(heardKey(key, node), y);
    lowest = Math.max(lowest, y);
  }
  return lowest;
};

const yAt = (instants: readonly Place[], ms: number): number => {
  let [low, high] = [0, instants.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((instants[middle]?.atMs ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  const before = instants[low - 1];
  if (!before) return 0;
  return before.y + (before.atMs === ms ? 0 : ROW_PX / 2);
};
