/**
 * Chooses, of all that was tried, a step for everything that can be told apart: each place of the
 * chart, and of each transition every kind of answer and of change. A step that fewer moves lead to
 * is taken before one that more do. Steps from the same situation are one table.
 */
import { canonicalText } from '../search/interner.ts';
import { goneThrough } from './coverage.ts';
import { EventNames } from './event-names.ts';
import type { Explored, Tried } from './explore.ts';
import type { Moment, Said } from './moment.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { inShort, nameOfMove, type Situation, tableOf, type Words } from './situation.ts';

/** A test file as data. */
export interface Suite {
  readonly words: Words;
  readonly situations: readonly Situation[];
  /** How many steps are expected to be something. */
  readonly steps: number;
  /** How many of them go through each place of the chart. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What kind of thing is said: its type, and every claim in it that is true or false. */
const kindOf = (said: Said): string => {
  const { type, message } = said as Said & { readonly message?: Said };
  const claims = Object.entries(message ?? said).filter(([, value]) => typeof value === 'boolean');
  return `${message?.type ?? type}${canonicalText(Object.fromEntries(claims))}`;
};

/** What a step shows that another may not. */
const goalsOf = (explored: Explored, tried: Tried, outcome: Outcome): string[] => {
  const { entered, says, learns } = outcome;
  const { after, when } = tried;
  const varies = when.type === 'hear' ? (when.varies ?? []) : [];
  const asked = after.marks.filter((mark) => !explored.probe.taken.has(mark));
  const places = goneThrough(explored, after);
  const taken = after.marks.filter((mark) => explored.probe.taken.has(mark));
  const answer = [...new Set(says.map(kindOf))].join();
  const change = [...new Set(Object.keys(learns).map((path) => path.split('.')[0]))].sort().join();
  return [
    ...places,
    ...[`says ${answer}`, `learns ${change}`, `enters ${entered}`].map(
      (what) => `${taken.join()} ${what}`,
    ),
    // Of a guard that asks for several things, each by itself.
    ...(varies.length === 1 && asked.length > 0 ? [`${asked.join()} by ${varies}`] : []),
  ];
};

/** The steps that show something new, each in the order in which it was found. */
const chosenFrom = (explored: Explored): Tried[] => {
  const known = new Set(explored.firsts.flatMap(({ first }) => goneThrough(explored, first)));
  const inOrder = [...explored.tried].sort((a, b) => a.given.length - b.given.length);
  return inOrder.filter((tried) => {
    if (tried.after.marks.length === 0) return false;
    const outcome = outcomeOf(tried.before, tried.after);
    const goals = goalsOf(explored, tried, outcome).filter((goal) => !known.has(goal));
    for (const goal of goals) known.add(goal);
    return goals.length > 0 || tried.isWanted;
  });
};

const countsOf = (explored: Explored, moments: readonly Moment[]): Suite['counts'] => {
  const counts: Record<string, number> = {};
  for (const moment of moments) {
    for (const place of new Set(goneThrough(explored, moment))) {
      counts[place] = (counts[place] ?? 0) + 1;
    }
  }
  return counts;
};

interface Gathered {
  readonly start: string;
  readonly before: Moment;
  readonly isStart: boolean;
  readonly rows: { readonly when: string; readonly after: Moment }[];
}

export const suiteOf = (explored: Explored, starts: Words['starts']): Suite => {
  const names = new EventNames();
  const nameOf = (move: Tried['when']) => nameOfMove(move, (event) => names.of(event));
  const chosen = chosenFrom(explored);
  const gathered = new Map<string, Gathered>();
  for (const { start, first } of explored.firsts) {
    gathered.set(start, { start, before: first, isStart: true, rows: [] });
  }
  for (const { start, given, before, when, after } of chosen) {
    const text = inShort(start, given.map(nameOf));
    const one = gathered.get(text) ?? { start, before, isStart: false, rows: [] };
    gathered.set(text, one);
    one.rows.push({ when: nameOf(when), after });
  }
  const situations = [...gathered].map(([given, { start, before, isStart, rows }]) => ({
    given,
    table: tableOf(before, rows, isStart ? { input: starts[start] } : undefined),
  }));
  const shown = [...explored.firsts.map(({ first }) => first), ...chosen.map(({ after }) => after)];
  return {
    ...{ words: { starts, events: names.events() }, situations },
    ...{ steps: shown.length, counts: countsOf(explored, shown) },
  };
};
