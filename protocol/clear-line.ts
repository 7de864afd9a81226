/**
 * The lines by which an operator clears a latch at the door of a cabinet. Where operators have a key
 * the driver draws a number, and heeds only who signs it: each is good for one try.
 */
import Type, { type Static } from 'typebox';
import { idSchema } from './district.ts';

const closed = { additionalProperties: false };

export const clearSchema = Type.Object(
  {
    type: Type.Literal('lamps.clear'),
    intersection: idSchema,
    proof: Type.Optional(
      Type.String({
        maxLength: 128,
        description:
          'His signature of the number that the driver has just drawn: Ed25519, base64url.',
      }),
    ),
  },
  { ...closed, description: 'An operator, never a node, has looked: asks for the end of a latch.' },
);
export type LampsClear = Static<typeof clearSchema>;

/** What the signature of `lamps.clear` is of. */
export const clearWord = (intersection: string, nonce: string): string =>
  `lamps.clear ${nonce} ${intersection}`;

export const proveSchema = Type.Object(
  {
    type: Type.Literal('lamps.prove'),
    intersection: idSchema,
    nonce: Type.String({
      maxLength: 64,
      description: 'Drawn anew each time, and good for one try.',
    }),
  },
  {
    ...closed,
    description: 'Answers lamps.clear where operators have a key: sign, and ask again.',
  },
);

export const clearedSchema = Type.Object(
  {
    type: Type.Literal('lamps.cleared'),
    intersection: idSchema,
    reason: Type.Optional(Type.String({ description: 'Why it was latched; absent: it was not.' })),
    refused: Type.Optional(Type.String({ description: 'Why it stays latched.' })),
  },
  { ...closed, description: 'Answers lamps.clear.' },
);
