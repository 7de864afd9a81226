/**
 * What a lamp can show, and which two lamps may be lit against each other. This is the one table
 * of the safety property; plan checks, machines and judges all read it. (The lamp driver keeps its
 * own, because the last gate shares no code with what it guards.)
 */
import Type, { type Static } from 'typebox';

export const lampSchema = Type.Enum(
  ['red', 'redAmber', 'green', 'greenPermissive', 'amber', 'flashingAmber', 'flashingRed', 'dark'],
  {
    title: 'Lamp',
    description:
      'What a signal group shows. A pedestrian group shows green for walk and amber for its clearance.',
  },
);
/** What a signal group shows: a walk is `green`, its clearance `amber`. */
export type Lamp = Static<typeof lampSchema>;

/** Lamps by signal group id. */
export type Lamps = Record<string, Lamp>;

/** Whether someone may be moving on this lamp: it counts as green against a conflicting group. */
export const isGreen = (lamp: Lamp | undefined): boolean =>
  lamp === 'green' || lamp === 'greenPermissive';

export const isLit = (lamp: Lamp): boolean =>
  lamp === 'green' ||
  lamp === 'greenPermissive' ||
  lamp === 'amber' ||
  lamp === 'redAmber' ||
  lamp === 'flashingAmber';

export const isFlashing = (lamp: Lamp | undefined): boolean =>
  lamp === 'flashingAmber' || lamp === 'flashingRed';
