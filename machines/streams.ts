/**
 * The streams of an intersection: vehicles that wait on the same lanes for the same stages, how many
 * of them come, and how many an hour of green could let go. Pure neighbour of `webster.ts`.
 */
import type { Group, Intersection, Stage } from '../protocol/district.ts';
import { litBy } from '../protocol/stage.ts';

/** The traffic of one signal group, as measured. */
export interface Flow {
  /** Vehicles an hour. */
  readonly perHour: number;
  /** The part of all time in which it is green and the green is used (`green-use.ts`). */
  readonly used: number;
}
/** Of each signal group of one intersection. */
export type Flows = ReadonlyMap<string, Flow>;

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
/** What a queue loses when it starts, less what it gains while amber is shown (HCM 2000: two seconds
 *  each; here half of the gain is believed). In seconds. */
export const START_S = 1;
/** What a green is worth that yields, to those who have another that does not: the gaps between
 *  those who come the other way leave about a third of it (HCM 2000, chapter 16, appendix C). */
const YIELDING = 1 / 3;

/** The streams that `stages` serve. Pedestrians are none: their greens are minimums. */
export const streamsOf = (
  intersection: Intersection,
  stages: readonly Stage[],
  flows: Flows,
): Stream[] =>
  bedsOf(intersection, stages).map(({ groups, letsGo, worth }) => {
    const known = groups.flatMap((group) => flows.get(group) ?? []);
    const perHour = known.reduce((sum, flow) => sum + flow.perHour, 0);
    // Whose queue grows comes in greater numbers than he goes; whose lane lets few go uses more.
    const ratio = Math.max(perHour / letsGo, ...known.map(({ used }) => used));
    return { groups, perHour, ratio, worth };
  });

/** What a stream has whatever its traffic; `letsGo`: vehicles in an hour of green. */
type Bed = Pick<Stream, 'groups' | 'worth'> & { readonly letsGo: number };

/** Found again and again for the same stages of an intersection, and neither ever changes. */
const beds = new WeakMap<Intersection, Map<string, readonly Bed[]>>();

const bedsOf = (intersection: Intersection, stages: readonly Stage[]): readonly Bed[] => {
  const byStages = beds.get(intersection) ?? new Map<string, readonly Bed[]>();
  beds.set(intersection, byStages);
  const key = stages.map(({ id }) => id).join(' ');
  const known = byStages.get(key) ?? findBeds(intersection, stages);
  byStages.set(key, known);
  return known;
};

const findBeds = (intersection: Intersection, stages: readonly Stage[]): Bed[] => {
  const bundles = bundlesOf(intersection, stages);
  const sharing = new Map<string, number>();
  for (const { lanes } of bundles) {
    for (const lane of lanes) sharing.set(lane, (sharing.get(lane) ?? 0) + 1);
  }
  const saturation = new Map(intersection.lanes?.map((one) => [one.id, one.saturationVph]));
  return bundles.map(({ groups, lanes }) => {
    const letsGo = lanes.reduce(
      (sum, lane) => sum + (saturation.get(lane) ?? SATURATION_VPH) / (sharing.get(lane) ?? 1),
      0,
    );
    return { groups, letsGo: letsGo || SATURATION_VPH, worth: worthOf(groups, stages) };
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

/** What a second of green in each of `stages` is worth to `groups`, where they have any. */
export const worthOf = (
  groups: readonly string[],
  stages: readonly Stage[],
): Map<string, number> => {
  const isProtected = ({ green }: Stage) => groups.some((group) => green.includes(group));
  const lit = stages.filter((stage) => groups.some((group) => litBy(stage).includes(group)));
  const hasProtected = lit.some(isProtected);
  return new Map(
    lit.map((stage) => [stage.id, !hasProtected || isProtected(stage) ? 1 : YIELDING]),
  );
};
