/**
 * Who is on a road, and how he drives: at the speed of the road, until the one ahead or a stop line
 * is in his way. What is measured of real drivers stands here, with where it is from.
 */
import type { Lane, Turn } from './roads.ts';

/** One step of the model. In milliseconds. */
export const STEP_MS = 1000;
/** From front to front in a queue. In metres. */
export const JAM_M = 7.5;
/** Who passes a stop line from a queue, on one lane (Highway Capacity Manual, ch. 19, rounded). */
export const SATURATION_PER_H = 1800;
export const HEADWAY_MS = 3_600_000 / SATURATION_PER_H;
/** The first of a queue is late by so much (ibid.). In milliseconds. */
export const LOST_MS = 2000;
/** Who yields wants so long until the next one comes (ibid., left turns: 4.5 s). In seconds. */
export const GAP_S = 4.5;
/** Where nobody has priority, one passes after the other. In milliseconds. */
export const ALL_WAY_MS = 2500;
/** Slower is standing, as for every sensor here. In metres a second. */
export const STANDING_MPS = 1.39;

export interface Vehicle {
  readonly id: number;
  lane: Lane;
  /** Its way on; none on a road that leads out. */
  turn: Turn | undefined;
  /** Its front, from the beginning of the road. */
  m: number;
  /** In the last step. In metres a second. */
  speedMps: number;
  /** What it has lost to others and to lamps so far, waiting to come in included. In seconds. */
  delayS: number;
  /** The last step in which it moved or came. */
  step: number;
}

/** Somebody passed a stop line. */
export interface Passing {
  readonly vehicle: Vehicle;
  readonly turn: Turn;
  /** When, exactly. In milliseconds. */
  readonly atMs: number;
}

/** A lane with those on it, the first one first. */
export interface Queue {
  readonly lane: Lane;
  readonly vehicles: Vehicle[];
  /** When the last one passed its stop line. */
  passedMs: number;
  /** Where the one was that passed in this step, before it did. */
  passedM: number | undefined;
  /** Its first cannot go on because there is no room beyond. */
  isBlocked: boolean;
}
