/**
 * A transport that is hurt on purpose: links to named peers are cut or slow, and the network loses
 * and delays, as somebody who tries a live district has told. It is wrapped around a real transport
 * and hurts as a network would: a datagram that does not get through is gone; what is meant for one
 * is held up in order, and given up as unreachable when it is held up for too long.
 *
 * Datagrams are hurt by who hears them, because one datagram is for all; what is for one by who sends
 * it, because only he is told of its loss. So both ends of a link must be told to hurt it.
 */
import { assertFrame } from './frames.ts';
import { HeldUp, type Timers } from './held-up.ts';
import type { Address, Handlers, Loss, Origin, Port, Transport } from './transport.ts';

/** What is done to the link with one peer. */
export interface HurtPeer {
  readonly node: string;
  /** Where it listens, as far as that is known: until then what is sent to it alone gets through. */
  readonly address?: Address;
  readonly isCut: boolean;
  readonly slowMs: number;
}

/** All that is done to the network, as one node has it. */
export interface Hurt {
  readonly peers: readonly HurtPeer[];
  /** Of datagrams, lost; of what is for one, held up until it is sent again. */
  readonly lossRatio: number;
  /** Everything takes up to so much longer. */
  readonly latencyMsMax: number;
}

export const unhurt: Hurt = { peers: [], lossRatio: 0, latencyMsMax: 0 };

export interface FaultyOptions {
  /** Whose transport it is: nobody is cut off from itself. */
  readonly node: string;
  /** Who sent these bytes, if they tell. */
  readonly senderOf: (bytes: Uint8Array) => string | undefined;
  /** At least 0, less than 1. */
  readonly random: () => number;
  readonly clock: Timers;
}

/** How long a lost packet of a connection takes to be sent again. */
const RETRANSMIT_MS = 200;
/** Datagrams under way. Beyond, a slow network loses. */
const UNDER_WAY_MAX = 10_000;

export class FaultyTransport implements Transport {
  readonly #inner: Transport;
  readonly #options: FaultyOptions;
  readonly #ports = new Set<FaultyPort>();
  #hurt = unhurt;

