/**
 * Deeds: what the page may do to a district. One vocabulary for a city in the page and for real
 * processes; each source says which of them it can really do.
 */
import Type, { type Static } from 'typebox';

const name = Type.String({ minLength: 1, maxLength: 200 });
const node = { node: name };
const ratio = Type.Number({ minimum: 0, maximum: 0.9 });

export const deedTable = {
  /** Ends the process as SIGKILL does. */
  kill: Type.Object(node),
  /** Starts a process that is gone. */
  restart: Type.Object(node),
  /** Asks a node to stop cleanly. */
  stop: Type.Object(node),
  /** The process stands still for a while, as after SIGSTOP. */
  stall: Type.Object({ ...node, forS: Type.Number({ minimum: 0.1, maximum: 60 }) }),
  /** Only nodes of one side reach each other; who is not named is on one more side. */
  partition: Type.Object({ sides: Type.Array(Type.Array(name)) }),
  /** What one node sends to the other is dropped, and the other way round. */
  cut: Type.Object({ from: name, to: name }),
  /** Undoes every cut and partition. */
  heal: Type.Object({}),
  /** What the network does to every datagram. */
  weather: Type.Object({
    lossRatio: ratio,
    latencyMsMax: Type.Number({ minimum: 1, maximum: 2000 }),
  }),
  /** The clock of a node's host gains so many microseconds a second. */
  drift: Type.Object({ ...node, ppm: Type.Number({ minimum: -5000, maximum: 5000 }) }),
  /** Green for somebody who must have it, for a while. */
  preempt: Type.Object({
    intersection: name,
    group: name,
    forS: Type.Number({ exclusiveMinimum: 0, maximum: 600 }),
  }),
  /** So many vehicles an hour come to the district, where its traffic is a model. */
  demand: Type.Object({ perHour: Type.Number({ minimum: 0, maximum: 100_000 }) }),
} as const;

type DeedTable = typeof deedTable;
export type DeedKind = keyof DeedTable;
export type Deed = { [K in DeedKind]: { kind: K } & Static<DeedTable[K]> }[DeedKind];

export const deedSchema = Type.Unsafe<Deed>(
  Type.Union(
    Object.entries(deedTable).map(([kind, schema]) =>
      Type.Object(
        { kind: Type.Literal(kind), ...schema.properties },
        { additionalProperties: false },
      ),
    ),
  ),
);
