/**
 * The border: whatever bytes arrive give a message or a refusal, never an exception; and whatever a
 * machine says comes out at the other end as it was.
 */
import { describe, expect, test } from 'vitest';
import { decode, encode, isOpen, PROTOCOL_VERSION } from '../../protocol/codec.ts';
import { type Message, type MessageType, messages } from '../../protocol/event.ts';
import { FRAME_BYTES_MAX } from '../../transport/transport.ts';
import { seeded } from '../transport/seeded.ts';
import { example, mutated, type Random } from './examples.ts';

const types = Object.keys(messages) as MessageType[];
const utf8 = new TextEncoder();
const sender = { id: 'n1', group: 'g', incarnation: 3, counter: 17, timestamp: 1.5 };
const envelope = {
  type: 'detector.alive',
  sender_id: 'n1',
  timestamp: 1.5,
  group: 'g',
  incarnation: 3,
  counter: 17,
  payload: {},
};

const anyMessage = (random: Random, type: MessageType): Message =>
  ({ ...(example(random, messages[type].payload) as object), type }) as Message;

/** Decodes and insists on an answer; everything that passes can be written down again. */
const answerTo = (bytes: Uint8Array): string => {
  const decoded = decode(bytes);
  if ('refused' in decoded) {
    expect(decoded.refused.length).toBeGreaterThan(0);
    expect(decoded.refused.length).toBeLessThan(500);
    return decoded.refused;
  }
  expect(types).toContain(decoded.message.type);
  expect(Number.isSafeInteger(decoded.counter)).toBe(true);
  expect(() => JSON.stringify(decoded.message)).not.toThrow();
  return decoded.message.type;
};

describe.each(types)('%s', (type) => {
  test('comes out as it went in, with its sender, and without a line break', () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const message = anyMessage(seeded(seed), type);
      const bytes = encode(message, sender);
      expect(bytes).not.toContain(10);
      expect(bytes).not.toContain(13);
      const header = { from: 'n1', group: 'g', incarnation: 3, bytes: bytes.length };
      const expected = { message: { ...message, ...header }, counter: 17, life: 'n1 3' };
      expect(decode(bytes)).toEqual(expected);
    }
  });
});

describe('never an exception', () => {
  test('whatever the bytes are', () => {
    const random = seeded(7);
    for (let round = 0; round < 5000; round += 1) {
      const length = Math.floor(random() * 200);
      answerTo(Uint8Array.from({ length }, () => Math.floor(random() * 256)));
    }
  });

  test('whatever is wrong with a message', () => {
    let passed = 0;
    for (let round = 0; round < 4000; round += 1) {
      const random = seeded(round);
      const type = types[round % types.length] as MessageType;
      const { type: _, ...payload } = anyMessage(random, type);
      const answer = answerTo(
        utf8.encode(JSON.stringify(mutated(random, { ...envelope, type, payload }))),
      );
      if (answer === type) passed += 1;
    }
    expect(passed).toBeGreaterThan(100);
    expect(passed).toBeLessThan(3500);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('whichever of its bytes is another', () => {
    for (let round = 0; round < 4000; round += 1) {
      const random = seeded(round);
      const bytes = encode(anyMessage(random, types[round % types.length] as MessageType), sender);
      const copy = Uint8Array.from(bytes);
      copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
      answerTo(copy.subarray(0, random() < 0.2 ? Math.floor(random() * copy.length) : undefined));
    }
  });

  test.each([
    ['nested deeper than any program can follow', '['.repeat(FRAME_BYTES_MAX)],
    ['nested deeply in a place that nobody looks at', deep('extra')],
    ['with a number beyond all numbers', '{"type":"detector.probe","timestamp":1e999}'],
    [
      'with a huge refused name',
      JSON.stringify({ ...envelope, payload: { for: 'x'.repeat(1e5) } }),
    ],
  ])('of a message %s', (_, text) => {
    answerTo(utf8.encode(text));
  });
});

/** A message that is well-formed but for how deep it goes. */
function deep(key: string): string {
  const depth = 100_000;
  const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  return JSON.stringify({ ...envelope, payload: { [key]: 0 } }).replace('0}', `${nested}}`);
}

describe('is refused', () => {
  test.each([
    ['nothing', '', 'not JSON'],
    ['what is no JSON', '{"type":', 'not JSON'],
    ['what is no object', '[]', 'malformed header'],
    ['null', 'null', 'malformed header'],
    ['a payload that is a list', { payload: [] }, 'malformed header'],
    ['a payload that is null', { payload: null }, 'malformed header'],
    ['a type that is no name', { type: 7 }, 'malformed header'],
    ['a counter below zero', { counter: -1 }, 'malformed header'],
    ['a counter that is not whole', { counter: 1.5 }, 'malformed header'],
    ['a sender without a name', { sender_id: '' }, 'malformed header'],
    ['a sender whose name is too long', { sender_id: 'n'.repeat(65) }, 'malformed header'],
    ['a stop of our machines', { type: 'xstate.stop' }, 'unknown type "xstate.stop"'],
    ['an error of our actors', { type: 'xstate.error.actor.x' }, 'unknown type'],
    ['a timer of our machines', { type: 'xstate.after.beat.detector.beating' }, 'unknown type'],
    ['a fact', { type: 'election.elected' }, 'unknown type'],
    ['a request', { type: 'lamps.show' }, 'unknown type'],
    ['what every object inherits', { type: 'constructor' }, 'unknown type'],
    ['a prototype', { type: '__proto__' }, 'unknown type'],
    ['a payload of another type', { payload: { for: 7 } }, 'malformed detector.alive: /for'],
  ])('%s', (_, given, reason) => {
    const text = typeof given === 'string' ? given : JSON.stringify({ ...envelope, ...given });
    expect(decode(utf8.encode(text))).toMatchObject({ refused: expect.stringContaining(reason) });
  });

  test('what is not UTF-8', () => {
    expect(decode(Uint8Array.of(0x22, 0xff, 0x22))).toMatchObject({ refused: 'not JSON' });
  });

  test('half a character, as half a message', () => {
    const lone = utf8.encode(JSON.stringify({ ...envelope, payload: { for: '\ud800' } }));
    expect(decode(lone)).toMatchObject({ message: { for: '\ud800' } });
  });
});

test('a payload cannot speak for the header', () => {
  const payload = { from: 'n9', type: 'election.vote', group: 'h', incarnation: 9, bytes: 1 };
  const decoded = decode(utf8.encode(JSON.stringify({ ...envelope, payload })));
  expect(decoded).toMatchObject({
    message: { type: 'detector.alive', from: 'n1', group: 'g', incarnation: 3 },
  });
});

test('only what nodes say before they share a group is open', () => {
  expect(types.filter(isOpen)).toEqual([
    'wire.challenge',
    'wire.proof',
    'membership.announce',
    'membership.goodbye',
    'membership.contract',
    'membership.challenge',
    'membership.life',
    'membership.present',
    'genesis.prepare',
    'genesis.promise',
    'genesis.propose',
    'genesis.accept',
    'merge.ask',
    'merge.welcome',
  ]);
  expect(PROTOCOL_VERSION).toBe(1);
});
