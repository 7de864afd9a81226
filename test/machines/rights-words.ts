/** What the tests of rights of way are written with: commands, states, and what is said of them. */
import { expect } from 'vitest';
import { apply, initialState, problemsOf } from '../../machines/district-state.ts';
import { rightOf } from '../../machines/rights.ts';
import type { Command, State } from '../../protocol/command.ts';
import { admissions } from './rights-place.ts';

export const C = 200;
export const H = 45_000;
export const PPM = 1000;
/** Twice the bound: what stands between rights of one timescale. */
export const GAP = 2 * C;

export type Kind<K extends Command['kind']> = Extract<Command, { kind: K }>;

export const open = (
  term: number,
  startMs: number,
  to?: [term: number, boundMs: number],
): Command => ({
  kind: 'timescale.open',
  ...{ term, startMs, clockBoundMs: C, horizonMs: H, driftPpm: PPM },
  ...(to && { to: { term: to[0], boundMs: to[1] } }),
});
export const enter = (node: string, incarnation = 1): Command => ({
  ...{ kind: 'right.enter', node, incarnation },
});
export const dismiss = (node: string): Command => ({ kind: 'district.dismiss', node });

export const NODES = ['n1', 'n2', 'n3', 'n4'];
const last = { stage: 'A', fromMs: 0, greenUntilMs: 0, plannedMs: 0 };

export type Span = readonly [
  group: string,
  fromMs: number,
  untilMs: number,
  permissive?: 'permissive',
];
export type Rest = Partial<Omit<Kind<'right.grant'>, 'kind'>>;

export const grantAt = (nowMs: number, spans: readonly Span[], rest: Rest = {}): Command => ({
  kind: 'right.grant',
  ...{ intersection: 'x', term: 1, nowMs, last },
  present: NODES.map((node) => ({ node, sinceMs: nowMs })),
  grants: spans.map(([group, fromMs, untilMs, permissive]) => ({
    ...{ group, fromMs, untilMs, permissive: permissive !== undefined },
  })),
  ...rest,
});
export const release = (rest: Partial<Kind<'right.release'>> = {}): Command => ({
  kind: 'right.release',
  ...{ intersection: 'x', node: 'n1', incarnation: 1, group: 'a' },
  ...{ term: 1, fromMs: 1000, untilMs: 5000 },
  ...rest,
});

export const reached = (...commands: Command[]): State => {
  let state = initialState([]);
  for (const command of commands) {
    expect(problemsOf(state, command)).toEqual([]);
    state = apply(state, command);
  }
  return state;
};
export const spans = (state: State) =>
  (rightOf(state, 'x')?.intervals ?? []).map(
    ({ group, term, fromMs, untilMs }) => `${group}${term} ${fromMs}–${untilMs}`,
  );
export const verdict = (state: State, command: Command) => problemsOf(state, command).join('; ');

/** The four nodes are members, are up, and the clock of term 1 is the time from 1000 on. */
export const UP: readonly Command[] = [
  ...admissions,
  ...NODES.map((node) => enter(node)),
  open(1, 1000),
];
/** `a` has a right until 10,000. */
export const LIT = [...UP, grantAt(1000, [['a', 1000, 10_000]])];
