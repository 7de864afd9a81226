/** Traffic at one instant, as its journal paints it. */
import type { RoadTold, TrafficTold } from '../protocol/traffic.ts';

/** Who is where at an instant: id, lane, decimetres, and so on. */
export interface Sample {
  readonly t: number;
  readonly vehicles: readonly number[];
}

/** Traffic, where somebody tells of it. */
export interface TrafficPicture {
  readonly roads: readonly RoadTold[];
  readonly ordinaryPerHour: number;
  /** What was told last, and before: what was between is drawn. */
  readonly samples: readonly [Sample, Sample] | undefined;
  /** The lane that each came from who is at the beginning of his road. */
  readonly cameFrom: Readonly<Record<number, number>>;
  readonly figures: Omit<TrafficTold, 'vehicles'> | undefined;
}
