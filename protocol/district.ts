/**
 * The district file: which intersections there are, what their signal groups may do together, how
 * they are linked, and the contract their nodes share. Public: its JSON Schema is
 * `protocol/schema/district.json`, and editors complete and check a file that names it.
 */
import Type, { type Static } from 'typebox';
import { CONTROLS } from './control.ts';
import { laneSchema } from './lane.ts';
import { partOf, recordOf } from './lean-schema.ts';
import { filedPlanSchema } from './plan.ts';
import { discoverySchema, timingSchema } from './timing.ts';

export const INTERSECTIONS_MAX = 1000;
export const GROUPS_MAX = 64;
export const STAGES_MAX = 32;
/** Pairs of groups: each with each. */
const PAIRS_MAX = GROUPS_MAX * GROUPS_MAX;
export const PROGRAMS_MAX = 64;
export const LINKS_MAX = 10_000;
export const PLANS_MAX = 100;
/** Movements that one signal group governs. */
export const MOVEMENTS_MAX = 200;
export const LANES_MAX = 128;

/** Names are keys of maps, words on command lines, and folders: none leads out of its own. */
const PLAIN = '^(?!(__proto__|\\.\\.?)$)[^\\s/\\\\\\u0000-\\u001f\\u007f]+$';

export const idSchema = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: PLAIN,
  description: 'A name without spaces or slashes.',
});

const nodeSchema = (description?: string) =>
  Type.String({
    minLength: 1,
    maxLength: 64,
    pattern: PLAIN,
    ...(description !== undefined && { description }),
  });

const seconds = (description: string) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 600, description: `${description} In seconds.` });

export const groupSchema = Type.Object(
  {
    id: idSchema,
    kind: Type.Enum(['vehicle', 'pedestrian', 'bicycle', 'transit'], {
      description: 'Who obeys these lamps.',
    }),
    minGreenS: seconds('Minimum green (pedestrians: walk).'),
    maxGreenS: seconds('Maximum green while another stage waits.'),
    amberS: seconds('Yellow change interval (pedestrians: clearance).'),
    redClearanceS: Type.Number({
      minimum: 0,
      maximum: 60,
      description: 'All-red after amber before a conflicting group may start. In seconds.',
    }),
    redAmberS: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 10,
        description: 'Red with amber before green, where the country has it. In seconds.',
      }),
    ),
    onCall: Type.Optional(
      Type.Boolean({
        description:
          'Stays red until somebody calls, while the intersection runs freely; a shared one also by a plan. Default: served in every cycle.',
      }),
    ),
    recall: Type.Optional(
      Type.Enum(['minimum', 'maximum'], {
        description:
          'A call that nobody has to make, while sensors run the lamps: `minimum` has it served as if somebody stood there at every red (pedestrians: pedestrian recall); with `maximum` no gap ends its green either, but its maximum while others call. Adaptive control takes both for `minimum`.',
      }),
    ),
    flash: Type.Optional(
      Type.Enum(['red', 'amber', 'dark'], {
        description: 'What fail-safe flashes here. Default red.',
      }),
    ),
    movements: Type.Optional(
      Type.Array(
        Type.Object(
          {
            link: Type.Integer({ minimum: 0, description: 'Signal index in the SUMO program.' }),
            from: Type.String({ maxLength: 200, description: 'Lane or edge it comes from.' }),
            to: Type.String({ maxLength: 200, description: 'Lane or edge it goes to.' }),
            direction: Type.Optional(
              Type.String({ description: 'SUMO’s direction: s, l, r, L, R, t.' }),
            ),
            stopThenTurn: Type.Optional(
              Type.Boolean({ description: 'SUMO’s `s`: may turn after a stop while red.' }),
            ),
          },
          { additionalProperties: false },
        ),
        { maxItems: MOVEMENTS_MAX, description: 'The movements these lamps govern, as imported.' },
      ),
    ),
  },
  { additionalProperties: false, title: 'Signal group' },
);
/** A signal group: lamps that always show the same. Times in seconds. */
export type Group = Static<typeof groupSchema>;

export const stageSchema = Type.Object(
  {
    id: idSchema,
    green: Type.Array(idSchema, {
      maxItems: GROUPS_MAX,
      description: 'Groups with protected green.',
    }),
    permissive: Type.Optional(
      Type.Array(idSchema, {
        maxItems: GROUPS_MAX,
        description: 'Groups whose green yields (a filter turn).',
      }),
    ),
  },
  { additionalProperties: false, title: 'Stage' },
);
/** Signal groups that are green together. */
export type Stage = Static<typeof stageSchema>;

const pair = (first: string, second: string) =>
  Type.Tuple([idSchema, idSchema], { description: `[${first}, ${second}]` });

