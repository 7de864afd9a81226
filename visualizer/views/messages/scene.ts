/** What a sequence diagram shows of a moment: which nodes, which messages, where each stands. */
import type { JournalLine } from '../../../protocol/journal.ts';
import type { Moment } from '../../desk.ts';
import { leaderOf, type Picture } from '../../picture.ts';
import { chainOf, effectsOf } from './chain.ts';
import { countsOf, type Exchange, exchangesOf } from './exchange.ts';
import { presenceOf, type Turn } from './presence.ts';
import { type Rows, rowsOf } from './rows.ts';

/** So far back messages are looked for, in milliseconds and lines. */
const WINDOW_MS = 60_000;
const LINES_MAX = 20_000;
/** As many as somebody scrolls through. */
const SHOWN_MAX = 80;
/** More lifelines fit on no page. */
const COLUMNS_MAX = 12;

/** Somebody leads from here on. */
export interface Mark {
  readonly node: string;
  readonly atMs: number;
  readonly text: string;
}

export interface Scene {
  readonly columns: readonly string[];
  /** Nodes for which there is no room. */
  readonly left: number;
  readonly exchanges: readonly Exchange[];
  readonly rows: Rows;
  readonly turns: readonly Turn[];
  readonly marks: readonly Mark[];
  readonly counts: ReadonlyMap<string, number>;
  /** What belongs to the chosen message; undefined when none is. */
  readonly chain: ReadonlySet<string> | undefined;
  /** Who was there when the first message was said. */
  readonly began: ReadonlySet<string>;
}

export interface Wanted {
  readonly hidden: ReadonlySet<string>;
  readonly chosen: string | undefined;
  readonly node: string | undefined;
}

export const sceneOf = ({ history, t, picture }: Moment, wanted: Wanted): Scene => {
  const lines = history.between(t - WINDOW_MS, t, LINES_MAX);
  const fromMs = (lines[0]?.t ?? t) - 1;
  const before = history.at(fromMs);
  const { columns, left } = columnsOf(picture, lines, wanted.node);
  const isShown = new Set(columns);
  const wants = (type: string) => !wanted.hidden.has(type);
  const exchanges = exchangesOf({ picture: before, lines, untilMs: t, wants })
    .filter(({ from }) => isShown.has(from))
    .slice(-SHOWN_MAX)
    .map((exchange) => within(exchange, isShown));
  const firstMs = exchanges[0]?.saidMs ?? t;
  const presence = presenceOf(before);
  for (const line of lines) presence.see(line);
  const began = new Set(
    columns.filter((node) => wasThere(node, firstMs, presence.turns, before.nodes)),
  );
  return {
    columns,
    left,
    exchanges,
    rows: rowsOf(exchanges),
    turns: presence.turns.filter(({ atMs, node }) => atMs >= firstMs && isShown.has(node)),
    marks: marksIn(lines, firstMs).filter(({ node }) => isShown.has(node)),
    counts: countsOf(lines),
    chain: wanted.chosen === undefined ? undefined : chainIn(lines, wanted.chosen),
    began,
  };
};

/** All nodes; of many, the chosen one, the leader and the voters before others. */
const columnsOf = (
  picture: Picture,
  lines: readonly JournalLine[],
  chosen: string | undefined,
): { columns: string[]; left: number } => {
  const all = [...picture.nodes.keys()];
  // An observer hears, and is no node of the district.
  for (const { kind, node } of lines) {
    if (kind === 'heard' && !all.includes(node)) all.push(node);
  }
  if (all.length <= COLUMNS_MAX) return { columns: all, left: 0 };
  const voters = picture.voters.map(({ node }) => node);
  const first = [chosen, leaderOf(picture)?.node, ...voters, ...all];
  const picked = new Set(first.filter((node) => node !== undefined && all.includes(node)));
  const columns = new Set([...picked].slice(0, COLUMNS_MAX));
  return { columns: all.filter((node) => columns.has(node)), left: all.length - columns.size };
};

const within = (exchange: Exchange, isShown: ReadonlySet<string>): Exchange => ({
  ...exchange,
  taken: exchange.taken.filter(({ node }) => isShown.has(node)),
  repeated: exchange.repeated.filter(({ node }) => isShown.has(node)),
  missed: exchange.missed.filter((node) => isShown.has(node)),
});

const wasThere = (
  node: string,
  atMs: number,
  turns: readonly Turn[],
  before: Picture['nodes'],
): boolean => {
  const last = turns.findLast((turn) => turn.node === node && turn.atMs < atMs);
  const standing = before.get(node)?.standing;
  return last ? last.isThere : standing !== 'down' && standing !== 'unknown';
};

const marksIn = (lines: readonly JournalLine[], fromMs: number): Mark[] =>
  lines.flatMap((line) => {
    if (line.kind !== 'fact' || line.t < fromMs) return [];
    const { event, node, t: atMs } = line;
    if (event.type !== 'election.elected' || event.leader !== node) return [];
    return [{ node, atMs, text: `term ${event.term}` }];
  });

const chainIn = (lines: readonly JournalLine[], chosen: string): ReadonlySet<string> => {
  const effects = effectsOf(lines);
  const causes = new Map<string, string>();
  for (const [cause, some] of effects) for (const effect of some) causes.set(effect, cause);
  return chainOf(chosen, causes, effects);
};
