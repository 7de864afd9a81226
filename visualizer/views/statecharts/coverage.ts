/**
 * What of each chart generated tests go through, as `npm run generate` wrote it down. It is loaded
 * when somebody asks for it.
 */
import { transitionName } from '../../../simulation/generate/places.ts';
import type { Chart, ChartTransition } from './chart.ts';

/** Of one machine, as it is written down. */
export interface CoverageTold {
  readonly machine: string;
  /** How many tests end by going through each place. */
  readonly counts: Readonly<Record<string, number | undefined>>;
  readonly uncovered: readonly {
    readonly kind: string;
    readonly name: string;
    readonly reason?: string;
  }[];
}

/** `partly`: gone through, but a guard there never answered both ways. `excused`: it cannot be. */
export type Standing = 'whole' | 'partly' | 'excused' | 'missing';
const WORST_FIRST: readonly Standing[] = ['missing', 'partly', 'excused', 'whole'];

export interface Covered {
  readonly told: CoverageTold;
  readonly states: ReadonlyMap<string, Standing>;
  readonly transitions: ReadonlyMap<ChartTransition, Standing>;
}

export const loadCoverage = async (): Promise<readonly CoverageTold[]> => {
  const { default: told } = await import('./coverage.json', { with: { type: 'json' } });
  return told as unknown as readonly CoverageTold[];
};

const standingOf = ({ counts, uncovered }: CoverageTold, name: string): Standing => {
  const missed = uncovered.find((place) => place.name === name);
  if (missed) return missed.reason === undefined ? 'missing' : 'excused';
  if ((counts[name] ?? 0) === 0) return 'missing';
  const half = uncovered.filter((place) => place.name.startsWith(`${name} [`));
  return half.every(({ reason }) => reason !== undefined) ? 'whole' : 'partly';
};

/** The branches of one state at one trigger, in order, have numbers in their names. */
const namesIn = ({ transitions }: Chart): ReadonlyMap<ChartTransition, string> => {
  const seen = new Map<string, number>();
  return new Map(
    transitions.map((one) => {
      const first = transitionName(one, 0);
      const branch = seen.get(first) ?? 0;
      seen.set(first, branch + 1);
      return [one, transitionName(one, branch)];
    }),
  );
};

const pathsIn = ({ path, states }: Chart['root']): string[] => [path, ...states.flatMap(pathsIn)];

export const coverageIn = (chart: Chart, all: readonly CoverageTold[]): Covered | undefined => {
  const told = all.find(({ machine }) => machine === chart.name);
  if (!told) return undefined;
  const paths = pathsIn(chart.root).filter((path) => path !== '');
  return {
    told,
    states: new Map(paths.map((path) => [path, standingOf(told, path)])),
    transitions: new Map(
      [...namesIn(chart)].map(([one, name]) => [one, standingOf(told, name)] as const),
    ),
  };
};

/** Of several transitions that are one line, the worst. */
export const worstOf = (
  covered: Covered | undefined,
  transitions: readonly ChartTransition[],
): Standing | undefined => {
  const standings = transitions.map((one) => covered?.transitions.get(one));
  return WORST_FIRST.find((standing) => standings.includes(standing));
};

/** How many of each kind are covered, of how many. */
export const tallyOf = ({ counts, uncovered }: CoverageTold) => {
  const kindOf = (name: string) =>
    / is (true|false)$/.test(name) ? 'guard' : name.includes(': ') ? 'transition' : 'state';
  return ['state', 'transition', 'guard'].map((kind) => {
    const covered = Object.keys(counts).filter((name) => kindOf(name) === kind).length;
    const missed = uncovered.filter((place) => place.kind === kind).length;
    return { kind, covered, all: covered + missed };
  });
};
