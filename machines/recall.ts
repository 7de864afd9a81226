/**
 * Recall: a call that nobody has to make (NEMA; in NTCIP 1202 `phaseOptions` minimum, maximum and
 * pedestrian recall). The district file asks for it, or a sensor has failed, and who comes there is
 * not known. Pure neighbour of `arrivals.ts` and `actuation.ts`.
 *
 * A group on recall has one vehicle more that stands there since it is dark, so that all control by
 * sensors serves it, with its minimum when nobody else comes. On maximum recall no gap ends its green
 * either; adaptive control, which knows no gaps, takes that for minimum recall.
 */
import type { Intersection, Stage } from '../protocol/district.ts';
import { litBy } from '../protocol/stage.ts';
import type { Expected, GroupKnowledge } from './expectation.ts';

/** Somebody who stands at red for each group on recall, for as long as it has been dark. */
export const recallsOf = (
  { groups }: Pick<Intersection, 'groups'>,
  known: readonly GroupKnowledge[],
  /** Groups that have a lane of which nothing is known. */
  blind: readonly string[],
): Expected['lanes'] => {
  const asked = groups.filter(({ recall }) => recall).map(({ id }) => id);
  return known
    .filter(({ group, darkS }) => darkS > 0 && (asked.includes(group) || blind.includes(group)))
    .map(({ group, darkS }) => ({
      lane: `recall ${group}`,
      vehicles: [{ groups: [group], etaS: 0, waitedS: darkS }],
    }));
};

/** Whether no gap is to end the green of this stage. */
export const isHeldToMaximum = ({ groups }: Intersection, stage: Stage): boolean => {
  const lit = litBy(stage);
  return groups.some(({ id, recall }) => recall === 'maximum' && lit.includes(id));
};
