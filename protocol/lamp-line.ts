/**
 * The lines between a node and a lamp driver: JSON, one object a line, over a Unix socket or TCP on
 * loopback. A node says in advance what its groups will show and when that ends; it never says
 * "now", because a line that comes late or from a node that has died must do no harm. Every
 * instant is on the driver's monotonic clock, which a node learns by `lamps.time`.
 */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { clearedSchema, clearSchema, proveSchema } from './clear-line.ts';
import { GROUPS_MAX, idSchema } from './district.ts';
import { lampSchema } from './lamp.ts';
import { recordOf } from './lean-schema.ts';

/** Bytes of one line, in either direction. */
export const LAMP_LINE_BYTES_MAX = 65_536;
/** Steps of one group's timeline. */
export const TIMELINE_STEPS_MAX = 64;

const closed = { additionalProperties: false };
const nodeSchema = Type.String({ minLength: 1, maxLength: 64 });
const instantSchema = Type.Number({
  description: 'On the monotonic clock of the driver. In milliseconds.',
});
const incarnationSchema = Type.Integer({
  minimum: 0,
  description: 'Which life of the node speaks: higher is later.',
});
const lifeSchema = Type.Object(
  { incarnation: incarnationSchema, counter: Type.Integer({ minimum: 0 }) },
  {
    ...closed,
    description:
      'The last word that counted from this node, of whichever life: only later ones do. A life that is behind it begins anew above.',
  },
);
const lampsSchema = recordOf(lampSchema, {
  description: 'What each signal group shows, all groups of the intersection.',
});

export const timelineSchema = Type.Array(
  Type.Object({ lamp: lampSchema, untilMs: instantSchema }, closed),
  {
    minItems: 1,
    maxItems: TIMELINE_STEPS_MAX,
    description:
      'Lamps that follow each other, each until an instant. Of a sequence that was under way the past may be left out; the last lamp is red.',
  },
);
export type Timeline = Static<typeof timelineSchema>;
/** Timelines by signal group id. */
export type Timelines = Record<string, Timeline>;

export const enterSchema = Type.Object(
  {
    type: Type.Literal('lamps.enter'),
    node: nodeSchema,
    intersection: idSchema,
    incarnation: incarnationSchema,
  },
  { ...closed, description: 'A node says that it serves here.' },
);
export type LampsEnter = Static<typeof enterSchema>;

export const askTimeSchema = Type.Object(
  { type: Type.Literal('lamps.time'), id: Type.Integer({ minimum: 0 }) },
  { ...closed, description: 'A node asks what time it is.' },
);

export const sequenceSchema = Type.Object(
  {
    type: Type.Literal('lamps.sequence'),
    intersection: idSchema,
    incarnation: incarnationSchema,
    counter: Type.Integer({
      minimum: 0,
      description: 'Grows with every sequence of one incarnation; a lower one is refused.',
    }),
    notAfterMs: Type.Number({ description: 'When it is too late to accept this sequence.' }),
    timelines: recordOf(timelineSchema, {
      minProperties: 1,
      maxProperties: GROUPS_MAX,
      description: 'One for each group of the node that sends it. After their end comes flashing.',
    }),
  },
  { ...closed, description: 'What the groups of one node will show.' },
);
export type LampsSequence = Static<typeof sequenceSchema>;

export const leaveSchema = Type.Object(
  {
    type: Type.Literal('lamps.leave'),
    intersection: idSchema,
    incarnation: incarnationSchema,
  },
  {
    ...closed,
    description: 'A clean stop: what was accepted goes on to its end, nothing more is accepted.',
  },
);

export const inputSchema = Type.Object(
  {
    type: Type.Literal('lamps.input'),
    intersection: idSchema,
    input: Type.Enum(['preempt', 'call'], {
      description: 'Somebody must have green (rail, fire), or a pedestrian calls.',
    }),
    group: Type.String({ minLength: 1, maxLength: 200 }),
    active: Type.Boolean(),
    forMs: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 3_600_000,
        description: 'When a preemption ends by itself, should nobody take it back.',
      }),
    ),
  },
  {
    ...closed,
    description:
      'An input of the cabinet: said by whoever is at its door, and told to every node that has entered. Who says it is shown the lamps from then on.',
  },
);
export type LampsInput = Static<typeof inputSchema>;

export const enteredSchema = Type.Object(
  {
    type: Type.Literal('lamps.entered'),
    intersection: idSchema,
    digest: Type.String({
      description: 'digestOf the description that the driver guards: a node compares its own.',
    }),
    nowMs: instantSchema,
    last: Type.Optional(lifeSchema),
  },
  { ...closed, description: 'Answers lamps.enter.' },
);
export type LampsEntered = Static<typeof enteredSchema>;

export const timeSchema = Type.Object(
  { type: Type.Literal('lamps.time'), id: Type.Integer(), nowMs: instantSchema },
  { ...closed, description: 'Answers lamps.time.' },
);

export const answerSchema = Type.Object(
  {
    type: Type.Literal('lamps.answer'),
    intersection: idSchema,
    incarnation: incarnationSchema,
    counter: Type.Integer(),
    refused: Type.Optional(
      Type.String({ description: 'Why the lamps go on as if it had not been sent.' }),
    ),
    last: Type.Optional(lifeSchema),
  },
  { ...closed, description: 'Answers lamps.sequence.' },
);
export type LampsAnswer = Static<typeof answerSchema>;

export const showingSchema = Type.Object(
  {
    type: Type.Literal('lamps.showing'),
    intersection: idSchema,
    t: Type.Number({ description: 'When the change was made, for people. Ms since Unix epoch.' }),
    nowMs: instantSchema,
    lamps: lampsSchema,
  },
  { ...closed, description: 'What is shown: on entering and at every change.' },
);
export type LampsShowing = Static<typeof showingSchema>;

export const refusedSchema = Type.Object(
  { type: Type.Literal('lamps.refused'), reason: Type.String() },
  { ...closed, description: 'Answers a line that is malformed or out of place.' },
);

export const fromNodeSchema = Type.Union([
  enterSchema,
  askTimeSchema,
  sequenceSchema,
  leaveSchema,
  clearSchema,
  inputSchema,
]);
export const fromDriverSchema = Type.Union([
  proveSchema,
  enteredSchema,
  timeSchema,
  answerSchema,
  showingSchema,
  clearedSchema,
  refusedSchema,
  inputSchema,
]);
/** What a node, or an operator, may say to a driver. */
export type LineFromNode = Static<typeof fromNodeSchema>;
/** What a driver may say to a node. */
export type LineFromDriver = Static<typeof fromDriverSchema>;

const fromNode = Compile(fromNodeSchema);
const fromDriver = Compile(fromDriverSchema);

/** Reads a node's line; undefined when it is none. Never throws. */
export const readLineFromNode = (text: string): LineFromNode | undefined => {
  const value = parse(text);
  return fromNode.Check(value) ? value : undefined;
};

/** Reads a driver's line; undefined when it is none. Never throws. */
export const readLineFromDriver = (text: string): LineFromDriver | undefined => {
  const value = parse(text);
  return fromDriver.Check(value) ? value : undefined;
};

/** The line to write, with its end. */
export const lineOf = (said: LineFromNode | LineFromDriver): string => `${JSON.stringify(said)}\n`;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
