/**
 * Joins a node to a transport: bytes in, events out, and the reverse. Everything that comes from
 * outside is bounded, decoded and judged here before a machine hears of it; what is refused is
 * counted and told, and never an exception.
 */
import { fromCallback } from 'xstate';
import type { NodeInput } from '../machines/node.ts';
import { type decode, encode, isOpen } from '../protocol/codec.ts';
import { ALL, type BusEvent, type Heard, type Message, type Send } from '../protocol/event.ts';
import {
  type Address,
  DATAGRAM_BYTES_MAX,
  FRAME_BYTES_MAX,
  type Origin,
  type Port,
  type Transport,
} from '../transport/transport.ts';
import type { Deliver } from './bus.ts';
import type { Clock } from './clock.ts';
import { Freshness } from './freshness.ts';
import { Telling } from './telling.ts';

/** Types of event the wire hears on the bus. */
export const wireHears = [
  'wire.send',
  'membership.sighted',
  'membership.joined',
  'membership.left',
  'genesis.formed',
  'storage.reset',
] as const;

/** Peers whose address is remembered. */
const ADDRESSES_MAX = 2000;
/** What an observer may say: it takes no part, but it asks for what is agreed and for what is to be
 *  agreed. Nothing of that is counted by anybody. */
const OBSERVER_SAYS: ReadonlySet<string> = new Set([
  ...['membership.announce', 'membership.contract', 'merge.ask'],
  ...['replica.fetch', 'replica.nack', 'replica.propose', 'phases.ask'],
]);
/** What may be heard under our own id: from another node that goes by it. */
const DOUBLE_SAYS: ReadonlySet<string> = new Set([
  'membership.announce',
  'membership.challenge',
  'membership.present',
]);

export interface WireOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Unix seconds, for the header. People read it; nothing is decided by it. */
  readonly timestamp: () => number;
  /** How bytes become messages. */
  readonly decode: typeof decode;
  readonly deliver: Deliver;
  /** The transport could not be opened: the node fails. */
  readonly fail: (message: string) => void;
  /** Something an operator should know. */
  readonly trouble: (message: string) => void;
}

export const wireOver = (options: WireOptions) =>
  fromCallback<BusEvent, NodeInput>(({ input, receive }) => {
    const wire = new Wire(input, options);
    receive((event) => {
      try {
        wire.take(event);
      } catch (error) {
        // XState cleans up after actors that stop, but not after those that fail.
        wire.close();
        throw error;
      }
    });
    return () => wire.close();
  });

/** A message as it goes out. */
interface Letter {
  readonly type: Message['type'];
  readonly counter: number;
  readonly bytes: Uint8Array;
}

class Wire {
  readonly #node: NodeInput;
  readonly #options: WireOptions;
  readonly #addresses = new Map<string, Address>();
  readonly #freshness = new Freshness();
  /** Which life of a peer is in the view: another one's words do not count. */
  readonly #lives = new Map<string, number>();
  #group = '';
  #counter = 0;
  #port: Port | undefined;
  #isClosed = false;
  /** The node has given its store up: it says nothing more. */
  #isMute = false;
  readonly #refusals = new Telling();
  readonly #repeats = new Telling();

  constructor(node: NodeInput, options: WireOptions) {
    this.#node = node;
    this.#options = options;
    options.transport
      .open({
        heard: (bytes, origin) => this.#hear(bytes, origin),
        lost: (to, why) => this.#lose(to, why),
        troubled: (message) => options.trouble(message),
      })
      .then((port) => {
        this.#port = port;
        if (this.#isClosed) {
          void port.close();
          return;
        }
        const { host, port: number } = port.address;
        options.deliver({ type: 'wire.opened', host, port: number });
      })
      .catch((error: Error) => options.fail(error.message));
  }

