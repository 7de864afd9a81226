/**
 * Sends to and hears from a UDP multicast group, and outlives the network it runs on: a pulled
 * cable or a vanished interface is told once, and the group is joined again when it is back.
 *
 * The kernel does not say when a membership is gone, so it is asked for anew every second: that
 * one call says "you have it", gives it back, or fails because the interface is not there.
 */
import { createSocket, type Socket } from 'node:dgram';
import {
  FLUSH_MS_MAX,
  RECEIVE_BUFFER_BYTES,
  REJOIN_MS,
  SENDING_MAX,
  SENDING_SPARE_MAX,
} from './limits.ts';
import type { Address } from './transport.ts';

export interface MulticastOptions {
  /** The group's address and port. */
  readonly group: Address;
  /** The address of the interface to send from and hear on. */
  readonly interface: string;
  /** How many routers a datagram may pass. */
  readonly ttl: number;
  heard(bytes: Uint8Array, host: string): void;
  /** Told once when the group is lost and once when it is back; never during `open` or `send`. */
  troubled(message: string): void;
}

export class Multicast {
  readonly #options: MulticastOptions;
  #socket: Socket | undefined;
  /** `rejoined` is not yet told: a send has to get out first, or one would cry wolf each second. */
  #state: 'joined' | 'lost' | 'rejoined' | 'closed' = 'joined';
  #watching: NodeJS.Timeout | undefined;
  #sending = 0;
  #idle = () => {};

  /** Rejects when the port cannot be had. A missing interface is only told: it may come back. */
  static async open(options: MulticastOptions): Promise<Multicast> {
    const multicast = new Multicast(options);
    await multicast.#bind();
    multicast.#watching = setTimeout(() => multicast.#watch(), REJOIN_MS);
    try {
      multicast.#join();
    } catch (error) {
      setImmediate(() => multicast.#lose(error));
    }
    return multicast;
  }

  private constructor(options: MulticastOptions) {
    this.#options = options;
  }

  /** Best effort: what cannot be sent is dropped, and first what can be done without. */
  send(bytes: Uint8Array, isSpare = false) {
    const { group } = this.#options;
    if (!this.#socket || this.#sending >= (isSpare ? SENDING_SPARE_MAX : SENDING_MAX)) return;
    this.#sending += 1;
    this.#socket.send(bytes, group.port, group.host, this.#sent);
  }

  /** Waits a moment for what is being sent, then leaves the group. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#watching);
    if (this.#sending > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, FLUSH_MS_MAX);
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#unbind();
  }

  /** One function for all sends, so that a send costs no closure. */
  readonly #sent = (error: NodeJS.ErrnoException | null) => {
    this.#sending -= 1;
    if (this.#sending === 0) this.#idle();
    if (error && error.code !== 'ENOBUFS') return this.#lose(error);
    if (this.#state !== 'rejoined') return;
    this.#state = 'joined';
    this.#tell('works again');
  };

  async #watch() {
    try {
      if (this.#state === 'lost') await this.#rejoin();
      else this.#join();
    } catch (error) {
      this.#lose(error);
    }
    if (this.#state === 'closed') return this.#unbind();
    this.#watching = setTimeout(() => this.#watch(), REJOIN_MS);
  }

  async #rejoin() {
    this.#unbind();
    await this.#bind();
    this.#join();
    if (this.#state === 'lost') this.#state = 'rejoined';
  }

  #lose(error: unknown) {
    const was = this.#state;
    if (was === 'closed') return;
    this.#state = 'lost';
    if (was !== 'joined') return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#tell(`is lost (${reason}); it is tried again every ${REJOIN_MS} ms`);
  }

  #tell(what: string) {
    const { group, interface: from, troubled } = this.#options;
    troubled(`multicast to ${group.host}:${group.port} from ${from} ${what}`);
  }

  async #bind() {
    const { group, heard } = this.#options;
    // Addresses need no look-up, and without one a send reaches the kernel before it returns.
    const socket = createSocket({
      type: 'udp4',
      reuseAddr: true,
      lookup: (host, _options, found) => found(null, host, 4),
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ port: group.port, address: bindAddress(group), exclusive: true }, resolve);
    }).catch((error: Error) => {
      socket.close();
      throw new Error(`cannot bind UDP port ${group.port}: ${error.message}`);
    });
    socket.removeAllListeners('error');
    socket.on('error', (error) => this.#lose(error));
    socket.on('message', (bytes, { address }) => heard(bytes, address));
    this.#socket = socket;
  }

  /** May be called again and again: it changes nothing while all is well. */
  #join() {
    const socket = this.#socket;
    if (!socket) throw new Error('no socket');
    const { group, interface: from, ttl } = this.#options;
    socket.setMulticastTTL(ttl);
    socket.setMulticastLoopback(true);
    try {
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    } catch {} // Refused by some kernels; the default then loses bursts, which repair covers.
    try {
      socket.addMembership(group.host, from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error; // Else a member.
    }
    socket.setMulticastInterface(from);
  }

  #unbind() {
    this.#socket?.close();
    this.#socket = undefined;
  }
}

/** Bound to the group itself a socket hears nothing but the group. Windows cannot do that. */
const bindAddress = ({ host }: Address): string =>
  process.platform === 'win32' ? '0.0.0.0' : host;
