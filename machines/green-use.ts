/**
 * How much green the traffic of an intersection uses: the part of all time in which a group is green
 * and somebody drives off at the stop line of its busiest lane. It is the flow ratio of Webster's
 * method as it can be seen, whatever a lane lets go: a turn that finds no gap uses its green up too.
 * Pure neighbour of `arrivals.ts`.
 */
import type { Intersection } from '../protocol/district.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { Expected } from './expectation.ts';
import { at } from './map.ts';
import { worthOf } from './streams.ts';

/** Of a group at one of its lanes. */
export interface Use {
  readonly group: string;
  readonly lane: string;
  /** Part of all time. */
  readonly used: number;
}

export interface GreenUse {
  /** For how many steps, as far as that is of use. */
  readonly steps: number;
  readonly uses: readonly Use[];
}

/** Over so many steps it is averaged: as long as a plan stays at least. */
const STEPS_MAX = 300;
/** Who could be at the stop line within that follows the one before, or is one who passes alone. */
const FOLLOWS_S = 2;

/** Nothing is used yet. */
export const nothingUsed = ({ groups }: Pick<Intersection, 'groups'>): GreenUse => ({
  steps: 0,
  uses: groups.flatMap(({ id: group, movements = [] }) =>
    [...new Set(movements.map(({ from }) => from))].map((lane) => ({ group, lane, used: 0 })),
  ),
});

/** What is used after one more step. */
export const useAfter = (
  intersection: Intersection,
  before: GreenUse,
  { expected, lamps }: { expected: Expected; lamps: Lamps },
): GreenUse => {
  const steps = Math.min(STEPS_MAX, before.steps + 1);
  const worth = worthNow(intersection, lamps);
  const isUsed = new Set(
    expected.lanes.flatMap(({ lane, vehicles: [first] }) => {
      const goes = first?.groups.some((group) => (at(worth, group) ?? 0) > 0) === true;
      return first && goes && first.etaS <= FOLLOWS_S ? [lane] : [];
    }),
  );
  const uses = before.uses.map(({ group, lane, used }) => {
    const now = isUsed.has(lane) ? (at(worth, group) ?? 0) : 0;
    return { group, lane, used: used + (now - used) / steps };
  });
  return { steps, uses };
};

/** Of each group: what it uses at the lane where it uses most. */
export const usedBy = ({ uses }: GreenUse, group: string): number =>
  Math.max(0, ...uses.filter((use) => use.group === group).map(({ used }) => used));

/** What the present green of each group is worth to it, where it has one. */
const worthNow = ({ groups, stages }: Intersection, lamps: Lamps): Record<string, number> =>
  Object.fromEntries(
    groups.flatMap(({ id }) => {
      const lamp = at(lamps, id);
      if (lamp === 'green') return [[id, 1]];
      if (lamp !== 'greenPermissive') return [];
      return [[id, Math.min(...worthOf([id], stages).values())]];
    }),
  );
