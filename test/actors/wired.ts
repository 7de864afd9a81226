/** The wire of one node on a network with two plain ears, and what they say to it. */
import { createActor } from 'xstate';
import { nothingStored } from '../../actors/storage.ts';
import { wireOver } from '../../actors/wire.ts';
import type { NodeInput } from '../../machines/node.ts';
import { decode, type Sender } from '../../protocol/codec.ts';
import type { BusEvent, Emitted, Heard, Message } from '../../protocol/event.ts';
import type { Seal } from '../../protocol/seal.ts';
import { discoveryDefault, lan } from '../../protocol/timing.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { MemoryNetwork } from '../../transport/memory.ts';
import type { Port } from '../../transport/transport.ts';
import { seeded } from '../transport/seeded.ts';
import { settle } from './town.ts';

export const input = (rest: Partial<NodeInput> = {}): NodeInput => ({
  id: 'n1',
  incarnation: 1,
  outbids: 0,
  store: 's1',
  district: 'town',
  contract: { timing: lan(), discovery: discoveryDefault },
  filed: lan(),
  versions: [1, 1],
  expect: 1,
  isObserver: false,
  intersection: null,
  links: [],
  filedPlans: [],
  stored: nothingStored,
  ...rest,
});

/** The wire of n1 on a network with two plain ears, n2 and n3. */
export const wired = async (rest: Partial<NodeInput> = {}, seal?: Seal) => {
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
      logEnd: () => 0,
      timestamp: () => clock.now() / 1000,
      decode,
      seal,
      deliver: (event) => delivered.push(event),
      fail: (message) => failures.push(message),
      trouble: (message) => troubles.push(message),
    }),
    { input: input(rest) },
  );
  wire.start();
  const ears: {
    port: Port;
    heard: { type: string; via: string; counter: number; bytes: Uint8Array }[];
  }[] = [];
  for (const name of ['n2', 'n3']) {
    const heard: { type: string; via: string; counter: number; bytes: Uint8Array }[] = [];
    const port = await network.transport(name).open({
      heard: (bytes, { via }) => {
        const decoded = decode(bytes);
        const type = 'message' in decoded ? decoded.message.type : decoded.refused;
        heard.push({ type, via, counter: 'message' in decoded ? decoded.counter : -1, bytes });
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

export const beat: Message = { type: 'detector.beat', term: 1, store: 's2', index: 0, commit: 0 };
export const announce = (rest: object = {}): Message =>
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
export const sender = (rest: Partial<Sender> = {}): Sender => {
  counter += 1;
  return { id: 'n2', group: 'g', incarnation: 1, counter, timestamp: 0, ...rest };
};

/** Says bytes to all from n2; gives what n1's machines hear of it. */
export const heardOf = (world: Wired, bytes: Uint8Array) => {
  const first = world.delivered.length;
  world.ears[0]?.port.sendAll(bytes);
  world.run();
  return world.delivered.slice(first);
};

export const inGroup = async (rest: Partial<NodeInput> = {}, seal?: Seal) => {
  const world = await wired(rest, seal);
  world.take({ type: 'genesis.formed', group: 'g' });
  return world;
};
