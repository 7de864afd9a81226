/**
 * The events that a machine is offered at each moment: of every type that it hears, examples made
 * from the schema of the message or fact, with values that mean something to the machine as it
 * stands. What is special about one machine is said by its own alphabet.
 */
import type { AnyStateMachine } from 'xstate';
import { facts, messages } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import { examplesOf, type Fields, type Schema } from './examples.ts';
import type { Moment, Move, Said } from './moment.ts';

export type Context = Readonly<Record<string, unknown>>;

/** Values of a field, the ordinary one first: as they stand, or by what the machine knows by now and
 *  what the event says already. */
export type Values = readonly unknown[] | ((context: Context, sofar: Fields) => readonly unknown[]);

type Heard = Move & { readonly type: 'hear' };

/** What one machine is tried with. */
export interface Alphabet {
  /** What the machine is started with, by who it is then: `an observer`. The first is the usual one. */
  readonly starts: Readonly<Record<string, unknown>>;
  /** Values by the name of a field, or of type and field: `election.lean term`. */
  readonly values?: Readonly<Record<string, Values>>;
  /** Events beside those that schemas give, and of types that have none. */
  readonly events?: readonly Said[] | ((context: Context) => readonly Said[]);
  /** Types that are not made from their schema: `events` has better ones. */
  readonly leaves?: readonly string[];
  /** Moves of the first start from which to look further, because what matters lies far from it. The
   *  last of them is shown. */
  readonly openings?: readonly (readonly Move[])[];
  /** How long the process may stand still. */
  readonly stallsMs?: readonly number[];
  /** Contexts of so many shapes, at most, are looked at in each state. */
  readonly contextsMax?: number;
  /** Places that cannot be covered, by name or the beginning of names, each with the reason. */
  readonly unreachable?: Readonly<Record<string, string>>;
}

const SCHEMAS: Readonly<Record<string, Schema>> = Object.fromEntries([
  ...Object.entries(messages).map(([type, { payload }]) => [type, withHeader(payload as Schema)]),
  ...Object.entries(facts).map(([type, schema]) => [type, schema as Schema]),
]);

/** Of an event that the protocol does not know nothing is known but its type. */
const NO_FIELDS: Schema = { type: 'object', properties: {} };

/** As machines hear it: flat, with who said it. */
function withHeader(payload: Schema): Schema {
  const header = {
    from: { type: 'string' },
    group: { type: 'string' },
    incarnation: {},
    bytes: {},
  };
  return {
    ...payload,
    properties: { ...header, ...payload.properties },
    required: [...Object.keys(header), ...(payload.required ?? [])],
  };
}

const idIn = ({ id }: Context): string => String(id ?? 'b');
const PEERS = ['a', 'c'];
const numberIn = (context: Context, key: string): number => {
  const value = context[key];
  return typeof value === 'number' ? value : 1;
};
/** The same, the next and the one before. */
const around = (value: number): number[] =>
  value > 0 ? [value, value + 1, value - 1] : [value, value + 1];

/** What fields of these names usually mean. */
const USUAL: Readonly<Record<string, Values>> = {
  from: (context) => [...PEERS, idIn(context)],
  peer: (context) => [...PEERS, idIn(context)],
  leader: (context, { from }) => [from ?? 'a', idIn(context), 'c'],
  group: ['g'],
  incarnation: [1],
  peerIncarnation: [1],
  bytes: [100],
  store: (_, { from, peer }) => [`s${from ?? peer ?? 'a'}`, 'other'],
  node: ['a', 'c'],
  voters: (context) => [[...PEERS, idIn(context)].sort().map(voter), [voter('a')]],
  former: [undefined],
  next: [undefined],
  changes: [['timing.retryMs']],
  district: ['d', 'other'],
  host: ['127.0.0.1'],
  port: [6000],
  term: (context) => around(numberIn(context, 'term')),
  ticket: (context) => around(numberIn(context, 'ticket')),
  owner: ['x'],
  reason: ['a reason'],
  text: ['a word'],
  problems: [[], ['no']],
  timing: [{ ...lan(), retryMs: 500 }],
  phi: [9],
};

export const voter = (node: string) => ({ node, store: `s${node}` });

/** The moves that are open to a machine at a moment. */
export const movesOf = (
  name: string,
  machine: AnyStateMachine,
  alphabet: Alphabet,
): ((moment: Moment) => readonly Move[]) => {
  const { values = {}, events = [], leaves = [], stallsMs = [] } = alphabet;
  // What XState says to itself is played by the clock, or named by whoever wants it.
  const types = machine.events.filter(
    (type) => !type.startsWith('xstate.') && !type.includes('*') && !leaves.includes(type),
  );
  const chosen = (context: Context, type: string) => (field: string, sofar: Fields) => {
    const own = values[`${type} ${field}`] ?? values[field];
    const usual = own ?? answerTo(name, type, field) ?? USUAL[field];
    return typeof usual === 'function' ? usual(context, sofar) : usual;
  };
  const known = new WeakMap<object, readonly Move[]>();
  return ({ snapshot, alarms, throws }) => {
    if (throws !== undefined) return [];
    const context = snapshot.context as Context;
    const made = known.get(context);
    const heard =
      made ??
      unique([
        ...types.flatMap((type) =>
          examplesOf(SCHEMAS[type] ?? NO_FIELDS, chosen(context, type)).map(
            ({ object, varies }): Heard => ({
              ...{ type: 'hear', event: { type, ...object } },
              ...(varies.length > 0 && { varies }),
            }),
          ),
        ),
        // Each stands there for a reason of its own.
        ...(typeof events === 'function' ? events(context) : events).map(
          (event, k): Heard => ({ type: 'hear', event, varies: [`example ${k}`] }),
        ),
      ]);
    known.set(context, heard);
    const passes = stallsMs.map((ms): Move => ({ type: 'stall', ms }));
    return [...heard, ...(alarms.length > 0 ? [{ type: 'wait' } as const, ...passes] : [])];
  };
};

/** Answers come to who asked; one that answers nothing is of another, or of long ago. */
const answerTo = (name: string, type: string, field: string): Values | undefined => {
  if (type === 'clock.due' && field === 'id') return [`${name}:stranger`];
  return field === 'owner' ? [name, 'other'] : undefined;
};

/** Each event once, as the first that it was made as. */
const unique = (moves: readonly Heard[]): Move[] => {
  const texts = new Map<string, Heard>();
  for (const move of moves) {
    const text = JSON.stringify(move.event);
    if (!texts.has(text)) texts.set(text, move);
  }
  return [...texts.values()];
};
