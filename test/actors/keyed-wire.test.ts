/** What a node with keys hears: its district, and of that only what is said now. */
import { describe, expect, test } from 'vitest';
import { encode, type Sender } from '../../protocol/codec.ts';
import { ALL, type Message } from '../../protocol/event.ts';
import type { Seal } from '../../protocol/seal.ts';
import { Keyring } from '../../transport/keyring.ts';
import { keyring, keySet, withOperator } from '../transport/keys.ts';
import { announce, beat, heardOf, inGroup, sender } from './wired.ts';

const sealed = (message: Message, rest: Partial<Sender> = {}, seal: Seal = keyring()) =>
  seal.seal(encode(message, sender(rest)), 'node');

type World = Awaited<ReturnType<typeof inGroup>>;
const keyed = (seal: Seal = keyring()) => inGroup({}, seal);

/** What n1 said, as n3 heard it. */
const saidBy1 = (world: World) =>
  (world.ears[1]?.heard ?? []).filter(({ bytes }) =>
    Buffer.from(bytes).toString().includes('"sender_id":"n1"'),
  );
const asked = (world: World) => saidBy1(world).filter(({ type }) => type === 'wire.challenge');

/** The last challenge of n1. */
const nonceIn = (world: World): string => {
  const last = asked(world).at(-1);
  const { payload } = JSON.parse(Buffer.from(last?.bytes ?? []).toString()) as {
    payload: { nonce: string };
  };
  return payload.nonce;
};

const proof = (nonce: string, district = 'town'): Message => ({
  type: 'wire.proof',
  district,
  nonces: [nonce],
});

/** What comes of it, but for word of what was repeated. */
const taken = (world: World, bytes: Uint8Array) =>
  heardOf(world, bytes).filter(({ type }) => type !== 'wire.repeated');

/** Has n2 prove itself in this life. */
const proven = (world: World, rest: Partial<Sender> = {}) => {
  expect(taken(world, sealed(beat, rest))).toEqual([
    expect.objectContaining({ type: 'wire.said', message: 'wire.challenge', to: '*' }),
  ]);
  expect(taken(world, sealed(proof(nonceIn(world)), rest))).toEqual([]);
};

const refusal = (reason: string) => [
  { type: 'wire.refused', reason: expect.stringContaining(reason) },
];

describe('is refused, and told in one line', () => {
  test.each([
    ['without a seal', encode(beat, sender()), 'it has no seal'],
    ['sealed with another key', sealed(beat, {}, keyring(2)), 'a key that this node does not have'],
    [
      'of another district',
      sealed(beat, {}, new Keyring('village', keySet(1))),
      'another district',
    ],
    ['of another district with our seal', sealed(announce({ district: 'village' })), '"village"'],
    ['changed on the way', sealed(beat).fill(0x31, 40, 41), 'its seal does not fit'],
  ])('a message %s', async (_, bytes, reason) => {
    const world = await keyed();
    expect(taken(world, bytes)).toMatchObject(refusal(reason));
    expect(taken(world, bytes)).toEqual([]);
  });
});

describe('a life that nothing is remembered of', () => {
  test('is asked for proof, and what it said before is never heard', async () => {
    const world = await keyed();
    const before = sealed(beat);
    const later = sealed(beat, { counter: 1000 });
    proven(world);
    expect(taken(world, before)).toEqual([]);
    expect(taken(world, sealed(beat, { counter: 1000 }))).toHaveLength(1);
    expect(taken(world, later)).toEqual([]);
    expect(taken(world, sealed(beat, { counter: 1001 }))).toHaveLength(1);
  });

  test('is heard at once when it comes by a connection, which nobody can repeat', async () => {
    const world = await keyed();
    world.take({ type: 'wire.send', to: ALL, message: announce() });
    const [ear] = world.ears;
    ear?.port.sendOne({ host: '10.0.0.0', port: 6000 }, sealed(beat, { counter: 2000 }));
    world.run();
    expect(world.delivered).toContainEqual(expect.objectContaining({ ...beat, from: 'n2' }));
    expect(taken(world, sealed(beat, { counter: 1999 }))).toEqual([]);
    expect(taken(world, sealed(beat, { counter: 2001 }))).toHaveLength(1);
  });

  test('cannot be proven by a recording: the answer to another question, or to one of long ago', async () => {
    const world = await keyed();
    proven(world);
    const recorded = nonceIn(world);
    world.run(300);
    expect(taken(world, sealed(proof('x'.repeat(22)), { incarnation: 2 }))).toHaveLength(1);
    world.run(6000);
    taken(world, sealed(proof(recorded), { incarnation: 2 }));
    taken(world, sealed(beat, { incarnation: 2 }));
    expect(world.delivered.filter((event) => event.type === 'detector.beat')).toEqual([]);
  });

  test('that never answers is asked ever more rarely', async () => {
    const world = await keyed();
    for (let k = 0; k < 600; k += 1) {
      world.ears[0]?.port.sendAll(sealed(beat));
      world.run(100);
    }
    expect(asked(world).length).toBeGreaterThan(10);
    expect(asked(world).length).toBeLessThan(20);
  });

  test('in a flood of recordings of many lives costs five questions a second', async () => {
    const world = await keyed();
    for (let k = 0; k < 2000; k += 1) {
      world.ears[0]?.port.sendAll(sealed(beat, { incarnation: k + 10 }));
      world.run(1);
    }
    expect(asked(world).length).toBeGreaterThan(5);
    expect(asked(world).length).toBeLessThan(12);
  });
});

