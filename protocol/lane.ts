/** The lanes of an intersection, as far as sensors look at them: what is to be expected of who comes there. */
import Type, { type Static } from 'typebox';

export const laneSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200 }),
    speedMps: Type.Number({
      exclusiveMinimum: 0,
      maximum: 100,
      description: 'How fast who is free to go drives there. In metres a second.',
    }),
    saturationVph: Type.Optional(
      Type.Number({
        minimum: 100,
        maximum: 5000,
        description: 'Vehicles that a queue sends over the stop line in an hour of green.',
      }),
    ),
  },
  {
    additionalProperties: false,
    title: 'Lane',
    description: 'A lane that ends at a stop line; movements name it as `from`.',
  },
);
export type Lane = Static<typeof laneSchema>;
