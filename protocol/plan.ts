/**
 * A plan: cycle, offsets and splits (NTCIP 1202's pattern). It is what a district agrees on, and
 * it is only ever a wish: minimum greens, clearances and the conflict table bind every stage.
 */
import Type, { type Static } from 'typebox';

const name = Type.String({ minLength: 1, maxLength: 200 });

export const planSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 64 }),
    cycleS: Type.Number({
      minimum: 5,
      maximum: 600,
      description: 'Length of the common cycle. In seconds.',
    }),
    intersections: Type.Array(
      Type.Object(
        {
          id: name,
          offsetS: Type.Number({
            minimum: 0,
            maximum: 600,
            description: 'When in the district’s cycle the first stage begins. In seconds.',
          }),
          splits: Type.Array(
            Type.Object(
              {
                stage: name,
                splitS: Type.Number({
                  exclusiveMinimum: 0,
                  maximum: 600,
                  description: 'Green, amber and red clearance of the stage together. In seconds.',
                }),
              },
              { additionalProperties: false },
            ),
            { minItems: 1, maxItems: 32, description: 'The stages in their order.' },
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, title: 'Plan' },
);
/** A time of day, as in 07:30. */
export const HOUR = '^([01]\\d|2[0-3]):[0-5]\\d$';

export const filedPlanSchema = Type.Object(
  {
    ...planSchema.properties,
    hours: Type.Optional(
      Type.Object(
        {
          from: Type.String({
            pattern: HOUR,
            description: 'When it begins, by the wall clock of the leader’s host, as in 07:30.',
          }),
          to: Type.String({
            pattern: HOUR,
            description: 'When it ends; before `from`: on the next day.',
          }),
        },
        {
          additionalProperties: false,
          description:
            'Hours of the day in which the leader has this plan adopted, whatever is measured. The first plan without hours is where the others begin from.',
        },
      ),
    ),
  },
  { additionalProperties: false, title: 'Filed plan' },
);
/** A plan as it stands in a district file. */
export type FiledPlan = Static<typeof filedPlanSchema>;

/** Cycle, offsets and splits for intersections of a district. In seconds. */
export type Plan = Static<typeof planSchema>;
export type IntersectionPlan = Plan['intersections'][number];
