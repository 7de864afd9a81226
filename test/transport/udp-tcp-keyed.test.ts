/** Sockets with keys keep the contract of a transport, and let nobody in who has none. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { udpTcp } from '../../transport/udp-tcp.ts';
import { transportContract } from './contract.ts';
import { bytesOf, Ear } from './ear.ts';
import { keyring } from './keys.ts';
import { ownDiscovery } from './ports.ts';

transportContract('UDP and TCP with keys', () => {
  const discovery = ownDiscovery();
  return { join: () => udpTcp({ discovery, keys: keyring() }) };
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const open = async (keys: ReturnType<typeof keyring> | undefined) => {
  const ear = new Ear();
  const port = await udpTcp({ discovery: ownDiscovery(), keys }).open(ear);
  closing.push(() => port.close());
  return { ear, port };
};

describe('a node with a key', () => {
  test.each([
    ['without one', undefined],
    ['with another', keyring(2)],
  ])('hears no frame of a node %s, and says so', async (_, keys) => {
    const [one, other] = [await open(keyring(1)), await open(keys)];
    other.port.sendOne(one.port.address, bytesOf('{"let me":"in"}'));
    await one.ear.until('trouble', () => one.ear.troubles.length > 0);
    expect(one.ear.troubles[0]).toMatch(/disconnected 127\.0\.0\.1: it did not show the key/);
    await other.ear.until('a loss', () => other.ear.losses.length > 0);
    expect(one.ear.texts).toEqual([]);
  });

  test('hears a node that has another of its keys', async () => {
    const [one, other] = [await open(keyring(1, 2)), await open(keyring(2, 1))];
    other.port.sendOne(one.port.address, bytesOf('a word'));
    await one.ear.untilHeard('a word');
    one.port.sendOne(other.port.address, bytesOf('an answer'));
    await other.ear.untilHeard('an answer');
  });

  test('speaks nothing older than TLS 1.3, and to nobody without the key', async () => {
    const { port } = await open(keyring());
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = connectTls({
        ...port.address,
        minVersion: version,
        maxVersion: version,
        rejectUnauthorized: false,
      });
      closing.push(() => socket.destroy());
      const [error] = await once(socket, 'error');
      expect(String(error)).toMatch(/alert|ECONNRESET|disconnected/);
    }
  });

  test('sends nothing that can be read to a listener without the key', async () => {
    const { ear, port } = await open(keyring());
    let heard = '';
    const server = createServer((socket) => {
      socket
        .on('error', () => {})
        .on('data', (data) => {
          heard += String(data);
          socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
        });
    }).listen(0, '127.0.0.1');
    closing.push(() => server.close());
    await once(server, 'listening');
    const to = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    port.sendOne(to, bytesOf('a secret word'));
    await ear.until('a loss', () => ear.losses.length > 0);
    expect(heard.length).toBeGreaterThan(0);
    expect(heard).not.toContain('secret');
  });

  test('disconnects who says nothing instead of showing the key', async () => {
    const { ear, port } = await open(keyring());
    const socket = connect(port.address.port, port.address.host);
    closing.push(() => socket.destroy());
    socket.on('error', () => {}).resume();
    await once(socket, 'close');
    expect(ear.troubles[0]).toMatch(/did not show the key \(ERR_TLS_HANDSHAKE_TIMEOUT\)/);
  });
});
