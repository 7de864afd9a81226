/** Shows what sockets alone can do to a node: taken ports, strangers, slow readers, killed peers. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { QUEUE_BYTES_MAX } from '../../transport/limits.ts';
import { Multicast } from '../../transport/multicast.ts';
import { type Address, FRAME_BYTES_MAX } from '../../transport/transport.ts';
import { type UdpTcpOptions, udpTcp } from '../../transport/udp-tcp.ts';
import { bytesOf, Ear } from './ear.ts';
import { ownDiscovery } from './ports.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const open = async (options: Partial<UdpTcpOptions> = {}) => {
  const ear = new Ear();
  const port = await udpTcp({ discovery: ownDiscovery(), ...options }).open(ear);
  closing.push(() => port.close());
  return { ear, port };
};

/** A TCP server that is no port of ours. */
const stranger = async (accepted: (socket: Socket) => void): Promise<Address> => {
  const server = createServer((socket) => {
    closing.push(() => socket.destroy());
    socket.on('error', () => {});
    accepted(socket);
  }).listen(0, '127.0.0.1');
  closing.push(() => server.close());
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
};

const connected = async ({ host, port }: Address): Promise<Socket> => {
  const socket = connect(port, host);
  closing.push(() => socket.destroy());
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  return socket;
};

test('when the TCP port is taken, the next free one up is used and announced', async () => {
  const discovery = ownDiscovery();
  const nodes = [];
  for (let count = 0; count < 3; count += 1) nodes.push(await open({ discovery }));
  const ports = nodes.map(({ port }) => port.address.port);
  expect(ports[0]).toBeGreaterThanOrEqual(discovery.tcpPort);
  expect(new Set(ports).size).toBe(3);
  expect(ports).toEqual(ports.toSorted((a, b) => a - b));
});

test('nodes on different addresses of a machine have the same TCP port', async () => {
  const discovery = ownDiscovery();
  const one = await open({ discovery, interface: '127.0.0.7' });
  const other = await open({ discovery, interface: '127.0.0.8' });
  expect(other.port.address).toEqual({ host: '127.0.0.8', port: one.port.address.port });
  one.port.sendOne(other.port.address, bytesOf('one'));
  one.port.sendAll(bytesOf('all'));
  await other.ear.untilHeard('one');
  await other.ear.untilHeard('all');
  expect(other.ear.all.map(({ host }) => host)).toEqual(['127.0.0.7', '127.0.0.7']);
});

test('an interface that this machine does not have is refused with those it has', async () => {
  const opening = udpTcp({ discovery: ownDiscovery(), interface: '192.0.2.1' }).open(new Ear());
  await expect(opening).rejects.toThrow(/no interface .* 192\.0\.2\.1; it has .*127\.0\.0\.1/);
});

test('a datagram of 64 kB is handed up, because the wire judges it', async () => {
  const discovery = ownDiscovery();
  const { ear } = await open({ discovery });
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setMulticastInterface('127.0.0.1');
  const text = 'x'.repeat(65_507);
  socket.send(bytesOf(text), discovery.port, discovery.address, () => socket.close());
  await ear.untilHeard(text);
});

test('rubbish is handed up; a frame without end costs its sender the connection', async () => {
  const { ear, port } = await open();
  const [good, bad] = [await connected(port.address), await connected(port.address)];
  good.write('{"half":');
  bad.write(new Uint8Array(FRAME_BYTES_MAX + 1).fill(0x80));
  await once(bad, 'close');
  await ear.until('trouble', () => ear.troubles.length === 1);
  expect(ear.troubles[0]).toMatch(/disconnected 127\.0\.0\.1: its frame is longer/);
  good.write('"whole"}\n\u0000\uffff\n');
  await ear.untilHeard('\u0000\uffff');
  expect(ear.texts).toEqual(['{"half":"whole"}', '\u0000\uffff']);
});

