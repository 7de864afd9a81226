/**
 * Which stages of an intersection a plan runs, in which order. Pure neighbour of `green-wave.ts`.
 */
import type { Intersection, Stage } from '../protocol/district.ts';
import { litBy } from '../protocol/stage.ts';
import type { Flows } from './streams.ts';
import { leastUse } from './webster.ts';

/** The greens of the program that came with an intersection, by stage. In seconds. */
export const programGreens = (intersection: Intersection): Map<string, number> => {
  const greens = new Map<string, number>();
  for (const { stage, greenS } of intersection.programs?.[0]?.steps ?? []) {
    greens.set(stage, Math.max(greenS, greens.get(stage) ?? 0));
  }
  return greens;
};

/** The stages in the order of the first program, or as listed. */
export const stagesOf = (intersection: Intersection): Stage[] => {
  const order = [...programGreens(intersection).keys()];
  return intersection.stages
    .filter(({ id }) => order.length === 0 || order.includes(id))
    .sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
};

/**
 * The same without those that this traffic can do without: each of their groups has a green at least
 * as good in another stage, and all greens are used less when the time goes to the others.
 */
export const neededStages = (intersection: Intersection, flows: Flows): Stage[] => {
  const isServed = (stage: Stage, others: readonly Stage[]) =>
    litBy(stage).every((group) =>
      others.some(({ green, permissive = [] }) =>
        stage.green.includes(group)
          ? green.includes(group)
          : green.includes(group) || permissive.includes(group),
      ),
    );
  let stages = stagesOf(intersection);
  let use = leastUse(intersection, stages, flows);
  for (const stage of stages) {
    const others = stages.filter((one) => one !== stage);
    if (others.length === 0 || !isServed(stage, others)) continue;
    const without = leastUse(intersection, others, flows);
    if (without > use) continue;
    [stages, use] = [others, without];
  }
  return stages;
};
