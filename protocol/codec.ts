/**
 * The border between bytes that anyone may send and events the machines may trust. Outside, a
 * message is an object with a header and a `payload`; inside, it is flat.
 *
 * Only types declared in the protocol pass, because XState gives meanings of its own to others:
 * `xstate.stop` would stop a machine.
 */
import Type from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { nameSchema } from './command.ts';
import { type Heard, type Message, type MessageType, messages } from './event.ts';
import { faultOfJson } from './json-text.ts';
import { isUtf8 } from './utf8.ts';

export const PROTOCOL_VERSION = 1;

/** How deep a message may go; ours go half as deep. Whoever writes one down follows it by calls. */
const DEPTH_MAX = 32;

const whole = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description });

export const headerSchema = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 64 }),
    sender_id: nameSchema,
    timestamp: Type.Number({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Unix seconds, for people. Nothing is decided by it.',
    }),
    group: Type.String({ maxLength: 64, description: 'Empty until the sender has a group.' }),
    incarnation: whole('Which life of the sender this is.'),
    counter: whole('Grows with every message of a life.'),
    sign: Type.Optional(
      Type.String({ maxLength: 128, description: 'Of an operator’s command: his signature.' }),
    ),
    mac: Type.Optional(
      Type.String({
        maxLength: 128,
        description: 'With keys: authenticates all bytes before it. Comes last.',
      }),
    ),
    payload: Type.Object({}),
  },
  { title: 'Message' },
);

/** What the header needs to know of the sender. */
export interface Sender {
  readonly id: string;
  readonly group: string;
  readonly incarnation: number;
  readonly counter: number;
  /** Unix seconds. */
  readonly timestamp: number;
}

const header = Compile(headerSchema);
const payloads = new Map<string, Validator>(
  Object.entries(messages).map(([type, { payload }]) => [type, Compile(payload) as Validator]),
);
/** Puts a replacement for what is wrong, because an exception costs more than all the rest. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Small messages share buffers of this size, because making a buffer costs more than filling it.
 * None is written again: whoever sends bytes may keep them.
 */
const SHARED_BYTES = 65_536;
/** What is longer gets a buffer of its own. In characters, each of three bytes at most. */
const SHARED_CHARACTERS_MAX = 2_048;
let shared = new Uint8Array(SHARED_BYTES);
let used = 0;

const bytesOf = (text: string): Uint8Array => {
  if (text.length > SHARED_CHARACTERS_MAX) return encoder.encode(text);
  if (used + text.length * 3 > SHARED_BYTES) [shared, used] = [new Uint8Array(SHARED_BYTES), 0];
  const begin = used;
  used += encoder.encodeInto(text, shared.subarray(begin)).written;
  return shared.subarray(begin, used);
};

/** The bytes of a message. Never contains a line break. */
export const encode = ({ type, ...payload }: Message, sender: Sender): Uint8Array =>
  bytesOf(
    JSON.stringify({
      type,
      sender_id: sender.id,
      timestamp: sender.timestamp,
      group: sender.group,
      incarnation: sender.incarnation,
      counter: sender.counter,
      payload,
    }),
  );

export type Decoded =
  | {
      readonly message: Omit<Heard, 'at'>;
      readonly counter: number;
      /** Names the life of the sender, whose messages are counted. */
      readonly life: string;
    }
  | Malformed;

/** Which kind of mistake a message has. */
export type Fault = 'not JSON' | 'too deep' | 'prototype' | 'header' | 'type' | 'payload';

export interface Malformed {
  readonly fault: Fault;
  /** What is wrong, for people. Worked out when it is read, because it costs more than the rest. */
  readonly refused: string;
}

const malformed = (fault: Fault, text: () => string): Malformed => ({
  fault,
  get refused() {
    return text();
  },
});

/** The message, or the reason for refusing it. Never throws, whatever the bytes are. */
export const decode = (bytes: Uint8Array): Decoded => {
  const parsed = parse(bytes);
  if ('strange' in parsed) return malformed(parsed.strange, () => STRANGE[parsed.strange]);
  const { value } = parsed;
  if (!header.Check(value)) {
    return malformed('header', () => `malformed header: ${complaint(header, value)}`);
  }
  const { type, sender_id, group, incarnation, counter, payload } = value;
  const check = payloads.get(type);
  if (!check) return malformed('type', () => `unknown type ${JSON.stringify(type)}`);
  if (!check.Check(payload)) {
    return malformed('payload', () => `malformed ${type}: ${complaint(check, payload)}`);
  }
  const known = { type: type as MessageType, from: sender_id, group, incarnation };
  // What was parsed is ours. A copy that is given more keys would cost ten times the parsing (Node 20).
  const message = Object.assign(payload as object, known, { bytes: bytes.length });
  const life = `${sender_id} ${incarnation}`;
  return { message: message as Omit<Heard, 'at'>, counter, life };
};

/** Whether messages of this type may come from another group of the district. */
export const isOpen = (type: MessageType): boolean => messages[type].scope === 'open';

/**
 * After a text that was no JSON or too deep, so many are looked at before they are parsed. A look
 * costs a third of an exception, and who sends one such text sends many; where nobody does, nothing
 * is looked at twice. What is said of a text is the same either way.
 */
const WARY_COUNT = 8;
let wary = 0;

type Parsed = { readonly value: unknown } | { readonly strange: Strange };

const parse = (bytes: Uint8Array): Parsed => {
  const text = decoder.decode(bytes);
  if (!isUtf8(text, bytes)) return { strange: 'not JSON' };
  const strange = wary > 0 ? faultOfJson(text, DEPTH_MAX) : undefined;
  if (wary > 0) wary -= 1;
  const parsed = strange === undefined ? parseText(text) : { strange };
  if ('strange' in parsed && parsed.strange !== 'prototype') wary = WARY_COUNT;
  return parsed;
};

const parseText = (text: string): Parsed => {
  // Else the engine would write down who called whom.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const value: unknown = JSON.parse(text);
    const strange = strangeness(value, DEPTH_MAX);
    return strange === undefined ? { value } : { strange };
  } catch {
    // The same as who looked first would have said.
    return { strange: faultOfJson(text, DEPTH_MAX) ?? 'not JSON' };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};

const STRANGE = {
  'not JSON': 'not JSON',
  'too deep': `deeper than ${DEPTH_MAX} levels`,
  prototype: 'has a key that would be taken for a prototype',
};
type Strange = keyof typeof STRANGE;

/**
 * What was parsed has no properties but its own; but whoever copies one named `__proto__` gives the
 * copy a prototype, with fields that no schema has looked at.
 */
const strangeness = (value: unknown, levels: number): Strange | undefined => {
  if (value === null || typeof value !== 'object') return undefined;
  if (levels === 0) return 'too deep';
  let found: Strange | undefined;
  for (const key in value) {
    const inner = strangeness((value as Record<string, unknown>)[key], levels - 1);
    // As who looks at the text sees first.
    if (inner === 'too deep') return inner;
    if (inner !== undefined || key === '__proto__') found = 'prototype';
  }
  return found;
};

const complaint = (check: Validator, value: unknown): string => {
  const [first] = check.Errors(value);
  return first ? `${first.instancePath || 'it'} ${first.message}` : 'it';
};