  constructor(inner: Transport, options: FaultyOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  /** From now on this is what is done to the network. What is under way keeps its fate. */
  hurt(hurt: Hurt): void {
    this.#hurt = hurt;
    for (const port of this.#ports) port.changed(hurt);
  }

  async open(handlers: Handlers): Promise<Port> {
    const port = new FaultyPort(handlers, this.#options);
    port.changed(this.#hurt);
    port.inner = await this.#inner.open(port.ears);
    this.#ports.add(port);
    // It may have changed while the sockets were opened.
    port.changed(this.#hurt);
    port.closed = () => this.#ports.delete(port);
    return port;
  }
}

const keyOf = ({ host, port }: Address): string => `${host}:${port}`;

class FaultyPort implements Port {
  inner: Port | undefined;
  closed: () => void = () => {};
  /** What the inner port tells. */
  readonly ears: Handlers;
  readonly #handlers: Handlers;
  readonly #options: FaultyOptions;
  readonly #ways = new Map<string, HeldUp>();
  readonly #timers = new Set<unknown>();
  #hurt = unhurt;
  #byNode: ReadonlyMap<string, HurtPeer> = new Map();
  #byAddress: ReadonlyMap<string, HurtPeer> = new Map();

  constructor(handlers: Handlers, options: FaultyOptions) {
    this.#handlers = handlers;
    this.#options = options;
    this.ears = {
      heard: (bytes, origin) => this.#hear(bytes, origin),
      lost: (to, why) => this.#lose(to, why),
      troubled: (message) => handlers.troubled(message),
    };
  }

  get address(): Address {
    return this.#port.address;
  }

  changed(hurt: Hurt): void {
    this.#hurt = hurt;
    this.#byNode = new Map(hurt.peers.map((peer) => [peer.node, peer]));
    this.#byAddress = new Map(
      hurt.peers.flatMap((peer) => (peer.address ? [[keyOf(peer.address), peer]] : [])),
    );
    for (const [key, way] of this.#ways) way.changed(this.#isCut(key));
  }

  sendAll(bytes: Uint8Array, isSpare = false): void {
    this.#port.sendAll(bytes, isSpare);
  }

  sendOne(to: Address, bytes: Uint8Array, isSpare = false): void {
    if (this.#isWhole && this.#ways.size === 0) {
      this.#port.sendOne(to, bytes, isSpare);
      return;
    }
    assertFrame(bytes);
    const key = keyOf(to);
    const lateMs = key === keyOf(this.address) ? 0 : this.#lateMs(this.#byAddress.get(key), true);
    const way = this.#ways.get(key);
    if (!way && lateMs === 0 && !this.#isCut(key)) this.#port.sendOne(to, bytes, isSpare);
    else (way ?? this.#wayTo(key, to)).send(bytes, lateMs, isSpare);
  }

  /** What is held up by nothing but slowness is sent. */
  async close(): Promise<void> {
    for (const timer of this.#timers) this.#options.clock.clearTimeout(timer);
    this.#timers.clear();
    for (const way of this.#ways.values()) way.close();
    this.#ways.clear();
    this.closed();
    await this.#port.close();
  }

  get #port(): Port {
    if (!this.inner) throw new Error('the port is not open yet');
    return this.inner;
  }

  /** Whether nothing is done to the network. */
  get #isWhole(): boolean {
    const { peers, lossRatio, latencyMsMax } = this.#hurt;
    return peers.length === 0 && lossRatio === 0 && latencyMsMax === 0;
  }

  #isCut(key: string): boolean {
    return this.#byAddress.get(key)?.isCut === true;
  }

  /** By how much something is late. */
  #lateMs(peer: HurtPeer | undefined, isSentAgain: boolean): number {
    const { random } = this.#options;
    const { lossRatio, latencyMsMax } = this.#hurt;
    const againMs = isSentAgain && lossRatio > 0 && random() < lossRatio ? RETRANSMIT_MS : 0;
    return (peer?.slowMs ?? 0) + (latencyMsMax > 0 ? random() * latencyMsMax : 0) + againMs;
  }

  #wayTo(key: string, to: Address): HeldUp {
    const way = new HeldUp({
      clock: this.#options.clock,
      isCut: this.#isCut(key),
      pass: (bytes) => this.#port.sendOne(to, bytes),
      ended: (why) => {
        this.#ways.delete(key);
        if (why) queueMicrotask(() => this.#handlers.lost(to, why));
      },
    });
    this.#ways.set(key, way);
    return way;
  }

  #hear(bytes: Uint8Array, origin: Origin): void {
    const lateMs = origin.via === 'one' ? 0 : this.#fateOf(bytes);
    if (lateMs === 0) this.#handlers.heard(bytes, origin);
    else if (lateMs !== undefined && this.#timers.size < UNDER_WAY_MAX) {
      // Whoever hears bytes does not keep them.
      const kept = bytes.slice();
      const timer = this.#options.clock.setTimeout(() => {
        this.#timers.delete(timer);
        this.#handlers.heard(kept, origin);
      }, lateMs);
      this.#timers.add(timer);
    }
  }

  /** By how much a datagram is late; undefined when it is lost. */
  #fateOf(bytes: Uint8Array): number | undefined {
    if (this.#isWhole) return 0;
    const { node, senderOf, random } = this.#options;
    const sender = senderOf(bytes);
    if (sender === node) return 0;
    const peer = sender === undefined ? undefined : this.#byNode.get(sender);
    if (peer?.isCut || random() < this.#hurt.lossRatio) return undefined;
    return this.#lateMs(peer, false);
  }

  /** Over a link that is cut nobody says that a connection was lost: there is silence. */
  #lose(to: Address, why: Loss): void {
    const key = keyOf(to);
    const way = this.#ways.get(key);
    if (way) way.lose(why);
    else if (this.#isCut(key)) this.#wayTo(key, to).lose(why);
    else this.#handlers.lost(to, why);
  }
}
