/**
 * What a server of the page and the page say to each other over their WebSocket: one JSON object a
 * message. The journal flows down; deeds go up, each with the token that `greenwave up` printed.
 */
import Type, { type Static } from 'typebox';
import type { JournalLine } from '../protocol/journal.ts';
import { type Deed, type DeedKind, deedSchema } from './deed.ts';
import type { Opening } from './opening.ts';

/** Where the stream is, on the server of the page. */
export const STREAM_PATH = '/stream';
/** A message from a page is a deed: it is small. In bytes. */
export const UPWARD_BYTES_MAX = 16_384;

export type Downward =
  /** The first message: what is known so far, and what may be done. */
  | {
      readonly kind: 'began';
      readonly opening: Opening;
      readonly can: readonly DeedKind[];
      /** Why nothing may be done here, when that is so. */
      readonly readOnly?: string;
    }
  | { readonly kind: 'lines'; readonly lines: readonly JournalLine[] }
  | { readonly kind: 'acted'; readonly ticket: number; readonly problem?: string };

export const upwardSchema = Type.Object(
  {
    kind: Type.Literal('act'),
    ticket: Type.Integer({ minimum: 0 }),
    token: Type.String({ maxLength: 200 }),
    deed: Type.Unsafe<Deed>(deedSchema),
  },
  { additionalProperties: false },
);
export type Upward = Static<typeof upwardSchema>;
