/**
 * Rights of way: when the groups of a shared intersection may be green, on whose clock. They are
 * part of the replicated state; `machines/rights.ts` says when they are granted.
 */
import Type, { type Static } from 'typebox';
import { idSchema, STAGES_MAX } from './district.ts';

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const instant = Type.Number({ description: 'On a timescale. In milliseconds.' });
const span = Type.Number({ minimum: 0, description: 'In milliseconds.' });

export const timescaleFields = {
  term: count,
  /** What it said when it was opened. */
  startMs: instant,
  /** The bound that every node keeps to it, or shows red. */
  clockBoundMs: span,
  /** No right on it ends later than this after its holders were known to be in the group. */
  horizonMs: span,
  /** What any clock may gain or lose, in parts per million. */
  driftPpm: Type.Integer({ minimum: 0, maximum: 100_000 }),
};

export const timescaleSchema = Type.Object(
  {
    ...timescaleFields,
    /** How far it may have been from older ones when it was opened. */
    related: Type.Array(Type.Object({ term: count, boundMs: span })),
  },
  {
    title: 'Timescale',
    description: 'The clock of the leader of one term, by which rights of way are timed.',
  },
);
export type Timescale = Static<typeof timescaleSchema>;

/** A node of a shared intersection, and the life of it that is up. */
export const enteredSchema = Type.Object({ node: idSchema, incarnation: count });
export type Entered = Static<typeof enteredSchema>;

export const grantSchema = Type.Object({
  group: idSchema,
  /** Green that yields: may stand with the greens that it yields to. */
  permissive: Type.Boolean(),
  fromMs: instant,
  untilMs: instant,
  /** The call for whose sake it was granted. */
  call: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
});
export type Grant = Static<typeof grantSchema>;

/** What was granted, on the timescale `term`. `fromMs` never changes and so names it. */
export const intervalSchema = Type.Object({
  ...grantSchema.properties,
  /** Its holder: who commanded the group when it was granted, and alone may give it up. */
  node: idSchema,
  term: count,
  /** Its holder has given up the rest: it is not extended any more. */
  released: Type.Boolean(),
});
export type Interval = Static<typeof intervalSchema>;

/** The stage that was granted last: what a leader, this one or the next, goes on from. */
export const lastStageSchema = Type.Object({
  stage: idSchema,
  fromMs: instant,
  /** When its green ends, as far as it is granted, and as it was planned. */
  greenUntilMs: instant,
  plannedMs: instant,
  /** The plan by which its end was planned. */
  plan: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  /** The call for whose sake it stands: a preemption, or a transit vehicle's. */
  call: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
});

export const rightOfWaySchema = Type.Object(
  {
    intersection: idSchema,
    last: Type.Object({ ...lastStageSchema.properties, term: count }),
    intervals: Type.Array(intervalSchema, { maxItems: STAGES_MAX * 64 }),
  },
  { title: 'Right of way', description: 'What is granted at one shared intersection.' },
);
export type RightOfWay = Static<typeof rightOfWaySchema>;
