/**
 * Joins a real network: UDP multicast for what all should hear, one TCP connection to each peer
 * for what it alone should hear. It turns what sockets do into the three things a node is told.
 */
import type { Discovery } from '../protocol/timing.ts';
import { Connection, canConnectTo } from './connection.ts';
import { assertDatagram, assertFrame } from './frames.ts';
import type { SharedKeys } from './keyring.ts';
import { CONNECTIONS_MAX, FLUSH_MS_MAX } from './limits.ts';
import { Listener } from './listener.ts';
import { Multicast } from './multicast.ts';
import { Rests } from './rests.ts';
import type { Address, Handlers, Loss, Origin, Port, Transport } from './transport.ts';
import { tellRarely } from './trouble.ts';

/** Which network, and how it is spoken on. */
export interface UdpTcpOptions {
  readonly discovery: Discovery;
  /** The IPv4 address of the interface to use. Loopback, unless an operator says otherwise, so
   *  that nothing leaves the machine by accident. */
  readonly interface?: string;
  /** How many routers a multicast datagram may pass, plus one. */
  readonly ttl?: number;
  /** The first TCP port tried, where a node should not start at the contract's. */
  readonly tcpPort?: number;
  /** With keys, connections are encrypted and both ends must have one. Datagrams are sealed by
   *  whoever sends them. */
  readonly keys?: SharedKeys | undefined;
}

/** A transport over the network of one interface. Each `open` is a node of its own. */
export const udpTcp = (options: UdpTcpOptions): Transport => ({
  open: (handlers) => UdpTcpPort.open(options, handlers),
});

/** How a connection ended. */
interface End {
  readonly why: Loss;
  readonly wasAnswered: boolean;
}

interface Sockets {
  readonly multicast: Multicast;
  readonly listener: Listener;
  readonly keys: SharedKeys | undefined;
}

class UdpTcpPort implements Port {
  readonly address: Address;
  readonly #multicast: Multicast;
  readonly #listener: Listener;
  readonly #handlers: GatedHandlers;
  readonly #keys: SharedKeys | undefined;
  readonly #connections = new Map<string, Connection>();
  readonly #rests = new Rests();
  /** Where nothing is sent to for a while, because connections there come to nothing. */
  readonly #resting = new Map<string, NodeJS.Timeout>();

  static async open(options: UdpTcpOptions, handlers: Handlers): Promise<Port> {
    const { discovery, interface: host = '127.0.0.1', ttl = 1 } = options;
    const gated = new GatedHandlers(handlers);
    const multicast = await Multicast.open({
      group: { host: discovery.address, port: discovery.port },
      interface: host,
      ttl,
      heard: (bytes, from) => gated.heard(bytes, { via: 'all', host: from }),
      troubled: (message) => gated.troubled(message),
    });
    try {
      const listener = await Listener.open({
        first: { host, port: options.tcpPort ?? discovery.tcpPort },
        keys: options.keys,
        heard: (frame, from) => gated.heard(frame, { via: 'one', host: from }),
        troubled: tellRarely((message) => gated.troubled(message)),
      });
      gated.isOpen = true;
      return new UdpTcpPort({ multicast, listener, keys: options.keys }, gated);
    } catch (error) {
      await multicast.close();
      throw error;
    }
  }

  private constructor({ multicast, listener, keys }: Sockets, handlers: GatedHandlers) {
    this.#multicast = multicast;
    this.#listener = listener;
    this.#keys = keys;
    this.#handlers = handlers;
    this.address = listener.address;
  }

  sendAll(bytes: Uint8Array, isSpare = false) {
    assertDatagram(bytes);
    if (this.#handlers.isOpen) this.#multicast.send(bytes, isSpare);
  }

  sendOne(to: Address, bytes: Uint8Array, isSpare = false) {
    assertFrame(bytes);
    if (!this.#handlers.isOpen) return;
    const key = `${to.host}:${to.port}`;
    if (this.#resting.has(key)) return;
    const connection = this.#connections.get(key) ?? this.#connect(key, to);
    connection?.send(bytes, isSpare);
  }

  async close(): Promise<void> {
    if (!this.#handlers.isOpen) return;
    this.#handlers.isOpen = false;
    for (const timer of this.#resting.values()) clearTimeout(timer);
    const connections = [...this.#connections.values()];
    const flushed = Promise.all([
      this.#multicast.close(),
      this.#listener.close(),
      ...connections.map((connection) => connection.finish()),
    ]);
    await Promise.race([flushed, elapsed(FLUSH_MS_MAX)]);
    for (const connection of connections) connection.drop();
    // Of a connection with TLS that is reset while it sends, Node 20 may never tell the end.
    await Promise.race([flushed, elapsed(FLUSH_MS_MAX)]);
  }

  #connect(key: string, to: Address): Connection | undefined {
    if (!canConnectTo(to)) return this.#lose(to, 'unreachable');
    if (this.#connections.size >= CONNECTIONS_MAX) return this.#lose(to, 'overflow');
    const connection = new Connection({
      to,
      from: this.address.host,
      keys: this.#keys,
      ended: (why, wasAnswered) => this.#ended(key, to, { why, wasAnswered }),
    });
    this.#connections.set(key, connection);
    return connection;
  }

  #ended(key: string, to: Address, { why, wasAnswered }: End): void {
    this.#connections.delete(key);
    const restMs = this.#rests.after(key, wasAnswered, performance.now());
    if (restMs === 0) {
      this.#lose(to, why);
      return;
    }
    // What is sent meanwhile is lost too.
    const told = () => {
      this.#resting.delete(key);
      this.#lose(to, why);
    };
    this.#resting.set(key, setTimeout(told, restMs));
  }

  /** Tells of a loss, but never during a send. */
  #lose(to: Address, why: Loss): undefined {
    queueMicrotask(() => this.#handlers.lost(to, why));
  }
}

/** Handlers that are told nothing before `open` is done and nothing once `close` has begun. */
class GatedHandlers implements Handlers {
  isOpen = false;
  readonly #handlers: Handlers;

  constructor(handlers: Handlers) {
    this.#handlers = handlers;
  }

  heard(bytes: Uint8Array, origin: Origin) {
    if (this.isOpen) this.#handlers.heard(bytes, origin);
  }

  lost(to: Address, why: Loss) {
    if (this.isOpen) this.#handlers.lost(to, why);
  }

  troubled(message: string) {
    if (this.isOpen) this.#handlers.troubled(message);
  }
}

const elapsed = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
