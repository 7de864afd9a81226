/**
 * The streams of an intersection: vehicles that wait on the same lanes for the same stages, how many
 * of them come, and how many an hour of green could let go. Pure neighbour of `webster.ts`.
 */
import type { Group, Intersection, Stage } from '../protocol/district.ts';
import { litBy } from '../protocol/stage.ts';

/** Vehicles an hour of each signal group of one intersection, as measured. */
export type Flows = ReadonlyMap<string, number>;

export interface Stream {
  readonly groups: readonly string[];
  readonly perHour: number;
  /** Flow ratio: the part of an hour that they need green, all lanes together (Webster's y). */
  readonly ratio: number;
  /** What a second of green in each stage is worth to them; absent where they have none. */
  readonly worth: ReadonlyMap<string, number>;
}

/** Vehicles that leave a queue of one lane in an hour of green, where nothing is said of the lane. */
export const SATURATION_VPH = 1800;
/** What a green is worth that yields, to those who have another that does not: the gaps between
 *  those who come the other way leave about a third of it (HCM 2000, chapter 16, appendix C). */
const YIELDING = 1 / 3;

/** The streams that `stages` serve. Pedestrians are none: their greens are minimums. */
export const streamsOf = (
  intersection: Intersection,
  stages: readonly Stage[],
  flows: Flows,
): Stream[] => {
  const bundles = bundlesOf(intersection, stages);
  const sharing = new Map<string, number>();
  for (const { lanes } of bundles) {
    for (const lane of lanes) sharing.set(lane, (sharing.get(lane) ?? 0) + 1);
  }
  const known = new Map(intersection.lanes?.map((lane) => [lane.id, lane.saturationVph]));
  return bundles.map(({ groups, lanes }) => {
    const perHour = groups.reduce((sum, group) => sum + (flows.get(group) ?? 0), 0);
    const letsGo = lanes.reduce(
      (sum, lane) => sum + (known.get(lane) ?? SATURATION_VPH) / (sharing.get(lane) ?? 1),
      0,
    );
    const ratio = perHour / (letsGo || SATURATION_VPH);
    return { groups, perHour, ratio, worth: worthOf(groups, stages) };
  });
};

interface Bundle {
  readonly groups: string[];
  readonly lanes: string[];
}

/** Groups whose lanes overlap and which are always lit together. */
const bundlesOf = ({ groups }: Intersection, stages: readonly Stage[]): Bundle[] => {
  const bundles: (Bundle & { readonly lit: string })[] = [];
  for (const group of groups) {
    const lit = stages.map((stage) => (litBy(stage).includes(group.id) ? stage.id : '')).join(' ');
    if (group.kind === 'pedestrian' || lit.trim() === '') continue;
    const lanes = lanesOf(group);
    const joined = bundles.filter(
      (bundle) => bundle.lit === lit && bundle.lanes.some((lane) => lanes.includes(lane)),
    );
    for (const one of joined) bundles.splice(bundles.indexOf(one), 1);
    bundles.push({
      lit,
      groups: [...joined.flatMap((one) => one.groups), group.id],
      lanes: [...new Set([...joined.flatMap((one) => one.lanes), ...lanes])],
    });
  }
  return bundles;
};

const lanesOf = ({ movements = [] }: Group): string[] => [
  ...new Set(movements.map(({ from }) => from)),
];

const worthOf = (groups: readonly string[], stages: readonly Stage[]): Map<string, number> => {
  const isProtected = ({ green }: Stage) => groups.some((group) => green.includes(group));
  const lit = stages.filter((stage) => groups.some((group) => litBy(stage).includes(group)));
  const hasProtected = lit.some(isProtected);
  return new Map(
    lit.map((stage) => [stage.id, !hasProtected || isProtected(stage) ? 1 : YIELDING]),
  );
};
