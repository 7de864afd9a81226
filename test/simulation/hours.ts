/**
 * Half hours of cities with shared intersections under heavy faults, one for each seed, and what they
 * come to. Test files run side by side, so the hours are spread over more than one.
 */
import { expect } from 'vitest';
import {
  faultsOf,
  type Outcome,
  type SimulateOptions,
  simulate,
} from '../../simulation/simulate.ts';

const MINUTES = 30;
const FAULTS = 'heavy' as const;

/** How long one seed may take on busy cores. */
export const HALF_HOUR_MS_MAX = 600_000;

export type HalfHour = Pick<SimulateOptions, 'nodes' | 'shared' | 'apart'>;

const commandOf = ({ seed, nodes, shared, apart }: SimulateOptions): string =>
  [
    `greenwave simulate --seed ${seed} --nodes ${nodes} --minutes ${MINUTES} --faults ${FAULTS}`,
    typeof shared === 'number' ? `--sharers ${shared}` : '--shared',
    ...(apart ? ['--apart'] : []),
  ].join(' ');

export class Hours {
  /** What is run, each with the command that runs it again. */
  readonly rows: readonly (readonly [string, SimulateOptions])[];
  readonly #outcomes: Outcome[] = [];

  /** Each half hour has the next seed. */
  constructor(firstSeed: number, halves: readonly HalfHour[]) {
    this.rows = halves.map((half, k) => {
      const run = { seed: firstSeed + k, durationMs: MINUTES * 60_000, faults: FAULTS, ...half };
      return [commandOf(run), run] as const;
    });
  }

  run = async (again: string, options: SimulateOptions): Promise<void> => {
    const outcome = await simulate(options);
    expect(outcome.violations, again).toEqual([]);
    this.#outcomes.push(outcome);
  };

  /** Every kind of fault occurred, each more often than there are hours; and there was light. */
  expectAtLeast(hours: number): void {
    const sum = (of: (outcome: Outcome) => number) =>
      this.#outcomes.reduce((total, outcome) => total + of(outcome), 0);
    expect(sum(({ intersectionHours }) => intersectionHours)).toBeGreaterThanOrEqual(hours);
    expect(sum(({ greens }) => greens)).toBeGreaterThan(60 * hours);
    const counts = ['crashes', 'wipes', 'partitions', 'cuts', 'stalls', 'suspensions'] as const;
    for (const count of counts) {
      expect(
        sum((outcome) => outcome[count]),
        count,
      ).toBeGreaterThan(hours);
    }
    const faults = this.rows.flatMap(([, options]) => faultsOf(options));
    const lost = faults.filter((fault) => fault.kind === 'crash' && fault.lost > 0);
    expect(lost.length, 'crashes that lose the last writes').toBeGreaterThan(hours);
    for (const kind of ['drift', 'slowDisk', 'leave', 'weather']) {
      expect(faults.filter((fault) => fault.kind === kind).length, kind).toBeGreaterThan(hours);
    }
  }
}
