/**
 * What the door costs: a datagram that is heard, without and with keys, beside those that are refused,
 * in one run and by turns, so that only ratios matter. Nothing is told of refusals but once a second.
 */
import { Gate } from '../actors/gate.ts';
import { Proof } from '../actors/proof.ts';
import { Refusals } from '../actors/refusals.ts';
import { nothingStored } from '../actors/storage.ts';
import type { NodeInput } from '../machines/node.ts';
import { decode, encode } from '../protocol/codec.ts';
import type { Message } from '../protocol/event.ts';
import { discoveryDefault, lan } from '../protocol/timing.ts';
import { Keyring, type KeySet, SECRET_BYTES } from '../transport/keyring.ts';
import type { Origin } from '../transport/transport.ts';

/** Datagrams of a turn, few, as a busy machine takes the processor away within milliseconds. */
const COUNT = 50;
const TURNS = 600;
/** The first turns warm the compiler up. */
const WARM = 150;

export interface DoorCost {
  readonly what: string;
  readonly isRefused: boolean;
  readonly hasKeys: boolean;
  /** Of one datagram, by turns. In microseconds. */
  readonly values: readonly number[];
}

const input: NodeInput = {
  ...{ id: 'n1', incarnation: 1, outbids: 0, store: 's1', district: 'town' },
  contract: { timing: lan(), discovery: discoveryDefault },
  ...{ filed: lan(), versions: [1, 1], expect: 1, isObserver: false },
  ...{ intersection: null, links: [], filedPlans: [], stored: nothingStored },
};

const keySet = (byte: number): KeySet => ({
  district: [{ secret: new Uint8Array(SECRET_BYTES).fill(byte), isSealing: true }],
});
const ours = new Keyring('town', keySet(1));
const theirs = new Keyring('town', keySet(2));
const byConnection: Origin = { via: 'one', host: '10.0.0.2' };
const byAll: Origin = { via: 'all', host: '10.0.0.2' };

let counter = 0;
const bytesOf = (payload: object = {}): Uint8Array => {
  counter += 1;
  const sender = { id: 'n2', group: 'g', incarnation: 1, counter, timestamp: 1 };
  // Of what others wait for, as much is heard as can be said.
  const ack: Message = { type: 'replica.ack', term: 1, store: 's2', index: 0 };
  return encode({ ...ack, ...payload } as Message, sender);
};
const changed = (text: string, by: string) => {
  const bytes = Buffer.from(bytesOf()).toString().replace(text, by);
  return new TextEncoder().encode(bytes);
};
const forged = () => {
  const bytes = ours.seal(bytesOf(), 'node');
  bytes[20] = 0x7a;
  return bytes;
};
const broken = (at: number, by: number) => {
  const bytes = bytesOf();
  bytes[at < 0 ? bytes.length + at : at] = by;
  return bytes;
};
/** As rarely as costs most: just when nobody is wary any more. */
const sometimesBroken = () => (counter % 9 === 0 ? broken(-2, 0x41) : bytesOf());
const again = ours.seal(bytesOf(), 'node');

/** What comes in, by kind: made anew for each turn. */
const kinds: readonly (Omit<DoorCost, 'values'> & { readonly make: () => Uint8Array })[] = [
  { what: 'heard', isRefused: false, hasKeys: false, make: () => bytesOf() },
  { what: 'no JSON', isRefused: true, hasKeys: false, make: () => bytesOf().fill(0x41, 3, 9) },
  { what: 'no JSON at its end', isRefused: true, hasKeys: false, make: () => broken(-2, 0x41) },
  { what: 'no JSON now and then', isRefused: true, hasKeys: false, make: sometimesBroken },
  { what: 'no UTF-8', isRefused: true, hasKeys: false, make: () => broken(12, 0xff) },
  {
    what: 'too deep',
    isRefused: true,
    hasKeys: false,
    make: () => changed('"index":0', `"index":${'['.repeat(40)}${']'.repeat(40)}`),
  },
  {
    what: 'prototype',
    isRefused: true,
    hasKeys: false,
    make: () => changed('"index":0', '"__proto__":{}'),
  },
  {
    what: 'malformed header',
    isRefused: true,
    hasKeys: false,
    make: () => changed('"incarnation":1', '"incarnation":-1'),
  },
  {
    what: 'unknown type',
    isRefused: true,
    hasKeys: false,
    make: () => changed('replica.ack', 'xstate.stop'),
  },
  { what: 'malformed payload', isRefused: true, hasKeys: false, make: () => bytesOf({ term: -1 }) },
  { what: 'term ahead', isRefused: true, hasKeys: false, make: () => bytesOf({ term: 2 ** 50 }) },
  { what: 'heard', isRefused: false, hasKeys: true, make: () => ours.seal(bytesOf(), 'node') },
  { what: 'unsealed', isRefused: true, hasKeys: true, make: () => bytesOf() },
  {
    what: 'unknown key',
    isRefused: true,
    hasKeys: true,
    make: () => theirs.seal(bytesOf(), 'node'),
  },
  { what: 'forged', isRefused: true, hasKeys: true, make: forged },
  { what: 'said again', isRefused: true, hasKeys: true, make: () => again },
];

const gateWith = (hasKeys: boolean): Gate => {
  const clock = { now: () => performance.now(), setTimeout: () => 0, clearTimeout: () => {} };
  const refusals = new Refusals({ now: clock.now, tell: () => {} });
  const proof = new Proof({
    district: 'town',
    clock,
    nonce: () => ours.nonce(),
    say: () => {},
    announcement: () => undefined,
  });
  const keyed = hasKeys ? { seal: ours, proof } : undefined;
  const repeated = () => {};
  const { now } = clock;
  const logEnd = () => 0;
  const gate = new Gate({ node: input, decode, refusals, keyed, now, logEnd, repeated });
  gate.group = 'g';
  // Its sender is known, so that what it says is heard by multicast too.
  gate.admit(hasKeys ? ours.seal(bytesOf(), 'node') : bytesOf(), byConnection);
  gate.joined('n2', 1);
  return gate;
};

export const doorCosts = (turns = TURNS): DoorCost[] => {
  const values = kinds.map((): number[] => []);
  const gates = kinds.map(({ hasKeys }) => gateWith(hasKeys));
  for (let turn = 0; turn < WARM + turns; turn += 1) {
    for (let place = 0; place < kinds.length; place += 1) {
      // Another one begins each turn: collecting what turns leave behind comes at regular places.
      const k = (place + turn * 7) % kinds.length;
      const { make } = kinds[k] as (typeof kinds)[number];
      const gate = gates[k] as Gate;
      const all = Array.from({ length: COUNT }, make);
      const startMs = performance.now();
      for (const bytes of all) gate.admit(bytes, byAll);
      if (turn >= WARM) values[k]?.push(((performance.now() - startMs) * 1000) / COUNT);
    }
  }
  return kinds.map(({ make: _, ...kind }, k) => ({ ...kind, values: values[k] ?? [] }));
};
