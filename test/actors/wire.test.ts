/**
 * The wire, sentence by sentence: what of all that a network carries a node's machines ever hear,
 * and how what they say goes out.
 */
import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import { nothingStored } from '../../actors/storage.ts';
import { wireOver } from '../../actors/wire.ts';
import type { NodeInput } from '../../machines/node.ts';
import { decode, encode, type Sender } from '../../protocol/codec.ts';
import { ALL, type BusEvent, type Emitted, type Heard, type Message } from '../../protocol/event.ts';
import { discoveryDefault, lan } from '../../protocol/timing.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { MemoryNetwork } from '../../transport/memory.ts';
import { DATAGRAM_BYTES_MAX, type Port } from '../../transport/transport.ts';
import { seeded } from '../transport/seeded.ts';
import { settle } from './town.ts';

const input = (rest: Partial<NodeInput> = {}): NodeInput => ({
  id: 'n1',
  incarnation: 1,
  store: 's1',
  district: 'town',
  contract: { timing: lan(), discovery: discoveryDefault },
  versions: [1, 1],
  expect: 1,
  isObserver: false,
  intersection: null,
  links: [],
  filedPlan: null,
  stored: nothingStored,
  ...rest,
});

/** The wire of n1 on a network with two plain ears, n2 and n3. */
const wired = async (rest: Partial<NodeInput> = {}) => {
  const clock = new VirtualClock(1000);
  const later = (fn: () => void, ms: number) => clock.setTimeout(fn, ms);
  const network = new MemoryNetwork({ random: seeded(1), later });
  const delivered: (Emitted | Heard)[] = [];
  const troubles: string[] = [];
  const failures: string[] = [];
  const wire = createActor(
    wireOver({
      transport: network.transport('n1'),
      clock,
      timestamp: () => clock.now() / 1000,
      deliver: (event) => delivered.push(event),
      fail: (message) => failures.push(message),
      trouble: (message) => troubles.push(message),
    }),
    { input: input(rest) },
  );
  wire.start();
  const ears: { port: Port; heard: { type: string; via: string; counter: number }[] }[] = [];
  for (const name of ['n2', 'n3']) {
    const heard: { type: string; via: string; counter: number }[] = [];
    const port = await network.transport(name).open({
      heard: (bytes, { via }) => {
        const decoded = decode(bytes);
        const type = 'message' in decoded ? decoded.message.type : decoded.refused;
        heard.push({ type, via, counter: 'message' in decoded ? decoded.counter : -1 });
      },
      lost: () => {},
      troubled: () => {},
    });
    ears.push({ port, heard });
  }
  await settle();
  const take = (event: Record<string, unknown> & { type: string }) =>
    wire.send({ at: clock.now(), ...event } as unknown as BusEvent);
  const meet = (k: number, incarnation = 1) =>
    take({
      type: 'membership.joined',
      peer: `n${k}`,
      peerIncarnation: incarnation,
      store: `s${k}`,
      ...ears[k - 2]?.port.address,
    });
  const run = (ms = 10) => clock.run(clock.now() + ms);
  delivered.length = 0;
  return { clock, network, delivered, troubles, failures, ears, take, meet, run, wire };
};

type Wired = Awaited<ReturnType<typeof wired>>;

const beat: Message = { type: 'detector.beat', term: 1, store: 's2', index: 0, commit: 0 };
const announce = (rest: object = {}): Message =>
  ({
    type: 'membership.announce',
    district: 'town',
    host: '10.0.0.1',
    port: 6000,
    store: 's2',
    phase: 'member',
    asks: false,
    versions: [1, 1],
    contract: '0123456789abcdef',
    term: 0,
    ...rest,
  }) as Message;

let counter = 0;
const sender = (rest: Partial<Sender> = {}): Sender => {
  counter += 1;
  return { id: 'n2', group: 'g', incarnation: 1, counter, timestamp: 0, ...rest };
};

/** Says bytes to all from n2; gives what n1's machines hear of it. */
const heardOf = (world: Wired, bytes: Uint8Array) => {
  const first = world.delivered.length;
  world.ears[0]?.port.sendAll(bytes);
  world.run();
  return world.delivered.slice(first);
};

const inGroup = async (rest: Partial<NodeInput> = {}) => {
  const world = await wired(rest);
  world.take({ type: 'genesis.formed', group: 'g' });
  return world;
};

