/** Tells what of each chart is covered, for people and for programs. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Coverage, PlaceKind } from '../simulation/generate/coverage.ts';
import type { Generated } from '../simulation/generate/generate.ts';

const KINDS: readonly PlaceKind[] = ['state', 'transition', 'guard'];

/** Nothing is left that nobody has given a reason for, and no reason is given for nothing. */
export const isComplete = ({ uncovered, needless }: Coverage): boolean =>
  uncovered.every(({ reason }) => reason !== undefined) && needless.length === 0;

const countOf = ({ covered, uncovered }: Coverage, kind: PlaceKind): string => {
  const here = covered.filter((place) => place.kind === kind).length;
  const excused = uncovered.filter((place) => place.kind === kind && place.reason).length;
  const all = uncovered.filter((place) => place.kind === kind).length + here;
  const text = `${here}${excused > 0 ? ` + ${excused}` : ''} of ${all}`;
  return here + excused === all ? pc.green(text) : pc.red(text);
};

export const coverageTable = (all: readonly Generated[]): string => {
  const table = new Table({
    head: ['machine', 'states', 'transitions', 'guard outcomes', 'rows', 'steps tried'],
    style: { head: [], border: [] },
  });
  for (const { coverage, suite } of all) {
    const counts = KINDS.map((kind) => countOf(coverage, kind));
    const { steps, depth } = coverage;
    const tried = `${steps.toLocaleString('en')}, at most ${depth} deep`;
    table.push([coverage.machine, ...counts, String(suite.steps), tried]);
  }
  const notes = all.flatMap(({ coverage }) => notesOn(coverage));
  return [table.toString(), ...notes].join('\n');
};

const notesOn = ({ machine, uncovered, needless, isExhausted }: Coverage): string[] => [
  ...uncovered.map(({ kind, name, reason }) => {
    const bound = isExhausted ? 'nothing within the bound leads there' : 'not reached';
    const line = `${machine}, ${kind} ${name}: ${reason ?? bound}`;
    return reason === undefined ? pc.red(line) : pc.yellow(line);
  }),
  ...needless.map((name) => pc.red(`${machine}: ${name} is said to be unreachable, and is not`)),
];

export const coverageLines = (all: readonly Generated[]): object[] =>
  all.map(({ suite, coverage: { covered, uncovered, ...rest } }) => ({
    kind: 'coverage',
    ...rest,
    rows: suite.steps,
    covered: Object.fromEntries(
      KINDS.map((kind) => [kind, covered.filter((place) => place.kind === kind).length]),
    ),
    uncovered,
  }));
