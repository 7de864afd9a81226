/** What happens to datagrams that the kernel does not take: it is made to take none here. */
import { Socket } from 'node:dgram';
import { afterEach, expect, test, vi } from 'vitest';
import { SENDING_MAX, SENDING_SPARE_MAX } from '../../transport/limits.ts';
import { Multicast } from '../../transport/multicast.ts';
import { ownDiscovery } from './ports.ts';

type Sent = (error: Error | null) => void;

let opened: Multicast | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await opened?.close();
});

/** A group whose datagrams wait until they are taken, by who calls what `waiting` holds. */
const standing = async () => {
  const { address: host, port } = ownDiscovery();
  const multicast = await Multicast.open({
    ...{ group: { host, port }, interface: '127.0.0.1', ttl: 1 },
    ...{ heard: () => {}, troubled: () => {} },
  });
  opened = multicast;
  const waiting: Sent[] = [];
  vi.spyOn(Socket.prototype, 'send').mockImplementation((...args: unknown[]) => {
    waiting.push(args.at(-1) as Sent);
  });
  const send = (count: number, isSpare: boolean) => {
    for (let k = 0; k < count; k += 1) multicast.send(new Uint8Array(1), isSpare);
  };
  return { send, waiting };
};

test('of datagrams that do not go out a bounded number waits, and chatter leaves room for votes', async () => {
  const { send, waiting } = await standing();
  send(SENDING_SPARE_MAX + 1_000, true);
  expect(waiting).toHaveLength(SENDING_SPARE_MAX);
  send(SENDING_MAX, false);
  expect(waiting).toHaveLength(SENDING_MAX);
});

test('as many as were taken are sent again, whether or not the kernel had room for them', async () => {
  const { send, waiting } = await standing();
  send(SENDING_MAX, false);
  const noRoom = Object.assign(new Error('no room'), { code: 'ENOBUFS' });
  for (const [k, sent] of waiting.splice(0, 7).entries()) sent(k % 2 === 0 ? null : noRoom);
  send(10, false);
  expect(waiting).toHaveLength(SENDING_MAX);
  for (const sent of waiting.splice(0)) sent(null);
});
