/**
 * Says which stage follows, and when its green is planned to end, in group time.
 */
import type { Intersection, Stage } from '../protocol/district.ts';
import type { Plan } from '../protocol/plan.ts';
import { changeMs, maxGreenMs, minGreenMs } from './sequence.ts';

const GREEN_DEFAULT_MS = 20_000;

export const greenAfter = (
  intersection: Intersection,
  plan: Plan | null,
  after: string | null,
): { stage: Stage; endMs: (startMs: number) => number } => {
  const planned = plan?.intersections.find(({ id }) => id === intersection.id);
  const order =
    planned?.splits.map(({ stage }) => stage) ?? intersection.stages.map(({ id }) => id);
  const place = (order.indexOf(after ?? '') + 1) % order.length;
  const find = (at: number) =>
    intersection.stages.find(({ id }) => id === order[at % order.length]) as Stage;
  const stage = find(place);
  const splitS = planned?.splits[place]?.splitS;
  const greenMs =
    splitS === undefined
      ? Math.min(GREEN_DEFAULT_MS, maxGreenMs(intersection, stage))
      : splitS * 1000 - changeMs(intersection, stage, find(place + 1));
  return {
    stage,
    endMs: (startMs) => startMs + Math.max(minGreenMs(intersection, stage), greenMs),
  };
};