test('a node that has opened says where it listens', async () => {
  const world = await wired();
  expect(world.failures).toEqual([]);
});

describe('is heard', () => {
  test('a message of one’s group, flat, with who said it and when it came', async () => {
    const world = await inGroup();
    expect(heardOf(world, encode(beat, sender()))).toMatchObject([
      { ...beat, from: 'n2', group: 'g', incarnation: 1, at: expect.any(Number) },
    ]);
  });

  test('an announcement of the district, whatever its group', async () => {
    const world = await inGroup();
    for (const group of ['', 'g', 'h']) {
      expect(heardOf(world, encode(announce(), sender({ group })))).toHaveLength(1);
    }
  });

  test('a double: another node under one’s own id, with another store', async () => {
    const world = await inGroup();
    const double = sender({ id: 'n1', incarnation: 7 });
    expect(heardOf(world, encode(announce({ store: 's9' }), double))).toHaveLength(1);
  });
});

describe('is dropped without a word', () => {
  test('one’s own echo', async () => {
    const world = await inGroup();
    world.take({ type: 'wire.send', to: ALL, message: announce({ store: 's1' }) });
    world.take({ type: 'wire.send', to: ALL, message: beat });
    world.run();
    expect(world.ears[1]?.heard).toHaveLength(2);
    expect(world.delivered.filter((event) => 'from' in event)).toEqual([]);
  });

  test.each([
    ['another district', announce({ district: 'village' }), {}],
    ['another group', beat, { group: 'h' }],
    ['no group', beat, { group: '' }],
    ['one’s own id', beat, { id: 'n1' }],
  ] as const)('a message of %s', async (_, message, rest) => {
    const world = await inGroup();
    expect(heardOf(world, encode(message, sender(rest)))).toEqual([]);
  });

  test('what is said within a group, while one has none', async () => {
    const world = await wired();
    expect(heardOf(world, encode(beat, sender({ group: '' })))).toEqual([]);
  });

  test('another life than the one in the view, until that has left', async () => {
    const world = await inGroup();
    world.meet(2, 5);
    for (const incarnation of [4, 6]) {
      expect(heardOf(world, encode(beat, sender({ incarnation })))).toEqual([]);
    }
    expect(heardOf(world, encode(beat, sender({ incarnation: 5 })))).toHaveLength(1);
    world.take({ type: 'membership.left', peer: 'n2', how: 'failed', reason: '' });
    expect(heardOf(world, encode(beat, sender({ incarnation: 6 })))).toHaveLength(1);
  });

  test('a repeated datagram', async () => {
    const world = await inGroup();
    const bytes = encode(beat, sender());
    expect(heardOf(world, bytes)).toHaveLength(1);
    expect(heardOf(world, bytes)).toEqual([]);
    world.network.faults.duplicationRatio = 1;
    expect(heardOf(world, encode(beat, sender()))).toHaveLength(1);
  });
});

describe('is refused, and told', () => {
  test('what is no message', async () => {
    const world = await inGroup();
    const bytes = new TextEncoder().encode('{"type":"xstate.stop"}');
    expect(heardOf(world, bytes)).toMatchObject([
      { type: 'wire.refused', reason: expect.stringContaining('malformed header') },
    ]);
  });

  test('what is too long for a datagram, even if it is a message', async () => {
    const clock = new VirtualClock();
    const refused: (Emitted | Heard)[] = [];
    let say: (bytes: Uint8Array) => void = () => {};
    const port: Port = {
      address: { host: '10.0.0.1', port: 6000 },
      sendAll: () => {},
      sendOne: () => {},
      close: async () => {},
    };
    const wire = createActor(
      wireOver({
        transport: {
          open: async ({ heard }) => {
            say = (bytes) => heard(bytes, { via: 'all', host: '10.0.0.2' });
            return port;
          },
        },
        clock,
        timestamp: () => 0,
        deliver: (event) => refused.push(event),
        fail: () => {},
        trouble: () => {},
      }),
      { input: input() },
    );
    wire.start();
    await settle();
    say(encode(announce({ padding: 'x'.repeat(DATAGRAM_BYTES_MAX) }), sender()));
    expect(refused.slice(1)).toMatchObject([
      { type: 'wire.refused', reason: expect.stringContaining('are more than 1400') },
    ]);
  });

  test('at most twenty times a second; the rest is counted into the next', async () => {
    const world = await inGroup();
    const noise = new TextEncoder().encode('noise');
    for (let k = 0; k < 50; k += 1) world.ears[0]?.port.sendAll(noise);
    world.run(500);
    expect(world.delivered).toHaveLength(20);
    world.run(1000);
    world.ears[0]?.port.sendAll(noise);
    world.run(500);
    expect(world.delivered.slice(20)).toMatchObject([
      { type: 'wire.refused', reason: '30 more messages' },
      { type: 'wire.refused', reason: 'not JSON' },
    ]);
  });
});

