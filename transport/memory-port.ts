/**
 * A node's place on a memory network: speaks the port's language, and behind it hands datagrams to
 * the links and frames to connections.
 */
import { assertDatagram, assertFrame } from './frames.ts';
import { CONNECTIONS_MAX } from './limits.ts';
import { MemoryConnection } from './memory-connection.ts';
import type { Host, Links } from './memory-links.ts';
import type { Address, Handlers, Loss, Port } from './transport.ts';

export interface MemoryPortOptions {
  readonly links: Links;
  readonly host: Host;
  /** Everybody on the network, this host included; it grows while the network runs. */
  readonly hosts: readonly Host[];
  readonly handlers: Handlers;
  hostAt(address: Address): Host | undefined;
  /** Told once, when the port is closed or has crashed. */
  closed(): void;
}

export class MemoryPort implements Port {
  readonly address: Address;
  readonly #options: MemoryPortOptions;
  readonly #connections = new Map<string, MemoryConnection>();
  #isOpen = true;

  constructor(options: MemoryPortOptions) {
    this.#options = options;
    this.address = options.host.address;
    const { handlers } = options;
    options.host.hearer = { heard: (bytes, origin) => handlers.heard(bytes, origin) };
  }

  sendAll(bytes: Uint8Array) {
    assertDatagram(bytes);
    const { links, host, hosts } = this.#options;
    if (this.#isOpen) links.carry(bytes, host, hosts);
  }

  sendOne(to: Address, bytes: Uint8Array, isSpare = false) {
    assertFrame(bytes);
    if (!this.#isOpen) return;
    const key = keyOf(to);
    const connection = this.#connections.get(key) ?? this.#connect(key, to);
    connection?.send(bytes, isSpare);
  }

  /** What was sent is on its way already, and arrives without further help. */
  async close(): Promise<void> {
    this.#shut();
  }

  /** Ends as a killed process does. */
  crash() {
    const connections = [...this.#connections.values()];
    this.#shut();
    for (const connection of connections) connection.senderCrashed();
  }

  /** Another port is gone. */
  peerClosed(address: Address) {
    this.#connections.get(keyOf(address))?.peerClosed();
  }

  /** Some way of the network was mended. */
  mended() {
    for (const connection of this.#connections.values()) connection.mended();
  }

  #shut() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#options.host.hearer = undefined;
    this.#options.closed();
  }

  #connect(key: string, to: Address): MemoryConnection | undefined {
    if (this.#connections.size >= CONNECTIONS_MAX) return this.#lose(to, 'overflow');
    const { links, host, hostAt } = this.#options;
    const connection = new MemoryConnection({
      links,
      from: host,
      to,
      peer: hostAt(to),
      ended: (why) => {
        this.#connections.delete(key);
        this.#lose(to, why);
      },
    });
    this.#connections.set(key, connection);
    return connection;
  }

  /** Tells of a loss, but never during a send. */
  #lose(to: Address, why: Loss): undefined {
    const { links, handlers } = this.#options;
    links.later(() => {
      if (this.#isOpen) handlers.lost(to, why);
    }, 0);
  }
}

const keyOf = ({ host, port }: Address): string => `${host}:${port}`;