describe('a question', () => {
  const challenge = (nonce: string): Message => ({
    type: 'wire.challenge',
    district: 'town',
    nonce,
  });
  const said = (world: World) => saidBy1(world).map(({ type }) => type);

  test('is answered to all, together with others, and the last announcement follows', async () => {
    const world = await keyed();
    world.take({ type: 'wire.send', to: ALL, message: announce({ store: 's1' }) });
    for (const letter of ['a', 'b']) {
      world.ears[0]?.port.sendAll(sealed(challenge(letter.repeat(22)), { incarnation: 9 }));
    }
    world.run(500);
    expect(said(world).filter((type) => type !== 'wire.challenge')).toEqual([
      ...['membership.announce', 'wire.proof', 'membership.announce'],
    ]);
    const answer = saidBy1(world).find(({ type }) => type === 'wire.proof');
    expect(Buffer.from(answer?.bytes ?? []).toString()).toContain('aaaa');
    expect(Buffer.from(answer?.bytes ?? []).toString()).toContain('bbbb');
  });

  test('without a seal is not answered; and a flood of them is answered ten times a second', async () => {
    const world = await keyed();
    taken(world, encode(challenge('a'.repeat(22)), sender()));
    world.run(500);
    expect(said(world)).toEqual([]);
    for (let k = 0; k < 1000; k += 1) {
      world.ears[0]?.port.sendAll(sealed(challenge(keyring().nonce())));
      world.run(1);
    }
    const answers = said(world).filter((type) => type === 'wire.proof');
    expect(answers.length).toBeGreaterThan(5);
    expect(answers.length).toBeLessThan(13);
  });
});

describe('a recording, and one line says so', () => {
  const told = (world: World, bytes: Uint8Array, times = 1) => {
    for (let k = 1; k < times; k += 1) world.ears[0]?.port.sendAll(bytes);
    return taken(world, bytes).filter(({ type }) => type === 'wire.refused');
  };

  test('of one who lives is told when more of it comes than networks repeat', async () => {
    const world = await keyed();
    proven(world);
    const one = sealed(beat);
    expect(taken(world, one)).toHaveLength(1);
    expect(told(world, one, 20)).toEqual([]);
    expect(told(world, one, 100)).toMatchObject(refusal('what was said before comes again'));
    world.run(1000);
    expect(told(world, one, 100)).toMatchObject(refusal('more like it since'));
  });

  test('of one who is not there is told when he was asked in vain for seconds', async () => {
    const world = await keyed();
    const lines: unknown[] = [];
    for (let k = 0; k < 60; k += 1) {
      lines.push(...told(world, sealed(beat)));
      if (k === 5) expect(lines).toEqual([]);
      world.run(100);
    }
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.length).toBeLessThan(6);
    expect(lines.slice(0, 1)).toMatchObject(refusal('n2, who was asked in vain'));
  });
});

test('one’s own echo is not asked for proof', async () => {
  const world = await keyed();
  world.take({ type: 'wire.send', to: ALL, message: announce({ store: 's1' }) });
  world.run(1000);
  expect(world.ears[0]?.heard.map(({ type }) => type)).toEqual(['membership.announce']);
});

test('a node without keys hears nothing of what wires of others say', async () => {
  const world = await inGroup();
  expect(taken(world, encode(proof('a'.repeat(22)), sender()))).toEqual([]);
});

describe('where operators have a key of their own', () => {
  const plan = { id: 'rush', cycleS: 60, intersections: [] };
  const propose = (command: object) =>
    ({ type: 'replica.propose', ticket: 1, command }) as unknown as Message;
  const call = { id: 'c', intersection: 'x1', group: 'a', forS: 10 };

  test.each([
    ['a plan', { kind: 'plan.adopt', plan }, false],
    ['a call for green', { kind: 'preempt.call', ...call }, false],
    ['priority', { kind: 'priority.call', ...call }, false],
    ['a call by a cabinet', { kind: 'preempt.call', ...call, isLocal: true }, true],
    ['the end of a call', { kind: 'preempt.clear', id: 'c' }, true],
  ])('%s of a node: heard is %s', async (_, command, isHeard) => {
    const { node, operator } = withOperator();
    const world = await keyed(node);
    proven(world);
    const byNode = taken(world, sealed(propose(command), {}, node));
    if (isHeard) expect(byNode).toMatchObject([{ type: 'replica.propose' }]);
    else expect(byNode).toMatchObject(refusal('takes the operator’s key'));
    const byOperator = operator.seal(encode(propose(command), sender()), 'operator');
    expect(taken(world, byOperator)).toMatchObject([{ type: 'replica.propose' }]);
  });
});
