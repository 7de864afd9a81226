/**
 * Lamps for tests of the queue model: stages in turn, each change with its amber and red clearance,
 * and what they showed at any instant, so that a test can look it up.
 */
import type { Intersection } from '../../protocol/district.ts';
import type { Lamp, Lamps } from '../../protocol/lamp.ts';
import type { Plan } from '../../protocol/plan.ts';

export interface FixedLamps {
  /** What is shown, from 0 on, by instants. */
  readonly changes: readonly { readonly atMs: number; readonly lamps: Lamps }[];
  at(atMs: number): Lamps;
}

const AMBER_MS = 3000;
const CLEAR_MS = 1000;

/** The stages of a plan or of the intersection's program, or each for `greenMs` where it has none. */
export const fixedLamps = (
  intersection: Intersection,
  { untilMs, plan, greenMs = 20_000 }: { untilMs: number; plan?: Plan; greenMs?: number },
): FixedLamps => {
  const { stages, groups, programs } = intersection;
  const own = plan?.intersections.find(({ id }) => id === intersection.id);
  const changes: { atMs: number; lamps: Lamps }[] = [];
  const lampsOf = (stage: number, isEnding: boolean, next: number): Lamps => {
    const lamp = (id: string): Lamp => {
      const is = (k: number) =>
        stages[k]?.green.includes(id) || stages[k]?.permissive?.includes(id);
      if (!is(stage)) return 'red';
      if (isEnding && !is(next)) return 'amber';
      return stages[stage]?.green.includes(id) ? 'green' : 'greenPermissive';
    };
    return Object.fromEntries(groups.map(({ id }) => [id, lamp(id)]));
  };
  let atMs = (own?.offsetS ?? 0) * 1000 - (plan ? plan.cycleS * 1000 : 0);
  for (let turn = 0; atMs < untilMs; turn += 1) {
    const stage = turn % stages.length;
    const next = (stage + 1) % stages.length;
    const id = stages[stage]?.id;
    const splitMs = (own?.splits?.find((one) => one.stage === id)?.splitS ?? 0) * 1000;
    const programS = programs?.[0]?.steps.find((step) => step.stage === id)?.greenS;
    const free = programS === undefined ? greenMs : programS * 1000;
    const greenEndMs = atMs + (splitMs > 0 ? splitMs - AMBER_MS - CLEAR_MS : free);
    const amberEndMs = greenEndMs + AMBER_MS;
    const both = lampsOf(stage, true, next);
    const clear = Object.fromEntries(
      Object.entries(both).map(([group, lamp]): [string, Lamp] => [
        group,
        lamp === 'amber' ? 'red' : lamp,
      ]),
    );
    changes.push({ atMs, lamps: lampsOf(stage, false, next) });
    changes.push({ atMs: greenEndMs, lamps: both }, { atMs: amberEndMs, lamps: clear });
    atMs = amberEndMs + CLEAR_MS;
  }
  return {
    changes,
    at: (instantMs) => changes.findLast((change) => change.atMs <= instantMs)?.lamps ?? {},
  };
};
