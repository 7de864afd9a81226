/**
 * A table of a generated test: a situation that moves led to, and what each of several events comes
 * to there. Tables are played on the machine and told anew, in the same words if nothing is other.
 */
import type { AnyStateMachine } from 'xstate';
import { type Moment, type Move, Player, type Said } from './moment.ts';
import { outcomeOf, startOutcome, statesOf } from './outcome.ts';
import { givenRow, movesIn, outcomeRow, startRow } from './telling.ts';

/** What the names in tables mean. */
export interface Words {
  readonly starts: Readonly<Record<string, unknown>>;
  readonly events: Readonly<Record<string, Said>>;
}

export interface Situation {
  /** Who starts, and the moves from there: `a node; timekeeper.synced; wait × 2`. */
  readonly given: string;
  readonly table: string;
}

const SEPARATOR = '; ';
const REPEATED = /^(.*) × (\d+)$/;

/** Several of a kind in a row as one. */
export const inShort = (start: string, moves: readonly string[]): string => {
  const runs: { name: string; count: number }[] = [];
  for (const name of moves) {
    const last = runs.at(-1);
    if (last?.name === name) last.count += 1;
    else runs.push({ name, count: 1 });
  }
  const names = runs.map(({ name, count }) => (count === 1 ? name : `${name} × ${count}`));
  return [start, ...names].join(SEPARATOR);
};

const inFull = (names: readonly string[]): string[] =>
  names.flatMap((text) => {
    const [, name, count] = REPEATED.exec(text) ?? [];
    return name === undefined ? [text] : Array.from({ length: Number(count) }, () => name);
  });

export const nameOfMove = (move: Move, nameOfEvent: (event: Said) => string): string => {
  if (move.type === 'hear') return nameOfEvent(move.event);
  return move.type === 'wait' ? 'wait' : `stall ${move.ms}`;
};

const moveNamed = (name: string, { events }: Words): Move => {
  const event = events[name];
  if (event) return { type: 'hear', event };
  if (name === 'wait') return { type: 'wait' };
  const [, ms] = /^stall (\d+)$/.exec(name) ?? [];
  if (ms === undefined) throw new Error(`no move is called ${name}`);
  return { type: 'stall', ms: Number(ms) };
};

export interface TableRow {
  readonly when: string;
  readonly after: Moment;
}

/** `input`: what the machine was started with, when nothing has happened since. */
export const tableOf = (
  before: Moment,
  rows: readonly TableRow[],
  started: { readonly input: unknown } | undefined,
): string => {
  const head = started ? startRow(startOutcome(started.input, before)) : givenRow(statesOf(before));
  const lines = rows.map(({ when, after }) => outcomeRow(when, outcomeOf(before, after)));
  return `\n${[head, ...lines].join('\n')}\n`;
};

/** The same table, as the machine fills it now: what generated tests compare. */
export const retold = (
  machine: AnyStateMachine,
  words: Words,
  { given, table }: Situation,
): string => {
  const [start = '', ...moves] = given.split(SEPARATOR);
  const input = words.starts[start];
  const player = new Player(machine, input, { isMarked: false });
  const play = (moment: Moment, name: string) => player.after(moment, moveNamed(name, words));
  const before = inFull(moves).reduce(play, player.begin());
  const rows = movesIn(table).map((when) => ({ when, after: play(before, when) }));
  return tableOf(before, rows, moves.length === 0 ? { input } : undefined);
};
