/**
 * Listens for TCP connections and reads the frames they carry, answering each with a newline, by
 * which the sender knows that this node still reads. It trusts nobody: what is too long, too
 * quiet or too many is disconnected, and only that.
 */
import type { Server, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { FrameReader } from './frames.ts';
import type { SharedKeys } from './keyring.ts';
import {
  ANSWERS_BYTES_MAX,
  CONNECTIONS_MAX,
  CONNECTIONS_OF_HOST_MAX,
  FIRST_FRAME_MS_MAX,
  KEEP_ALIVE_MS,
  PORT_TRIES_MAX,
} from './limits.ts';
import { serverOf } from './secure.ts';
import { type Address, FRAME_BYTES_MAX } from './transport.ts';
import type { TellTrouble } from './trouble.ts';

export interface ListenerOptions {
  /** The host to listen on, and the first port tried. */
  readonly first: Address;
  /** With keys, only those who have one are read. */
  readonly keys: SharedKeys | undefined;
  heard(frame: Uint8Array, host: string): void;
  readonly troubled: TellTrouble;
}

export class Listener {
  readonly address: Address;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** How many of them each host has. */
  readonly #hosts = new Map<string, number>();
  readonly #options: ListenerOptions;

  /** Listens on the first free port. Rejects, saying why, when there is none. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const sockets = {
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    };
    let read = (socket: Socket): void => void socket.destroy();
    const server = serverOf(sockets, options.keys, (socket) => read(socket));
    server.maxConnections = CONNECTIONS_MAX;
    const address = await listen(server, options.first);
    const listener = new Listener(server, address, options);
    read = (socket) => listener.#read(socket);
    return listener;
  }

  private constructor(server: Server, address: Address, options: ListenerOptions) {
    this.#server = server;
    this.address = address;
    this.#options = options;
    const { troubled } = options;
    server
      .on('connection', (socket) => this.#admit(socket))
      .on('tlsClientError', (error: Error, socket: Socket) => {
        const host = socket.remoteAddress ?? 'somebody who is gone';
        socket.destroy(); // Of one who only waits, the server tells and no more.
        troubled('keyless', `disconnected ${host}: it did not show the key (${codeOf(error)})`);
      })
      .on('drop', () => troubled('full', `refused a connection beyond ${CONNECTIONS_MAX}`))
      .on('error', (error) => troubled('listener', `accepting connections: ${error.message}`));
  }

  /** Disconnects everybody and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Takes a connection in, before anybody has shown a key. */
  #admit(socket: Socket) {
    const host = socket.remoteAddress;
    if (host === undefined) return void socket.destroy(); // Gone before we looked.
    const count = this.#hosts.get(host) ?? 0;
    if (count >= CONNECTIONS_OF_HOST_MAX) {
      socket.destroy();
      const limit = `its connections are more than ${CONNECTIONS_OF_HOST_MAX}`;
      return this.#options.troubled('many', `disconnected ${host}: ${limit}`);
    }
    this.#hosts.set(host, count + 1);
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      const left = (this.#hosts.get(host) ?? 1) - 1;
      if (left === 0) this.#hosts.delete(host);
      else this.#hosts.set(host, left);
    });
  }

  #read(socket: Socket) {
    const host = socket.remoteAddress;
    if (host === undefined) return void socket.destroy(); // Gone before we looked.
    const refuse = (fault: string) => {
      socket.destroy();
      this.#options.troubled('peer', `disconnected ${host}: ${fault}`);
    };
    const reader = new FrameReader();
    const hear = (frame: Uint8Array) => this.#options.heard(frame, host);
    socket.setTimeout(FIRST_FRAME_MS_MAX, () => refuse('it said nothing'));
    socket
      .on('data', (chunk) => {
        let frames = 0;
        const isReadable = reader.read(chunk, (frame) => {
          frames += 1;
          hear(frame);
        });
        if (!isReadable) return refuse(`its frame is longer than ${FRAME_BYTES_MAX} bytes`);
        if (frames === 0) return;
        socket.setTimeout(0);
        if (socket.writableLength > ANSWERS_BYTES_MAX) return refuse('it reads no answers');
        if (socket.writable) socket.write('\n'.repeat(frames));
      })
      .on('error', () => {}); // The peer is gone, and its own side is told.
  }
}

/** Tries one port after another, because another node on this machine may have the first. */
const listen = async (server: Server, { host, port: first }: Address): Promise<Address> => {
  const last = Math.min(first + PORT_TRIES_MAX - 1, 65_535);
  for (let port = first; port <= last; port += 1) {
    const error = await listenOn(server, { host, port });
    if (!error) return { host, port };
    if (error.code !== 'EADDRINUSE') throw new Error(explained(error, { host, port }));
  }
  throw new Error(`every TCP port from ${first} to ${last} on ${host} is taken`);
};

const listenOn = (server: Server, address: Address) =>
  new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const settle = (error?: NodeJS.ErrnoException) => {
      server.off('error', settle).off('listening', settle);
      resolve(error);
    };
    server.once('error', settle).once('listening', settle);
    server.listen({ ...address, exclusive: true });
  });

const explained = (error: NodeJS.ErrnoException, { host, port }: Address): string => {
  if (error.code !== 'EADDRNOTAVAIL') return `cannot listen on ${host}:${port}: ${error.message}`;
  const here = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address);
  return `no interface of this machine has the address ${host}; it has ${here.join(', ')}`;
};

const codeOf = (error: NodeJS.ErrnoException): string => error.code ?? error.message;