  take(event: BusEvent): void {
    if (event.type === 'wire.send') this.#send(event);
    else if (event.type === 'genesis.formed') this.#group = event.group;
    else if (event.type === 'storage.reset') this.#isMute = true;
    else if (event.type === 'membership.left') this.#lives.delete(event.peer);
    else if (event.type === 'membership.sighted' || event.type === 'membership.joined') {
      if (this.#addresses.size >= ADDRESSES_MAX && !this.#addresses.has(event.peer)) return;
      this.#addresses.set(event.peer, { host: event.host, port: event.port });
      if (event.type === 'membership.joined') this.#lives.set(event.peer, event.peerIncarnation);
    }
  }

  close(): void {
    this.#isClosed = true;
    void this.#port?.close();
  }

  #send({ to, message }: Send): void {
    if (!this.#port || this.#isMute) return;
    if (this.#node.isObserver && !OBSERVER_SAYS.has(message.type)) return;
    const { id, incarnation } = this.#node;
    const timestamp = this.#options.timestamp();
    const counter = ++this.#counter;
    const sender = { id, group: this.#group, incarnation, counter, timestamp };
    const bytes = encode(message, sender);
    if (bytes.length > FRAME_BYTES_MAX) {
      this.#options.trouble(
        `${message.type} needs ${bytes.length} bytes, which is too many to send`,
      );
      return;
    }
    const letter = { type: message.type, counter, bytes };
    if (to === ALL) this.#sendAll(letter);
    else if (typeof to !== 'string') this.#sendOne(`${to.host}:${to.port}`, to, letter);
    else {
      const address = this.#addresses.get(to);
      if (address) this.#sendOne(to, address, letter);
    }
  }

  /** By multicast; what does not fit into a datagram goes to every known peer one by one. */
  #sendAll(letter: Letter): void {
    if (letter.bytes.length <= DATAGRAM_BYTES_MAX) {
      this.#port?.sendAll(letter.bytes);
      this.#tellSaid(ALL, letter);
      return;
    }
    for (const [peer, address] of this.#addresses) this.#sendOne(peer, address, letter);
  }

  #sendOne(name: string, to: Address, letter: Letter): void {
    this.#port?.sendOne(to, letter.bytes);
    this.#tellSaid(name, letter);
  }

  #tellSaid(to: string, { type: message, counter, bytes: { length: bytes } }: Letter): void {
    this.#options.deliver({ type: 'wire.said', message, to, counter, bytes });
  }

  #hear(bytes: Uint8Array, { via, host }: Origin): void {
    const at = this.#options.clock.now();
    const limit = via === 'all' ? DATAGRAM_BYTES_MAX : FRAME_BYTES_MAX;
    const tooLong = { refused: `${bytes.length} bytes are more than ${limit}` };
    const decoded = bytes.length > limit ? tooLong : this.#options.decode(bytes);
    if ('refused' in decoded) {
      this.#refuse(decoded.refused, host);
      return;
    }
    const { message, counter, life } = decoded;
    if (!this.#isForUs(message)) return;
    // Networks repeat datagrams, so what is not fresh is dropped.
    if (this.#freshness.isFresh(life, counter))
      this.#options.deliver(Object.assign({}, message, { at, counter }) as Heard);
    else this.#tellRepeated(message, counter);
  }

  #tellRepeated({ type, from, incarnation, bytes }: Omit<Heard, 'at'>, counter: number): void {
    if (!this.#repeats.isDue(this.#options.clock.now())) return;
    const what = { message: type, peer: from, peerIncarnation: incarnation, counter, bytes };
    this.#options.deliver({ type: 'wire.repeated', ...what });
  }

  /** Whether a message concerns this node: of its district, its group, and a life that counts. */
  #isForUs(message: Omit<Heard, 'at'>): boolean {
    const { type, from, group, incarnation } = message;
    if (from === this.#node.id && !this.#isDouble(message)) return false;
    // Nodes meet before they share a group, but never across districts.
    if (isOpen(type)) return !('district' in message) || message.district === this.#node.district;
    if (this.#group === '' || group !== this.#group) return false;
    const life = this.#lives.get(from);
    return life === undefined || life === incarnation;
  }

  /** Whether this is another node under our id, and not the echo of our own words. */
  #isDouble(message: Omit<Heard, 'at'>): boolean {
    if (!DOUBLE_SAYS.has(message.type)) return false;
    return 'store' in message && message.store !== this.#node.store;
  }

  #lose(to: Address, why: 'reset' | 'refused' | 'unreachable' | 'overflow'): void {
    for (const [peer, { host, port }] of this.#addresses) {
      if (host === to.host && port === to.port)
        this.#options.deliver({ type: 'wire.lost', peer, why });
    }
  }

  #refuse(reason: string, peer: string): void {
    const isDue = this.#refusals.isDue(this.#options.clock.now());
    const untold = this.#refusals.takeUntold();
    if (untold > 0)
      this.#options.deliver({ type: 'wire.refused', reason: `${untold} more messages` });
    if (isDue) this.#options.deliver({ type: 'wire.refused', reason, peer });
  }
}
