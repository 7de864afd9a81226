/** The ways in which an intersection may be run, the names of the field (NEMA, NTCIP 1202). */

/** How far the control of an intersection may adapt to its traffic, the least first. */
export const CONTROLS = ['fixed', 'actuated', 'coordinated', 'adaptive'] as const;
export type Control = (typeof CONTROLS)[number];
