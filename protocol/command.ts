/**
 * Commands: what a district writes into its log, and the state that the log amounts to. A voter is
 * a node *and* its store, so that a node that lost its disk is no longer that voter.
 */
import Type, { type Static } from 'typebox';
import { contractStateSchema } from './contract.ts';
import { GROUPS_MAX, idSchema, intersectionSchema, linkSchema } from './district.ts';
import { planSchema } from './plan.ts';
import {
  enteredSchema,
  grantSchema,
  lastStageSchema,
  rightOfWaySchema,
  timescaleFields,
  timescaleSchema,
} from './right.ts';
import { timingSchema } from './timing.ts';

export const VOTERS_MAX = 7;
export const MEMBERS_MAX = 1000;

/** Node ids and store ids, as they stand in messages. */
export const nameSchema = Type.String({
  minLength: 1,
  maxLength: 64,
  // Names are keys of maps; by this one an object would get a prototype.
  pattern: '^(?!__proto__$)',
});

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const digest = Type.String({ pattern: '^[0-9a-f]{16}$' });

export const voterSchema = Type.Object(
  { node: nameSchema, store: nameSchema },
  { title: 'Voter', description: 'A node and the store that keeps its votes and its log.' },
);
export type Voter = Static<typeof voterSchema>;

/** Preemptions that stand at one time; beyond, the oldest gives way. */
export const PREEMPTIONS_MAX = 64;

/** How long something lasts that somebody might forget to end. In seconds. */
const briefly = Type.Number({ exclusiveMinimum: 0, maximum: 600 });

const preemptionFields = {
  id: nameSchema,
  intersection: idSchema,
  group: idSchema,
  afterS: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 600,
      description: 'Seconds after a node hears of it, by its own clock, when it is to begin.',
    }),
  ),
  forS: briefly,
  isLocal: Type.Optional(
    Type.Boolean({ description: 'By the input of a cabinet: goes before all that are not.' }),
  ),
};
export const preemptionSchema = Type.Object(preemptionFields, {
  title: 'Preemption',
  description:
    'A signal group is to have green, and to keep it until this is cleared or forS seconds are over.',
});
export type Preemption = Static<typeof preemptionSchema>;

export const commandTable = {
  /** The first entry of every term: commits what former leaders left (Raft section 5.4.2). */
  'term.open': Type.Object({ leader: nameSchema }),
  /** Admits a node with the description of its intersection. From then on it is checked against. */
  'district.admit': Type.Object({
    node: nameSchema,
    store: nameSchema,
    intersection: Type.Optional(intersectionSchema),
    links: Type.Array(linkSchema, { maxItems: 64 }),
  }),
  /** Takes out a node that said goodbye, and its intersection. */
  'district.dismiss': Type.Object({ node: nameSchema }),
  /** The voters from here on; differs by one from the voters before. */
  'voters.change': Type.Object({ voters: Type.Array(voterSchema, { maxItems: VOTERS_MAX + 1 }) }),
  /** Adopts a plan for the intersections it names. */
  'plan.adopt': Type.Object({ plan: planSchema }),
  /** A new leader's clock, and how far it may be from one before (`to`), if it knows. */
  'timescale.open': Type.Object({
    ...timescaleFields,
    to: Type.Optional(Type.Object({ term: count, boundMs: Type.Number({ minimum: 0 }) })),
  }),
  /** A node that shares an intersection is up in this life: from now on its word counts. */
  'right.enter': Type.Object({ node: nameSchema, incarnation: count }),
  /** Rights of way at a shared intersection, on the newest timescale (`term`). `present`: which of
   *  its nodes were in this group, and when at the latest on that timescale. */
  'right.grant': Type.Object({
    intersection: idSchema,
    term: count,
    nowMs: Type.Number(),
    present: Type.Array(Type.Object({ node: nameSchema, sinceMs: Type.Number() }), {
      maxItems: GROUPS_MAX,
    }),
    last: lastStageSchema,
    grants: Type.Array(grantSchema, { minItems: 1, maxItems: GROUPS_MAX }),
  }),
  /** The holder gives up what one right of its group has after `untilMs`. */
  'right.release': Type.Object({
    intersection: idSchema,
    node: nameSchema,
    incarnation: count,
    group: idSchema,
    term: count,
    fromMs: Type.Number(),
    untilMs: Type.Number(),
  }),
  /** A group is to have green, whatever the plan says. A call with a known id replaces it. */
  'preempt.call': Type.Object(preemptionFields),
  /** The call has been served. */
  'preempt.clear': Type.Object({ id: nameSchema }),
  /** A group is to have its green sooner or longer, once, within the bounds of the plan. It leaves
   *  nothing in the state: it is over before anybody could learn of it from there. */
  'priority.call': Type.Object({
    id: nameSchema,
    intersection: idSchema,
    group: idSchema,
    forS: briefly,
  }),
  /** Step one of a change of the contract: `from` is in force, `to` is to come. All accept both. */
  'contract.prepare': Type.Object({ from: timingSchema, to: timingSchema }),
  /** A node has applied step one, and has it on its disk. `next`: the digest of what is to come. */
  'contract.ready': Type.Object({ next: digest, node: nameSchema, store: nameSchema }),
  /** Step two: from here on the new timing is in force. `absent`: members that are not ready. */
  'contract.switch': Type.Object({
    next: digest,
    absent: Type.Array(nameSchema, { maxItems: MEMBERS_MAX }),
  }),
  /** Takes back a change that is half-way. */
  'contract.withdraw': Type.Object({ next: digest }),
} as const;

