/**
 * The judge itself, on a virtual clock: our own node keeps every sentence, and of a node whose words
 * are changed on their way out, each change is found and told as what it is.
 */
import { describe, expect, test } from 'vitest';
import type { SentenceId } from '../../conformance/sentences.ts';
import { type Findings, tryNode } from '../../conformance/trial.ts';
import type { Handlers, Port, Transport } from '../../transport/transport.ts';
import { type Place, settle, Town } from '../actors/town.ts';

type Fields = Record<string, unknown>;
interface Wire extends Fields {
  readonly type: string;
  readonly counter: number;
  readonly payload: Fields;
}
/** What becomes of a message of the node: itself, others, or nothing. */
type Change = (message: Wire) => readonly Wire[];

const text = new TextDecoder();
const encoder = new TextEncoder();

/** A transport that lets out what the change makes of each message. */
const changing = (inner: Transport, change: Change): Transport => ({
  open: async (handlers: Handlers): Promise<Port> => {
    const port = await inner.open(handlers);
    const made = (bytes: Uint8Array) =>
      change(JSON.parse(text.decode(bytes)) as Wire).map((one) =>
        encoder.encode(JSON.stringify(one)),
      );
    return {
      address: port.address,
      sendAll: (bytes) => {
        for (const one of made(bytes)) port.sendAll(one);
      },
      sendOne: (to, bytes) => {
        for (const one of made(bytes)) port.sendOne(to, one);
      },
      close: () => port.close(),
    };
  },
});

/** Time passes in steps so small that a disk is fast. */
const STEP_MS = 10;
/** The node is started after the trial has begun. */
const LATER_MS = 1_000;

interface Trying {
  readonly change?: Change;
  readonly steps?: number;
  /** Nobody is started. */
  readonly isAbsent?: boolean;
}

const trial = async ({ change = (one) => [one], steps = 0, isAbsent }: Trying) => {
  const town = new Town(3);
  const { clock, district, network } = town;
  const transport = changing(network.transport('n1'), change);
  const { timing, discovery, name } = district;
  let place: Place | undefined;
  let isOver = false;
  const found = tryNode({
    transports: [network.transport('a'), network.transport('b')],
    clock,
    wall: () => 1_700_000_000_000 + clock.now(),
    district: { name, contract: { timing, discovery } },
    target: { host: '10.0.0.0', port: discovery.tcpPort },
    chance: { seed: 1, steps },
    waitMs: 10_000,
    leaveMs: 5_000,
    tell: (what) => {
      if (what === 'stop it now') void place?.node.stop();
    },
  }).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    town.run(STEP_MS);
    await settle();
    if (clock.now() >= LATER_MS && !place && !isAbsent)
      place = await town.open('n1', { transport });
  }
  expect(place?.failures ?? []).toEqual([]);
  return await found;
};

const failed = ({ verdicts }: Findings) =>
  verdicts.flatMap(({ id, verdict }) => (verdict === 'failed' ? [id] : []));

test('our own node keeps every sentence', async () => {
  const { verdicts, ...rest } = await trial({ steps: 300 });
  expect(verdicts.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  expect(rest).toEqual({ node: 'n1', others: [] });
});

test('where nobody is, nothing is reached, and that is said', async () => {
  const { verdicts, node, ended } = await trial({ isAbsent: true });
  expect(node).toBe(null);
  expect(ended).toBe('nobody announced it within 10 s');
  expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['not reached']));
});

const of =
  (type: string, make: (message: Wire) => readonly Wire[]): (() => Change) =>
  () =>
  (message) =>
    message.type === type ? make(message) : [message];

/** A change of some fields of one type of message. */
const fields = (type: string, make: (payload: Fields) => Fields) =>
  of(type, (message) => [
    { ...message, payload: { ...message.payload, ...make(message.payload) } },
  ]);

/** Every other message of a type is dropped. */
const everyOther = (type: string) => (): Change => {
  let count = 0;
  return (message) => {
    count += message.type === type ? 1 : 0;
    return message.type === type && count % 2 === 0 ? [] : [message];
  };
};

const number = (value: unknown): number => value as number;

/** Only the first message of a type is let out. */
const once = (type: string) => (): Change => {
  let count = 0;
  return (message) => {
    count += message.type === type ? 1 : 0;
    return message.type === type && count > 1 ? [] : [message];
  };
};

const announced = (what: Fields) => fields('membership.announce', () => what);

describe('of a node that', () => {
  test.each<[string, SentenceId, () => Change]>([
    [
      'gives its beats the number of what it said before',
      'counter',
      of('detector.beat', (message) => [{ ...message, counter: message.counter - 1 }]),
    ],
    [
      'says milliseconds for seconds',
      'header',
      () => (message) => [{ ...message, timestamp: 1_700_000_000_000 }],
    ],
    ['says a field of another type', 'form', fields('detector.beat', () => ({ commit: '1' }))],
    ['announces another contract', 'contract', announced({ contract: '0123456789abcdef' })],
    ['joins without asking', 'joins', announced({ asks: false })],
    [
      'answers a challenge with another store',
      'challenged',
      fields('membership.present', () => ({ store: 'x' })),
    ],
    ['beats half as often', 'beats', everyOther('detector.beat')],
    [
      'forgets for whom it was probed',
      'probed',
      of('detector.alive', (message) => [{ ...message, payload: {} }]),
    ],
    [
      'vouches for an earlier life',
      'helps',
      fields('detector.vouch', () => ({ peerIncarnation: 7 })),
    ],
    ['asks for the state once', 'fetches', once('replica.fetch')],
    [
      'asks for the next part from the wrong place',
      'parts',
      fields('replica.fetch', ({ offset }) => ({
        offset: number(offset) + 1 * Math.sign(number(offset)),
      })),
    ],
    [
      'is admitted for another store',
      'admits',
      fields('replica.propose', ({ command }) => ({
        command: { ...(command as Fields), store: 'x' },
      })),
    ],
    [
      'acknowledges one entry too many',
      'honest',
      fields('replica.ack', ({ index }) => ({ index: number(index) + 1 })),
    ],
    ['acknowledges every other time', 'acknowledges', everyOther('replica.ack')],
    [
      'skips what is missing',
      'gap',
      fields('replica.nack', ({ index }) => ({ index: number(index) + 1 })),
    ],
    [
      'tells more to be agreed on than is',
      'commits',
      fields('detector.beat', ({ commit }) => ({ commit: number(commit) + 1 })),
    ],
    ['leans to everybody', 'led', fields('election.lean', () => ({ granted: true }))],
    ['votes for everybody', 'once', fields('election.vote', () => ({ granted: true }))],
    [
      'says what term it was in',
      'terms',
      fields('election.vote', ({ term }) => ({ term: number(term) - 2 })),
    ],
    [
      'leads though nobody voted for it',
      'alone',
      fields('detector.beat', () => ({ leader: 'n1' })),
    ],
    ['grants leases of any round', 'lease', fields('lease.grant', () => ({ round: 5 }))],
    ['says goodbye once', 'leaves', once('membership.goodbye')],
  ])('%s, it is said that not: %s', async (_, id, change) => {
    const found = await trial({ change: change() });
    expect(failed(found)).toContain(id);
  });
});
