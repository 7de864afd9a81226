/**
 * The journal: what happened, one JSON object a line. Outside programs judge the system by it, so
 * its fields are a contract; `docs/JOURNAL.md` says what each means.
 */
import Type, { type Static } from 'typebox';
import { type Fact, facts } from './event.ts';
import { lampSchema } from './lamp.ts';
import { type RoadsTold, roadsFields, type TrafficTold, trafficFields } from './traffic.ts';

const common = {
  t: Type.Number({ description: 'When: ms since the Unix epoch; in simulations, virtual ms.' }),
  node: Type.String({ description: 'Whose line it is.' }),
};
const text = Type.String();
const count = Type.Integer({ minimum: 0 });
const bytes = count;

/** Facts that have lines of another kind, or are of no interest outside. */
export const UNTOLD: ReadonlySet<string> = new Set([
  'wire.said',
  'wire.refused',
  'storage.written',
  'clock.due',
  'membership.sighted',
  'lamps.shown',
  'sensors.read',
  'arrivals.expected',
  'replica.appended',
]);

const factSchema = Type.Union(
  Object.entries(facts)
    .filter(([type]) => !UNTOLD.has(type))
    .map(([type, schema]) => Type.Object({ type: Type.Literal(type), ...schema.properties })),
);

/** What nodes tell of themselves in messages. */
const seenFields = {
  incarnation: Type.Optional(count),
  group: Type.Optional(text),
  leader: Type.Optional(text),
  term: Type.Optional(count),
  commit: Type.Optional(count),
  phi: Type.Optional(Type.Number({ description: 'Of its silence, as the observer heard it.' })),
  stage: Type.Optional(text),
  mode: Type.Optional(text),
  plan: Type.Optional(text),
};
const seenSchema = Type.Object(seenFields);
/** What an observer knows of a node from its messages. */
export type Seen = Static<typeof seenSchema>;

export const journalTable = {
  lamps: Type.Object({
    ...common,
    kind: Type.Literal('lamps'),
    intersection: text,
    nowMs: Type.Optional(
      Type.Number({ description: 'When, on the monotonic clock of the lamp driver’s host.' }),
    ),
    lamps: Type.Record(Type.String(), lampSchema),
  }),
  fact: Type.Object({
    ...common,
    kind: Type.Literal('fact'),
    event: factSchema,
    groupMs: Type.Optional(
      Type.Number({ description: 'With `timekeeper.synced`: the group’s time at this moment.' }),
    ),
  }),
  heard: Type.Object({ ...common, kind: Type.Literal('heard'), type: text, peer: text, bytes }),
  said: Type.Object({ ...common, kind: Type.Literal('said'), type: text, peer: text, bytes }),
  state: Type.Object({
    ...common,
    kind: Type.Literal('state'),
    machine: text,
    value: Type.Unknown({ description: 'A name, or an object of regions and their values.' }),
  }),
  refused: Type.Object({
    ...common,
    kind: Type.Literal('refused'),
    reason: text,
    peer: Type.Optional(text),
  }),
  error: Type.Object({ ...common, kind: Type.Literal('error'), message: text }),
  process: Type.Object({
    ...common,
    kind: Type.Literal('process'),
    standing: Type.Enum(['started', 'ended', 'stopped', 'continued']),
    pid: Type.Optional(Type.Integer({ minimum: 0 })),
    how: Type.Optional(text),
  }),
  seen: Type.Object({
    ...common,
    kind: Type.Literal('seen'),
    by: Type.String({ description: 'The observer who knows it from messages.' }),
    standing: Type.Enum(['there', 'gone']),
    ...seenFields,
  }),
  roads: Type.Object({ ...common, kind: Type.Literal('roads'), ...roadsFields }),
  traffic: Type.Object({ ...common, kind: Type.Literal('traffic'), ...trafficFields }),
  summary: Type.Object({
    ...common,
    kind: Type.Literal('summary'),
    unsafe: Type.Integer({ minimum: 0 }),
    seconds: Type.Number(),
  }),
} as const;

export const journalSchema = Type.Union(Object.values(journalTable), { title: 'Journal line' });

type Common = { t: number; node: string };
/** A line as Greenwave writes it. */
export type JournalLine = Common &
  (
    | {
        kind: 'lamps';
        intersection: string;
        nowMs?: number;
        lamps: Record<string, Static<typeof lampSchema>>;
      }
    | { kind: 'fact'; event: Fact; groupMs?: number }
    | { kind: 'heard' | 'said'; type: string; peer: string; bytes: number }
    | { kind: 'state'; machine: string; value: unknown }
    | { kind: 'refused'; reason: string; peer?: string }
    | { kind: 'error'; message: string }
    | {
        kind: 'process';
        standing: 'started' | 'ended' | 'stopped' | 'continued';
        pid?: number;
        how?: string;
      }
    | ({ kind: 'seen'; by: string; standing: 'there' | 'gone' } & Seen)
    | ({ kind: 'roads' } & RoadsTold)
    | ({ kind: 'traffic' } & TrafficTold)
    | { kind: 'summary'; unsafe: number; seconds: number }
  );
