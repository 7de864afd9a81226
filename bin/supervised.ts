/**
 * The node's end of the channel to the `greenwave up` that started it. Nobody else can speak there:
 * it is a pipe between the two processes. A node that was started otherwise has none, and cannot be
 * hurt so; when its supervisor is gone, whatever that had done is undone.
 */
import { Compile } from 'typebox/compile';
import { type Clock, realClock } from '../actors/clock.ts';
import { FaultyTransport, unhurt } from '../transport/faulty.ts';
import type { Transport } from '../transport/transport.ts';
import { type HurtWord, hurtSchema } from './hurt-word.ts';
import { SkewedClock } from './skewed-clock.ts';

export interface Supervision {
  /** What the node runs on. */
  readonly clock: Clock;
  /** The transport as the supervisor would have it, for one life of the node. */
  readonly through: (transport: Transport) => Transport;
}

const isHurt = Compile(hurtSchema);
const nothing: HurtWord = { ...unhurt, peers: [], driftPpm: 0 };

export const supervised = (node: string): Supervision => {
  const { channel } = process;
  if (!channel) return { clock: realClock, through: (transport) => transport };
  const clock = new SkewedClock();
  const options = { node, senderOf, random: Math.random, clock: realClock };
  let now = nothing;
  let current: FaultyTransport | undefined;
  const hurt = (word: HurtWord) => {
    now = word;
    clock.drift(word.driftPpm);
    current?.hurt(word);
  };
  process.on('message', (word) => {
    if (isHurt.Check(word)) hurt(word);
  });
  process.on('disconnect', () => hurt(nothing));
  // What a node waits for is not its supervisor.
  channel.unref();
  return {
    clock,
    through: (transport) => {
      current = new FaultyTransport(transport, options);
      current.hurt(now);
      return current;
    },
  };
};

const SENDER = /"sender_id":"((?:[^"\\]|\\.)*)"/;

/** Who a message says it is from. The header comes first, in which no text stands before it. */
const senderOf = (bytes: Uint8Array): string | undefined => {
  const found = SENDER.exec(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  return found?.[1] === undefined ? undefined : (JSON.parse(`"${found[1]}"`) as string);
};