export const programSchema = Type.Object(
  {
    id: idSchema,
    offsetS: Type.Number({ description: 'Where in the cycle the program starts. In seconds.' }),
    steps: Type.Array(
      Type.Object(
        { stage: idSchema, greenS: seconds('Green of the stage.') },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: STAGES_MAX },
    ),
  },
  {
    additionalProperties: false,
    title: 'Program',
    description: 'A fixed-time program as it came with the network.',
  },
);
export type Program = Static<typeof programSchema>;

export const intersectionSchema = Type.Object(
  {
    id: idSchema,
    node: Type.Optional(nodeSchema('The node that serves the whole intersection.')),
    nodes: Type.Optional(
      recordOf(nodeSchema(), {
        description: 'For a shared intersection: the node of each group.',
      }),
    ),
    position: Type.Tuple([Type.Number(), Type.Number()], { description: '[x, y] in metres.' }),
    groups: Type.Array(groupSchema, { minItems: 1, maxItems: GROUPS_MAX }),
    conflicts: Type.Array(pair('group', 'group'), {
      maxItems: PAIRS_MAX,
      description: 'Groups that must never be green together.',
    }),
    yields: Type.Array(pair('group', 'to'), {
      maxItems: PAIRS_MAX,
      description: 'Pairs that may be lit together only while the first is greenPermissive.',
    }),
    merges: Type.Optional(
      Type.Array(pair('group', 'group'), {
        maxItems: PAIRS_MAX,
        description:
          'Groups that leave one edge and merge: foes to SUMO, no conflict. For information.',
      }),
    ),
    lanes: Type.Optional(
      Type.Array(laneSchema, {
        maxItems: LANES_MAX,
        description:
          'Lanes with sensors. What is not said of a lane is taken to be as usual in towns.',
      }),
    ),
    control: Type.Optional(
      Type.Enum(CONTROLS, {
        description:
          'The best control that is to be used while enough is known for it: by sensors alone (`adaptive`), by the plan of the district (`coordinated`), by gaps in the traffic (`actuated`), by times alone (`fixed`). Default adaptive. A shared intersection runs by its plan.',
      }),
    ),
    forecasts: Type.Optional(
      Type.Boolean({
        description:
          'Whether it heeds what its neighbours tell of those who are on their way to it. Default true.',
      }),
    ),
    stages: Type.Array(stageSchema, { minItems: 1, maxItems: STAGES_MAX }),
    programs: Type.Optional(Type.Array(programSchema, { maxItems: PROGRAMS_MAX })),
  },
  { additionalProperties: false, title: 'Intersection' },
);
/** A place with signals, and the node or nodes that serve it. */
export type Intersection = Static<typeof intersectionSchema>;

export const linkSchema = Type.Object(
  {
    from: idSchema,
    to: idSchema,
    lengthM: Type.Number({
      exclusiveMinimum: 0,
      description: 'Length from stop line to stop line. In metres.',
    }),
    speedMps: Type.Number({
      exclusiveMinimum: 0,
      description: 'Free-flow speed. In metres a second.',
    }),
    lanes: Type.Optional(Type.Integer({ minimum: 1 })),
    fromGroups: Type.Optional(
      Type.Array(idSchema, {
        maxItems: GROUPS_MAX,
        description: 'Groups of `from` that feed this link.',
      }),
    ),
    toGroups: Type.Optional(
      Type.Array(idSchema, {
        maxItems: GROUPS_MAX,
        description: 'Groups of `to` that drain this link.',
      }),
    ),
  },
  {
    additionalProperties: false,
    title: 'Link',
    description: 'A street between two intersections.',
  },
);
/** A street from one intersection to another: its length in metres, its speed in metres a
 *  second. */
export type Link = Static<typeof linkSchema>;

export const districtSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    name: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'Nodes of one name form one district.',
    }),
    expect: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: INTERSECTIONS_MAX,
        description:
          'How many nodes the district is founded with: founding waits for a majority of them.',
      }),
    ),
    intersections: Type.Array(intersectionSchema, { minItems: 1, maxItems: INTERSECTIONS_MAX }),
    links: Type.Optional(Type.Array(linkSchema, { maxItems: LINKS_MAX })),
    plans: Type.Optional(Type.Array(filedPlanSchema, { maxItems: PLANS_MAX })),
    timing: Type.Optional(partOf(timingSchema)),
    discovery: Type.Optional(partOf(discoverySchema)),
  },
  {
    additionalProperties: false,
    title: 'Greenwave district',
    $id: 'https://greenwave.example/schema/district.json',
  },
);
/** A district file as it is written: lengths in metres, times in seconds, speeds in metres a
 *  second. */
export type DistrictFile = Static<typeof districtSchema>;

/** The head of a district file alone, for a change of the contract: only what is to be changed. */
export const timingFileSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    timing: partOf(timingSchema),
  },
  { additionalProperties: false, title: 'Greenwave timing' },
);

export { intersectionOf, isShared, nodesOf } from './serving.ts';