test('every frame is answered with a newline', async () => {
  const { port } = await open();
  const socket = await connected(port.address);
  socket.write('a\nb\nc');
  const [answers] = await once(socket, 'data');
  expect(String(answers)).toBe('\n\n');
});

test('a peer that does not read has a bounded queue, and overflow is told', async () => {
  const { ear, port } = await open();
  const to = await stranger((socket) => socket.pause());
  const frame = new Uint8Array(FRAME_BYTES_MAX).fill(0x20);
  let sentBytes = 0;
  while (ear.losses.length === 0 && sentBytes < QUEUE_BYTES_MAX * 8) {
    port.sendOne(to, frame);
    sentBytes += frame.length;
    await new Promise(setImmediate);
  }
  await ear.untilLost(to, 'overflow');
  expect(sentBytes).toBeGreaterThan(QUEUE_BYTES_MAX);
});

test('a peer that takes frames but never answers is told as unreachable', async () => {
  const { ear, port } = await open();
  const to = await stranger((socket) => socket.resume());
  port.sendOne(to, bytesOf('anybody there?'));
  await ear.untilLost(to, 'unreachable');
});

test('what is no address is told as unreachable and never looked up', async () => {
  const { ear, port } = await open();
  for (const to of [
    { host: 'localhost', port: 6000 },
    { host: '127.0.0.1', port: 65_536 },
    { host: '127.0.0.1', port: 0 },
  ]) {
    port.sendOne(to, bytesOf('hello'));
    await ear.untilLost(to, 'unreachable');
  }
});

test('who ends every connection unanswered is not connected to as fast as one can', async () => {
  const { ear, port } = await open();
  let connections = 0;
  const to = await stranger((socket) => {
    connections += 1;
    socket.resetAndDestroy();
  });
  const sendsUntil = performance.now() + 1_000;
  while (performance.now() < sendsUntil) {
    const losses = ear.losses.length;
    port.sendOne(to, bytesOf('hello'));
    await ear.until('one more loss', () => ear.losses.length > losses);
  }
  expect(connections).toBeGreaterThan(3);
  expect(connections).toBeLessThan(12);
});

/** A process that listens and prints what it hears. */
const LISTENING_PROCESS = `
  const server = require('node:net').createServer((socket) => {
    socket.on('error', () => {}).on('data', (frame) => console.log(String(frame)));
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

const listeningProcess = async (): Promise<{
  child: ChildProcessWithoutNullStreams;
  address: Address;
}> => {
  const child = spawn(process.execPath, ['-e', LISTENING_PROCESS]);
  closing.push(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return { child, address: { host: '127.0.0.1', port: Number(line) } };
};

test('a killed process is told as reset at once, then as refused', async () => {
  const { ear, port } = await open();
  const { child, address } = await listeningProcess();
  port.sendOne(address, bytesOf('hello'));
  await once(child.stdout, 'data'); // It has heard.
  child.kill('SIGKILL');
  await ear.untilLost(address, 'reset');
  // While the kernel tidies up after the process it may take, and reset, another connection.
  for (let losses = 1; ear.losses.at(-1)?.why === 'reset'; losses += 1) {
    port.sendOne(address, bytesOf('still there?'));
    await ear.until('one more loss', () => ear.losses.length > losses);
  }
  expect(ear.losses.at(-1)).toEqual({ to: address, why: 'refused' });
});

test('a missing interface is told once and costs nothing else', async () => {
  const ear = new Ear();
  const { address, port } = ownDiscovery();
  const multicast = await Multicast.open({
    group: { host: address, port },
    interface: '192.0.2.1',
    ttl: 1,
    heard: (bytes, host) => ear.heard(bytes, { via: 'all', host }),
    troubled: (message) => ear.troubled(message),
  });
  closing.push(() => multicast.close());
  expect(ear.troubles).toEqual([]);
  await ear.until('trouble', () => ear.troubles.length > 0);
  expect(ear.troubles).toEqual([expect.stringMatching(/from 192\.0\.2\.1 is lost \(.*ENODEV/)]);
});
