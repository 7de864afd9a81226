/**
 * Chooses, of all that was tried, a case for everything that can be told apart: each place of the
 * chart, and of each transition every kind of answer and of change. A case that fewer moves lead to
 * is taken before one that more do, so that prefixes stay short.
 */
import { canonicalText } from '../search/interner.ts';
import { goneThrough } from './coverage.ts';
import { EventNames } from './event-names.ts';
import type { Explored, Tried } from './explore.ts';
import type { Moment, Move, Said } from './moment.ts';
import {
  type Case,
  inShort,
  type Outcome,
  outcomeOf,
  startOutcome,
  stateWords,
  type Words,
} from './outcome.ts';

/** A test file as data. */
export interface Suite {
  readonly words: Words;
  readonly cases: readonly Case[];
  /** How many cases end by going through each place of the chart. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What kind of thing is said: its type, and every claim in it that is true or false. */
const kindOf = (said: unknown): string => {
  if (typeof said !== 'object' || said === null) return 'long';
  const { type, message } = said as Said & { readonly message?: Said };
  const claims = Object.entries(message ?? said).filter(([, value]) => typeof value === 'boolean');
  return `${message?.type ?? type}${canonicalText(Object.fromEntries(claims))}`;
};

/** What a step shows that another may not. */
const goalsOf = (explored: Explored, { after }: Tried, { says, learns }: Outcome): string[] => {
  const places = goneThrough(explored, after);
  const taken = after.marks.filter((mark) => explored.probe.taken.has(mark));
  const answer = [...new Set((says ?? []).map(kindOf))].join();
  const change = Object.keys(learns ?? {})
    .sort()
    .join();
  return [...places, `${taken.join()} says ${answer}`, `${taken.join()} learns ${change}`];
};

export const suiteOf = (explored: Explored, starts: Words['starts']): Suite => {
  const names = new EventNames();
  const counts: Record<string, number> = {};
  const count = (moment: Moment) => {
    for (const place of new Set(goneThrough(explored, moment))) {
      counts[place] = (counts[place] ?? 0) + 1;
    }
  };
  const begins = explored.firsts.map(({ start, first }): Case => {
    count(first);
    const outcome = startOutcome(starts[start], first);
    const proves = `${start} starts in ${text(outcome.state)}`;
    return { proves, start, given: [], when: 'start', outcome };
  });
  const known = new Set(Object.keys(counts));
  const inOrder = [...explored.tried].sort((a, b) => a.given.length - b.given.length);
  const chosen = inOrder.flatMap((tried) => {
    if (tried.after.marks.length === 0) return [];
    const outcome = outcomeOf(tried.before, tried.after);
    const goals = goalsOf(explored, tried, outcome).filter((goal) => !known.has(goal));
    if (goals.length === 0) return [];
    for (const goal of goals) known.add(goal);
    return [{ tried, outcome }];
  });
  const nameOf = (move: Move): string => {
    if (move.type === 'hear') return names.of(move.event);
    return move.type === 'wait' ? 'wait' : `stall ${move.ms}`;
  };
  const cases = chosen.map(({ tried, outcome }): Case => {
    const { start, given, when, before } = tried;
    const moves = { given: inShort(given.map(nameOf)), when: nameOf(when) };
    return { proves: provesOf(before, moves.when, outcome), start, ...moves, outcome };
  });
  for (const { tried } of chosen) count(tried.after);
  return { words: { starts, events: names.events() }, cases: [...begins, ...cases], counts };
};

const text = (state: Outcome['state']): string =>
  typeof state === 'string' ? state : state.join(' & ');

/** `leader, detector.beat: follower.leaderless`. */
const provesOf = (before: Moment, when: string, { state }: Outcome): string => {
  const [from, to] = [stateWords(before), state].map(text) as [string, string];
  if (typeof state !== 'string') {
    const left = [stateWords(before)].flat();
    const entered = state.filter((path) => !left.includes(path));
    return entered.length === 0
      ? `${when} changes no state`
      : `${when} leads to ${entered.join(' & ')}`;
  }
  return from === to ? `${from} stays at ${when}` : `${from} goes to ${to} at ${when}`;
};