type CommandTable = typeof commandTable;
/** What a district agrees on: an entry of its log. */
export type Command = {
  [K in keyof CommandTable]: { kind: K } & Static<CommandTable[K]>;
}[keyof CommandTable];

/**
 * Whether only operators give this command, where they have a key of their own. Nodes call for green
 * themselves, by the input of a cabinet, and end calls that have been served.
 */
export const isOperators = (command: Command): boolean =>
  command.kind === 'plan.adopt' ||
  command.kind === 'priority.call' ||
  command.kind === 'contract.prepare' ||
  command.kind === 'contract.withdraw' ||
  (command.kind === 'preempt.call' && command.isLocal !== true);

/** JSON Schema of any command: `kind` tells which. */
export const commandSchema = Type.Union(
  Object.entries(commandTable).map(([kind, schema]) =>
    Type.Object({ kind: Type.Literal(kind), ...schema.properties }),
  ),
  { title: 'Command' },
);

export const entrySchema = Type.Object({
  term: Type.Integer({ minimum: 0 }),
  command: Type.Unsafe<Command>(commandSchema),
});
/** One entry of the log. */
export type Entry = Static<typeof entrySchema>;

export const memberSchema = Type.Object({
  node: nameSchema,
  store: nameSchema,
  intersection: Type.Optional(intersectionSchema),
  links: Type.Array(linkSchema),
});
export type Member = Static<typeof memberSchema>;

export const stateSchema = Type.Object(
  {
    voters: Type.Array(voterSchema),
    members: Type.Array(memberSchema, { maxItems: MEMBERS_MAX }),
    plan: Type.Optional(planSchema),
    contract: Type.Optional(contractStateSchema),
    timescales: Type.Optional(Type.Array(timescaleSchema)),
    entered: Type.Optional(Type.Array(enteredSchema)),
    rights: Type.Optional(Type.Array(rightOfWaySchema)),
    preemptions: Type.Optional(
      Type.Array(preemptionSchema, {
        maxItems: PREEMPTIONS_MAX,
        description: 'In the order in which they were called: who came first goes first.',
      }),
    ),
  },
  { title: 'Replicated state' },
);
/** What every node of a district agrees on. Arrays are sorted by node, term or intersection. */
export type State = Static<typeof stateSchema>;
