/**
 * When the groups of an intersection are green by the splits of a plan, counted from where its cycle
 * begins. Pure neighbour of `green-wave.ts` and of what judges plans.
 */
import type { Intersection, Stage } from '../protocol/district.ts';
import type { IntersectionPlan } from '../protocol/plan.ts';
import { litBy } from '../protocol/stage.ts';
import type { Green } from './band.ts';
import { changeMs } from './sequence.ts';

export interface Turn {
  readonly stage: Stage;
  readonly fromS: number;
  /** Without the change that follows. */
  readonly greenS: number;
}

/** The stages of a plan in their order, each with its green. */
export const turnsOf = (intersection: Intersection, splits: IntersectionPlan['splits']): Turn[] => {
  const found = splits.flatMap(({ stage, splitS }) => {
    const known = intersection.stages.find(({ id }) => id === stage);
    return known ? [{ stage: known, splitS }] : [];
  });
  let fromS = 0;
  return found.map(({ stage, splitS }, place) => {
    const next = found[(place + 1) % found.length]?.stage ?? stage;
    const turn = { stage, fromS, greenS: splitS - changeMs(intersection, stage, next) / 1000 };
    fromS += splitS;
    return turn;
  });
};

/** The greens of `group` in one cycle; a group goes on through a change between two of its stages. */
export const greensOf = (turns: readonly Turn[], group: string, cycleS: number): Green[] => {
  const isLit = (place: number) =>
    litBy((turns[(place + turns.length) % turns.length] as Turn).stage).includes(group);
  if (turns.length > 0 && turns.every((_, place) => isLit(place))) {
    return [{ fromS: 0, lengthS: cycleS }];
  }
  return turns.flatMap((turn, place) => {
    if (!isLit(place) || isLit(place - 1)) return [];
    let last = place;
    while (isLit(last + 1)) last += 1;
    const end = turns[last % turns.length] as Turn;
    const wrapS = last >= turns.length ? cycleS : 0;
    return [{ fromS: turn.fromS, lengthS: end.fromS + end.greenS + wrapS - turn.fromS }];
  });
};