describe('goes out', () => {
  const chunk = (size: number): Message => ({
    type: 'replica.chunk',
    term: 1,
    index: 1,
    indexTerm: 1,
    offset: 0,
    total: size,
    data: 'x'.repeat(size),
  });

  test('what is for all, in one datagram', async () => {
    const world = await inGroup();
    world.take({ type: 'wire.send', to: ALL, message: beat });
    world.run();
    for (const { heard } of world.ears) {
      expect(heard).toMatchObject([{ type: 'detector.beat', via: 'all' }]);
    }
  });

  test('what is for all but too large for a datagram, one by one to every known peer', async () => {
    const world = await inGroup();
    world.meet(2);
    world.meet(3);
    world.take({ type: 'wire.send', to: ALL, message: chunk(5000) });
    world.run();
    for (const { heard } of world.ears) {
      expect(heard).toMatchObject([{ type: 'replica.chunk', via: 'one' }]);
    }
    expect(world.delivered).toMatchObject([
      { type: 'wire.said', message: 'replica.chunk', to: 'n2' },
      { type: 'wire.said', message: 'replica.chunk', to: 'n3' },
    ]);
  });

  test('what is for one, to that one alone; for a stranger, nowhere', async () => {
    const world = await inGroup();
    world.meet(2);
    for (const to of ['n2', 'n3', 'constructor']) {
      world.take({ type: 'wire.send', to, message: { type: 'detector.probe' } });
    }
    world.run();
    expect(world.ears.map(({ heard }) => heard.length)).toEqual([1, 0]);
  });

  test('what is for an address, to that address', async () => {
    const world = await inGroup();
    const address = world.ears[1]?.port.address;
    world.take({ type: 'wire.send', to: address, message: { type: 'detector.probe' } });
    world.run();
    expect(world.ears.map(({ heard }) => heard.length)).toEqual([0, 1]);
  });

  test('everything with a counter of its own, so that repeats are known', async () => {
    const world = await inGroup();
    for (let k = 0; k < 5; k += 1) world.take({ type: 'wire.send', to: ALL, message: beat });
    world.run();
    expect(new Set(world.ears[0]?.heard.map((one) => one.counter)).size).toBe(5);
  });

  test('nothing that is too long for a frame: an operator is told', async () => {
    const world = await inGroup();
    world.meet(2);
    world.take({ type: 'wire.send', to: 'n2', message: chunk(300_000) });
    world.run();
    expect(world.ears[0]?.heard).toEqual([]);
    expect(world.troubles).toEqual([expect.stringContaining('replica.chunk needs')]);
  });

  test('from an observer, announcements alone', async () => {
    const world = await inGroup({ isObserver: true });
    for (const message of [beat, announce(), { type: 'detector.alive' }]) {
      world.take({ type: 'wire.send', to: ALL, message });
    }
    world.run();
    expect(world.ears[0]?.heard).toMatchObject([{ type: 'membership.announce' }]);
  });
});

test('a lost connection is told by the name of the peer', async () => {
  const world = await inGroup();
  world.meet(2);
  world.take({ type: 'wire.send', to: 'n2', message: { type: 'detector.probe' } });
  world.run();
  world.network.crash('n2');
  world.run(5000);
  expect(world.delivered).toContainEqual({ type: 'wire.lost', peer: 'n2', why: 'reset' });
});

test('a transport that cannot be opened fails the node', async () => {
  const failures: string[] = [];
  const wire = createActor(
    wireOver({
      transport: { open: () => Promise.reject(new Error('port 5007 is taken')) },
      clock: new VirtualClock(),
      timestamp: () => 0,
      deliver: () => {},
      fail: (message) => failures.push(message),
      trouble: () => {},
    }),
    { input: input() },
  );
  wire.start();
  await settle();
  expect(failures).toEqual(['port 5007 is taken']);
});
