/** Searches one model, says how far it is, and draws what it finds wrong. */
import { diagramOf } from '../simulation/search/diagram.ts';
import { explore, type Found } from '../simulation/search/explore.ts';
import type { Bounds, Counts, Model } from '../simulation/search/model.ts';
import { World } from '../simulation/search/world.ts';

/** How often long work says how far it is. */
const PROGRESS_MS = 2_000;

/** How far a search is. */
export interface Pace {
  readonly kind: 'progress';
  readonly name: string;
  readonly states: number;
  readonly depth: number;
  readonly statesPerCpuSecond: number;
}

/** What became of a search. */
export interface Checked {
  readonly kind: 'model';
  readonly name: string;
  readonly title: string;
  readonly bounds: Bounds;
  readonly limits: readonly string[];
  readonly verdict: Found['verdict'];
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** Moves that the bounds forbid. */
  readonly cut: number;
  readonly cpuSeconds: number;
  readonly statesPerCpuSecond: number;
  /** What the search came to when it was last looked at, where that is written down. */
  readonly known?: Counts;
  /** What must happen sometimes, and whether it did. */
  readonly sometimes: Readonly<Record<string, boolean>>;
  readonly wrong?: string;
  readonly diagram?: string;
}

const cpuSecondsSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
};

const rate = (states: number, cpuSeconds: number): number =>
  Math.round(states / Math.max(cpuSeconds, 0.001));

export const runModel = (
  model: Model,
  { statesMax }: { readonly statesMax?: number },
  tell: (pace: Pace) => void,
): Checked => {
  const start = process.cpuUsage();
  let toldMs = performance.now();
  const world = new World(model);
  const { name, title, bounds, limits } = model;
  const found = explore(world, {
    ...(statesMax !== undefined && { statesMax }),
    progress: ({ states, depth }) => {
      if (performance.now() - toldMs < PROGRESS_MS) return;
      toldMs = performance.now();
      const statesPerCpuSecond = rate(states, cpuSecondsSince(start));
      tell({ kind: 'progress', name, states, depth, statesPerCpuSecond });
    },
  });
  const cpuSeconds = Math.round(cpuSecondsSince(start) * 100) / 100;
  const { verdict, states, transitions, depth, cut, wrong, moves } = found;
  return {
    kind: 'model',
    name,
    title,
    bounds,
    limits,
    verdict,
    states,
    transitions,
    depth,
    cut,
    cpuSeconds,
    statesPerCpuSecond: rate(states, cpuSeconds),
    ...(model.counts && { known: model.counts }),
    sometimes: Object.fromEntries(
      Object.keys(model.sometimes).map((what) => [what, world.reached.has(what)]),
    ),
    ...(wrong !== undefined && { wrong, diagram: diagramOf(world, moves, wrong) }),
  };
};
