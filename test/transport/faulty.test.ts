/** Shows that a transport that is hurt on purpose hurts as a network would, and heals without a trace. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../../simulation/clock.ts';
import { FaultyTransport, type Hurt, type HurtPeer, unhurt } from '../../transport/faulty.ts';
import { MemoryNetwork } from '../../transport/memory.ts';
import { transportContract } from './contract.ts';
import { bytesOf, Ear } from './ear.ts';
import { seeded } from './seeded.ts';

/** Words of these tests begin with their sender. */
const senderOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes).split(' ')[0];

transportContract('a transport that nobody hurts', () => {
  const network = new MemoryNetwork({ random: seeded(1), later: setTimeout });
  const clock = { now: performance.now.bind(performance), setTimeout, clearTimeout };
  let count = 0;
  return {
    join: () => {
      const node = `n${++count}`;
      const options = { node, senderOf, random: seeded(2), clock: clock as never };
      return new FaultyTransport(network.transport(node), options);
    },
  };
});

const district = async () => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ random: seeded(1), later: clock.setTimeout });
  const open = async (node: string) => {
    const options = { node, senderOf, random: seeded(3), clock: clock as never };
    const transport = new FaultyTransport(network.transport(node), options);
    const ear = new Ear();
    return { node, transport, ear, port: await transport.open(ear) };
  };
  const [a, b, c] = [await open('a'), await open('b'), await open('c')];
  /** Microtasks, in which losses are told, come between timers. */
  const run = async (ms: number) => {
    const untilMs = clock.now() + ms;
    while (clock.step(untilMs)) await undefined;
    await undefined;
  };
  const link = ({ node, port }: typeof a, what: Partial<HurtPeer>): Hurt => ({
    ...unhurt,
    peers: [{ node, address: port.address, isCut: false, slowMs: 0, ...what }],
  });
  /** Both ends are told. */
  const hurt = (what: Partial<HurtPeer>) => {
    a.transport.hurt(link(b, what));
    b.transport.hurt(link(a, what));
  };
  return { network, run, a, b, c, hurt };
};

test('over a cut link no datagram gets through either way, and others hear it', async () => {
  const { a, b, c, run, hurt } = await district();
  hurt({ isCut: true });
  a.port.sendAll(bytesOf('a all'));
  b.port.sendAll(bytesOf('b all'));
  await run(100);
  expect(a.ear.texts).toEqual(['a all']);
  expect(b.ear.texts).toEqual(['b all']);
  expect(c.ear.texts.sort()).toEqual(['a all', 'b all']);
});

test('what is for one is held up by a cut, and arrives in order when it is mended in time', async () => {
  const { a, b, run, hurt } = await district();
  hurt({ isCut: true });
  for (const word of ['a 1', 'a 2', 'a 3']) a.port.sendOne(b.port.address, bytesOf(word));
  await run(2_900);
  expect(b.ear.texts).toEqual([]);
  hurt({});
  a.port.sendOne(b.port.address, bytesOf('a 4'));
  await run(100);
  expect(b.ear.texts).toEqual(['a 1', 'a 2', 'a 3', 'a 4']);
  expect(a.ear.losses).toEqual([]);
});

test('what is held up for too long is lost as unreachable, once, and what comes after gets through', async () => {
  const { a, b, run, hurt } = await district();
  hurt({ isCut: true });
  a.port.sendOne(b.port.address, bytesOf('a 1'));
  a.port.sendOne(b.port.address, bytesOf('a 2'));
  await run(3_100);
  expect(a.ear.losses).toEqual([{ to: b.port.address, why: 'unreachable' }]);
  hurt({});
  a.port.sendOne(b.port.address, bytesOf('a 3'));
  await run(100);
  expect(b.ear.texts).toEqual(['a 3']);
});

test('through a cut nobody hears that the peer has died, only silence', async () => {
  const { network, a, b, run, hurt } = await district();
  a.port.sendOne(b.port.address, bytesOf('a 1'));
  await run(10);
  hurt({ isCut: true });
  network.crash('b');
  await run(2_900);
  expect(a.ear.losses).toEqual([]);
  await run(200);
  expect(a.ear.losses).toEqual([{ to: b.port.address, why: 'unreachable' }]);
});

test('a slow link takes longer by so much, for datagrams and for what is for one, in order', async () => {
  const { a, b, c, run, hurt } = await district();
  hurt({ slowMs: 300 });
  a.port.sendAll(bytesOf('a all'));
  a.port.sendOne(b.port.address, bytesOf('a 1'));
  a.port.sendOne(b.port.address, bytesOf('a 2'));
  await run(295);
  expect(b.ear.texts).toEqual([]);
  expect(c.ear.texts).toEqual(['a all']);
  await run(20);
  expect(b.ear.texts.filter((text) => text !== 'a all')).toEqual(['a 1', 'a 2']);
  expect(b.ear.texts).toContain('a all');
});

test('loss takes about as many datagrams as told, and nothing from a connection', async () => {
  const { a, b, run } = await district();
  b.transport.hurt({ ...unhurt, lossRatio: 0.3 });
  a.transport.hurt({ ...unhurt, lossRatio: 0.3, latencyMsMax: 20 });
  const words = Array.from({ length: 1000 }, (_, k) => `a ${k}`);
  for (const word of words) a.port.sendAll(bytesOf(word));
  await run(100);
  expect(b.ear.texts.length / words.length).toBeCloseTo(0.7, 1);
  b.ear.all.length = 0;
  for (const word of words.slice(0, 100)) a.port.sendOne(b.port.address, bytesOf(word));
  await run(100);
  expect(b.ear.texts.length).toBeLessThan(100);
  await run(1_000);
  expect(b.ear.texts).toEqual(words.slice(0, 100));
});

test('what was slow when the port is closed is sent, and what was cut is not', async () => {
  const { a, b, c, run } = await district();
  const peer = { slowMs: 0, isCut: false };
  a.transport.hurt({
    ...unhurt,
    peers: [
      { ...peer, node: 'b', address: b.port.address, slowMs: 500 },
      { ...peer, node: 'c', address: c.port.address, isCut: true },
    ],
  });
  a.port.sendOne(b.port.address, bytesOf('a slow'));
  a.port.sendOne(c.port.address, bytesOf('a cut'));
  await a.port.close();
  await run(5_000);
  expect(b.ear.texts).toEqual(['a slow']);
  expect(c.ear.texts).toEqual([]);
  expect(a.ear.losses).toEqual([]);
});
