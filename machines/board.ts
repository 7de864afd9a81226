/**
 * What plans of one intersection are played on: its stages as numbers, and all who are expected, lane
 * by lane. Flat arrays, because a planner reads them hundreds of times a second.
 */
import type { Intersection, Stage } from '../protocol/district.ts';
import type { Expected } from './expectation.ts';
import { changeMs, minGreenMs } from './sequence.ts';

/** What a plan rests on. */
export interface View {
  readonly intersection: Intersection;
  /** What is green now, and has had its minimum. */
  readonly stage: Stage;
  readonly expected: Expected;
  /** Pedestrians who wait for groups that are served on call. */
  readonly walks: readonly string[];
}

/** From one vehicle of a queue to the next, on a lane of which nothing else is said. In seconds. */
export const HEADWAY_S = 2;
/** Who has waited counts for more: by so much for each second. */
const WAIT_WEIGHT = 0.02;

/** Not served, served while yielding, served. */
export const NONE = 0;
export const YIELDING = 1;
const PROTECTED = 2;

/** The stages of an intersection as numbers: what each serves, and how long changes take. */
export interface Crossroads {
  readonly stages: readonly Stage[];
  readonly groups: ReadonlyMap<string, number>;
  /** By stage and group: not served, served while yielding, served. */
  readonly serves: readonly Uint8Array[];
  readonly changeS: readonly (readonly number[])[];
  readonly minGreenS: readonly number[];
}

const known = new WeakMap<Intersection, Crossroads>();

/** Worked out once for each description. */
export const crossroadsOf = (intersection: Intersection): Crossroads => {
  const found = known.get(intersection) ?? measured(intersection, intersection.stages);
  known.set(intersection, found);
  return found;
};

/** The same with a stage that is none of its own: one that was made up for a call. */
export const measured = (intersection: Intersection, stages: readonly Stage[]): Crossroads => {
  const groups = new Map(intersection.groups.map(({ id }, k) => [id, k]));
  return {
    stages,
    groups,
    serves: stages.map(({ green, permissive = [] }) => {
      const row = new Uint8Array(groups.size);
      for (const id of permissive) row[groups.get(id) ?? 0] = YIELDING;
      for (const id of green) row[groups.get(id) ?? 0] = PROTECTED;
      return row;
    }),
    changeS: stages.map((from) => stages.map((to) => changeMs(intersection, from, to) / 1000)),
    minGreenS: stages.map((stage) => minGreenMs(intersection, stage) / 1000),
  };
};

/** What each stage serves of those who can be counted on. */
const reliable = (
  { serves, groups }: Crossroads,
  { stuck, barred }: Expected,
): readonly Uint8Array[] => {
  if (stuck.length + barred.length === 0) return serves;
  return serves.map((row) => {
    const left = row.slice();
    for (const id of barred) {
      const group = groups.get(id);
      if (group !== undefined && left[group] === YIELDING) left[group] = NONE;
    }
    for (const id of stuck) {
      const group = groups.get(id);
      if (group !== undefined) left[group] = NONE;
    }
    return left;
  });
};

/**
 * What each stage serves, with a column for every set of groups of which any will do, beyond those of
 * the groups themselves.
 */
const servesOf = (crossroads: Crossroads, expected: Expected, sets: readonly number[][]) => {
  const rows = reliable(crossroads, expected);
  if (sets.length === 0) return rows;
  return rows.map((row) => {
    const wide = new Uint8Array(row.length + sets.length);
    wide.set(row);
    sets.forEach((set, k) => {
      wide[row.length + k] = Math.max(NONE, ...set.map((group) => row[group] as number));
    });
    return wide;
  });
};

/** All who are expected, lane by lane, from the stop line upstream. */
class Queues {
  readonly lanes: number;
  readonly starts: Int32Array;
  readonly etaS: Float64Array;
  readonly weight: Float64Array;
  readonly group: Int32Array;
  readonly headwayS: Float64Array;
  /** Sets of groups of which any will do; their columns come after those of the groups. */
  readonly sets: number[][] = [];

  constructor({ groups }: Crossroads, { intersection, expected, walks }: View) {
    const rates = new Map(intersection.lanes?.map(({ id, saturationVph }) => [id, saturationVph]));
    const walkers = walks.map((group) => ({
      lane: '',
      vehicles: [{ groups: [group], etaS: 0, waitedS: 0 }],
    }));
    const rows = [...expected.lanes, ...walkers];
    this.lanes = rows.length;
    this.starts = new Int32Array(rows.length + 1);
    this.headwayS = new Float64Array(rows.length);
    rows.forEach(({ lane, vehicles }, k) => {
      this.starts[k + 1] = (this.starts[k] as number) + vehicles.length;
      const rate = rates.get(lane);
      this.headwayS[k] = rate ? 3600 / rate : HEADWAY_S;
    });
    const count = this.starts[rows.length] as number;
    this.etaS = new Float64Array(count);
    this.weight = new Float64Array(count);
    this.group = new Int32Array(count);
    const columns = new Map<string, number>();
    const columnOf = (ids: readonly string[]): number => {
      if (ids.length === 1) return groups.get(ids[0] as string) ?? 0;
      const key = ids.join(' ');
      const known = columns.get(key);
      if (known !== undefined) return known;
      const column = groups.size + this.sets.length;
      columns.set(key, column);
      this.sets.push(ids.flatMap((id) => groups.get(id) ?? []));
      return column;
    };
    rows
      .flatMap(({ vehicles }) => vehicles)
      .forEach(({ etaS, waitedS, groups: ids }, k) => {
        this.etaS[k] = etaS;
        this.weight[k] = 1 + WAIT_WEIGHT * waitedS;
        this.group[k] = columnOf(ids);
      });
  }
}

/** What is played with: the same for every course of one view. */
export interface Board {
  readonly queues: Queues;
  readonly serves: readonly Uint8Array[];
}

/** Sets up what a view is played with. */
export const boardOf = (crossroads: Crossroads, view: View): Board => {
  const queues = new Queues(crossroads, view);
  return { queues, serves: servesOf(crossroads, view.expected, queues.sets) };
};
