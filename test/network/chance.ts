/**
 * Moments and lengths of time that chance decides, by the seed of the stage.
 */
import { setTimeout as pass } from 'node:timers/promises';
import { machineMs } from './record.ts';
import type { Stage } from './stage.ts';

/** Of the lamps: all stages with their changes. */
const CYCLE_MS = 9_000;
/** Greens last about so long. */
const GREEN_MS = 3_000;
const STOPPED_MS_MIN = 100;
const STOPPED_MS_MAX = 15_000;

/** Waits until any moment of the lamps' cycle. */
export const anyMoment = async ({ chance }: Stage): Promise<void> => {
  await pass(chance() * CYCLE_MS);
};

/** Anything from a hiccup to long after all others have given a node up, short or long alike. */
export const anyLength = ({ chance }: Stage): number =>
  Math.round(STOPPED_MS_MIN * (STOPPED_MS_MAX / STOPPED_MS_MIN) ** chance());

/** Waits until any moment of the node's green. */
export const inItsGreen = async ({ town, chance }: Stage, node: string): Promise<void> => {
  await town.green([node], machineMs());
  await pass(chance() * GREEN_MS);
};
