/**
 * Exchanges: each message of a journal once, with who said it, who took it and when, who was given
 * it twice, and who never had it. Read from the lines alone, live or long past.
 */
import type { JournalLine } from '../../../protocol/journal.ts';
import type { Picture } from '../../picture.ts';
import { type Presence, presenceOf } from './presence.ts';

/** A message that nobody took within so long is taken for lost; held up, it may still come. */
export const LOST_MS = 1000;

export interface Arrival {
  readonly node: string;
  readonly atMs: number;
}

export interface Exchange {
  /** The sender and the message's id: its name everywhere. */
  readonly key: string;
  readonly type: string;
  readonly from: string;
  /** `all`, the name of a peer, or an address where no peer was known. */
  readonly to: string;
  readonly saidMs: number;
  /** The sender keeps a journal here; else it is only known from who heard it. */
  readonly isTold: boolean;
  readonly bytes: number;
  readonly cause: string | undefined;
  readonly contents: object | undefined;
  readonly taken: readonly Arrival[];
  /** Came once more, and was dropped. */
  readonly repeated: readonly Arrival[];
  /** Did not have it by the last line. */
  readonly missed: readonly string[];
  /** Whoever has not had it will not any more. */
  readonly isOver: boolean;
}

interface Growing extends Omit<Exchange, 'missed' | 'isOver'> {
  to: string;
  saidMs: number;
  readonly taken: Arrival[];
  readonly repeated: Arrival[];
  /** Who should have it. */
  readonly wanted: Set<string>;
}

type Carried = Extract<JournalLine, { kind: 'said' | 'heard' | 'repeated' }>;

const isCarried = (line: JournalLine): line is Carried =>
  line.kind === 'said' || line.kind === 'heard' || line.kind === 'repeated';

/** The name of the message that a line is about. */
export const keyOf = ({ kind, node, peer, id }: Carried): string =>
  kind === 'said' ? `${node} ${id}` : `${peer} ${id}`;

export interface Reading {
  /** Before the first line. */
  readonly picture: Picture;
  readonly lines: readonly JournalLine[];
  /** Up to when lines are read; what was said later than a while before may still come. */
  readonly untilMs: number;
  readonly wants: (type: string) => boolean;
}

/** The messages of a stretch of a journal that are wanted, in the order in which they were said. */
export const exchangesOf = ({ picture, lines, untilMs, wants }: Reading): Exchange[] => {
  const growing = new Map<string, Growing>();
  const presence = presenceOf(picture);
  for (const line of lines) {
    if (!isCarried(line)) presence.see(line);
    // A journal of former days names no messages.
    else if (line.id !== undefined && wants(line.type)) grow(growing, line, presence);
  }
  // Who keeps its journal here, and said it before these lines, is not looked for.
  const known = [...growing.values()].filter(
    ({ isTold, from }) => isTold || !presence.keepsJournal(from),
  );
  return known.map(({ wanted, ...rest }) => {
    const had = new Set(rest.taken.map(({ node }) => node));
    const missed = [...wanted].filter((node) => !had.has(node));
    return { ...rest, missed, isOver: untilMs - rest.saidMs > LOST_MS };
  });
};

const grow = (growing: Map<string, Growing>, line: Carried, presence: Presence): void => {
  const key = keyOf(line);
  const known = growing.get(key);
  if (line.kind !== 'said') {
    const found = known ?? begun(line);
    growing.set(key, found);
    (line.kind === 'heard' ? found.taken : found.repeated).push({ node: line.node, atMs: line.t });
    return;
  }
  const wanted = presence.hearersOf(line);
  if (known?.isTold) {
    // What does not fit into a datagram goes to each by itself, under one number.
    known.to = known.to === line.peer ? known.to : 'several';
    for (const node of wanted) known.wanted.add(node);
    return;
  }
  // Journals come by pipes of their own: it may be told first that it was heard.
  const { taken, repeated } = known ?? begun(line);
  const { type, node: from, peer: to, t: saidMs, bytes, cause, contents } = line;
  const said = { key, type, from, to, saidMs, isTold: true, bytes, cause, contents };
  growing.set(key, { ...said, taken, repeated, wanted: new Set(wanted) });
};

/** A message as who heard it knows it. */
const begun = (line: Carried): Growing => {
  const { type, peer: from, node: to, t: saidMs, bytes } = line;
  const nothing = { cause: undefined, contents: undefined, isTold: false };
  const heard = { key: keyOf(line), type, from, to, saidMs, bytes, ...nothing };
  return { ...heard, taken: [], repeated: [], wanted: new Set() };
};

/** How many messages of each type were said, or heard of who keeps no journal here. */
export const countsOf = (lines: readonly JournalLine[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  const isWatched = lines.some(({ kind }) => kind === 'said');
  for (const line of lines) {
    if (line.kind !== (isWatched ? 'said' : 'heard')) continue;
    counts.set(line.type, (counts.get(line.type) ?? 0) + 1);
  }
  return counts;
};
