/**
 * Ordinary demand: as much traffic as the greens of a district can serve without growing queues, read
 * from its plan, its programs, or equal turns of all stages. So that any district shows traffic that
 * flows, though its file says nothing of traffic. Pure.
 */
import type { Intersection } from '../protocol/district.ts';
import type { Plan } from '../protocol/plan.ts';
import { SATURATION_PER_H } from './road-user.ts';
import type { Direction, Lane, Road, Roads } from './roads.ts';

/** Where several ways lead on, so many take each. Who turns back is rare. */
export const SHARES: Record<Direction, number> = { s: 0.7, r: 0.15, l: 0.15, t: 0.01 };
/** Of what its green lets through, the busiest lane has so much. */
const BUSIEST_LOAD = 0.55;
/** Lost in each stage to amber, clearance and starting. In seconds. */
const LOST_S = 4;
/** Of a green that yields, so much is left by those who go first. */
const YIELDING = 0.4;
/** Rounds in which traffic spreads from road to road: by then hardly any is still inside. */
const ROUNDS = 60;

export interface OrdinaryDemand {
  /** Vehicles that come into the district, an hour. */
  readonly perHour: number;
  /** Of these, by entry: as much as its green lets through. */
  readonly shares: readonly number[];
}

export const ordinaryDemand = (roads: Roads, plan: Plan | undefined): OrdinaryDemand => {
  const capacities = new Map(
    roads.lanes.map((lane): [Lane, number] => [lane, capacityOf(lane, roads, plan)]),
  );
  const entering = roads.entries.map((road) => {
    const loads = [...spread(road)].map(([lane, share]) => (capacities.get(lane) ?? 0) / share);
    return Math.min(...loads);
  });
  const total = entering.reduce((sum, one) => sum + one, 0) || 1;
  const shares = entering.map((one) => one / total);
  const flows = flowsOf(roads, shares);
  const busiest = roads.lanes.map((lane) => {
    const capacity = capacities.get(lane) ?? 0;
    const load = (flows.get(lane.road) ?? 0) * (spread(lane.road).get(lane) ?? 0);
    return capacity > 0 ? load / capacity : 0;
  });
  const load = Math.max(...busiest);
  const perHour = load > 0 ? BUSIEST_LOAD / load : 0;
  return { perHour: Math.round(perHour / 10) * 10, shares };
};

/** Which part of a road's traffic is on each lane. */
const spread = ({ choices }: Road): Map<Lane, number> => {
  const total = choices.reduce((sum, { direction }) => sum + SHARES[direction], 0);
  const found = new Map<Lane, number>();
  for (const { direction, turns } of choices) {
    const each = SHARES[direction] / total / turns.length;
    for (const { lane } of turns) found.set(lane, (found.get(lane) ?? 0) + each);
  }
  return found;
};

/** What drives on each road when one vehicle comes in, shared out among the entries. */
const flowsOf = ({ entries }: Roads, shares: readonly number[]): Map<Road, number> => {
  const flows = new Map<Road, number>();
  let moving = new Map(entries.map((road, k) => [road, shares[k] ?? 0]));
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = new Map<Road, number>();
    for (const [road, flow] of moving) {
      flows.set(road, (flows.get(road) ?? 0) + flow);
      const total = road.choices.reduce((sum, { direction }) => sum + SHARES[direction], 0);
      for (const { direction, turns } of road.choices) {
        const to = turns[0]?.to;
        if (to) next.set(to, (next.get(to) ?? 0) + (flow * SHARES[direction]) / total);
      }
    }
    moving = next;
  }
  return flows;
};

/** How many an hour the green of a lane lets through. */
const capacityOf = (lane: Lane, roads: Roads, plan: Plan | undefined): number => {
  const intersection = roads.intersections.find(({ id }) => id === lane.road.to);
  if (!intersection || lane.turns.length === 0) return 0;
  const greens = lane.turns.map(({ group }) => greenOf(group, intersection, plan));
  return SATURATION_PER_H * Math.max(...greens);
};

/** The part of the time in which a group is green. */
const greenOf = (group: string, intersection: Intersection, plan: Plan | undefined): number => {
  const { stages, programs } = intersection;
  const own = plan?.intersections.find(({ id }) => id === intersection.id)?.splits;
  const program = programs?.[0]?.steps.map(({ stage, greenS }) => ({
    ...{ stage, splitS: greenS + LOST_S },
  }));
  const turns = own ?? program ?? stages.map(({ id }) => ({ stage: id, splitS: 5 * LOST_S }));
  const cycleS = turns.reduce((sum, { splitS }) => sum + splitS, 0);
  const greenS = turns.reduce((sum, { stage: id, splitS }) => {
    const stage = stages.find((one) => one.id === id);
    const part = stage?.green.includes(group)
      ? 1
      : stage?.permissive?.includes(group)
        ? YIELDING
        : 0;
    return sum + part * Math.max(0, splitS - LOST_S);
  }, 0);
  return greenS / (cycleS || 1);
};
