/** What of all that a network carries a node's machines ever hear. */
import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import { wireOver } from '../../actors/wire.ts';
import { decode, encode } from '../../protocol/codec.ts';
import { ALL, type Emitted, type Heard } from '../../protocol/event.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { DATAGRAM_BYTES_MAX, type Port } from '../../transport/transport.ts';
import { settle } from './town.ts';

import { announce, beat, heardOf, inGroup, input, sender, wired } from './wired.ts';

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
});

describe('is dropped, and told', () => {
  const repeated = { type: 'wire.repeated', message: beat.type, peer: 'n2', peerIncarnation: 1 };

  test('a repeated datagram', async () => {
    const world = await inGroup();
    const once = sender();
    const bytes = encode(beat, once);
    expect(heardOf(world, bytes)).toHaveLength(1);
    expect(heardOf(world, bytes)).toMatchObject([{ ...repeated, counter: once.counter }]);
    world.network.faults.duplicationRatio = 1;
    expect(heardOf(world, encode(beat, sender()))).toMatchObject([beat, repeated]);
  });

  test('a flood of them at most twenty times a second', async () => {
    const world = await inGroup();
    const bytes = encode(beat, sender());
    const told = Array.from({ length: 50 }, () => heardOf(world, bytes)).flat();
    expect(told.filter(({ type }) => type === 'wire.repeated')).toHaveLength(20);
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
        logEnd: () => 0,
        timestamp: () => 0,
        decode,
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

  test('once a second for each reason; the rest is counted into the next', async () => {
    const world = await inGroup();
    const noise = new TextEncoder().encode('noise');
    for (let k = 0; k < 50; k += 1) world.ears[0]?.port.sendAll(noise);
    world.run(500);
    expect(world.delivered).toMatchObject([{ type: 'wire.refused', reason: 'not JSON' }]);
    world.run(1000);
    world.ears[0]?.port.sendAll(noise);
    world.run(500);
    expect(world.delivered.slice(1)).toMatchObject([
      { type: 'wire.refused', reason: 'not JSON (and 49 more like it since)' },
    ]);
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
      logEnd: () => 0,
      timestamp: () => 0,
      decode,
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
