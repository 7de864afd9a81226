/**
 * Joins a node to a transport: bytes in, events out, and the reverse. Everything that comes from
 * outside is bounded, decoded and judged here before a machine hears of it; what is refused is
 * counted and told, and never an exception.
 */
import { fromCallback } from 'xstate';
import type { NodeInput } from '../machines/node.ts';
import { type decode, encode } from '../protocol/codec.ts';
import { isOperators } from '../protocol/command.ts';
import { ALL, type BusEvent, type Heard, type Message, type Send } from '../protocol/event.ts';
import type { Seal } from '../protocol/seal.ts';
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
import { type Arrived, Gate } from './gate.ts';
import { isNeeded } from './needed.ts';
import { Proof } from './proof.ts';
import { Refusals } from './refusals.ts';
import { Telling } from './telling.ts';

/** Types of event the wire hears on the bus. */
export const wireHears = [
  'wire.send',
  'membership.sighted',
  'membership.joined',
  'membership.left',
  'genesis.formed',
  'election.advanced',
  'storage.reset',
] as const;

/** Peers whose address is remembered. */
const ADDRESSES_MAX = 2000;
/** What an observer may say: it takes no part, but it asks for what is agreed and for what is to be
 *  agreed. Nothing of that is counted by anybody. */
const OBSERVER_SAYS: ReadonlySet<string> = new Set([
  ...['wire.challenge', 'wire.proof'],
  ...['membership.announce', 'membership.contract', 'merge.ask'],
  ...['replica.fetch', 'replica.nack', 'replica.propose', 'phases.ask'],
]);
export interface WireOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Unix seconds, for the header. People read it; nothing is decided by it. */
  readonly timestamp: () => number;
  /** How bytes become messages. */
  readonly decode: typeof decode;
  /** With keys: what is said is sealed, and nothing else is heard. */
  readonly seal?: Seal | undefined;
  readonly deliver: Deliver;
  /** Where the node's log ends. */
  readonly logEnd: () => number;
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
  readonly #gate: Gate;
  readonly #proof: Proof | undefined;
  /** What was announced last. */
  #announcement: Message | undefined;
  #counter = 0;
  #port: Port | undefined;
  #isClosed = false;
  /** The node has given its store up: it says nothing more. */
  #isMute = false;
  readonly #repeats = new Telling();

  constructor(node: NodeInput, options: WireOptions) {
    this.#node = node;
    this.#options = options;
    const { clock, deliver, decode, seal } = options;
    const refusals = new Refusals({
      now: clock.now,
      tell: (reason, peer) => deliver({ type: 'wire.refused', reason, peer }),
    });
    this.#proof =
      seal &&
      new Proof({
        district: node.district,
        clock,
        nonce: () => seal.nonce(),
        say: (message) => this.#send({ to: ALL, message }),
        announcement: () => this.#announcement,
      });
    const keyed = seal && this.#proof && { seal, proof: this.#proof };
    const repeated = (message: Arrived, counter: number) => this.#tellRepeated(message, counter);
    this.#gate = new Gate({
      ...{ node, decode, refusals, keyed, repeated },
      now: clock.now,
      logEnd: options.logEnd,
    });
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
    else if (event.type === 'genesis.formed') this.#gate.group = event.group;
    else if (event.type === 'election.advanced') this.#gate.entered(event.term);
    else if (event.type === 'storage.reset') this.#isMute = true;
    else if (event.type === 'membership.left') this.#gate.left(event.peer);
    else if (event.type === 'membership.sighted' || event.type === 'membership.joined') {
      if (this.#addresses.size >= ADDRESSES_MAX && !this.#addresses.has(event.peer)) return;
      this.#addresses.set(event.peer, { host: event.host, port: event.port });
      if (event.type === 'membership.joined') {
        this.#gate.joined(event.peer, event.peerIncarnation);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#proof?.close();
    void this.#port?.close();
  }

  #send({ to, message }: Pick<Send, 'to' | 'message'>): void {
    if (!this.#port || this.#isMute) return;
    if (this.#node.isObserver && !OBSERVER_SAYS.has(message.type)) return;
    const { id, incarnation } = this.#node;
    const timestamp = this.#options.timestamp();
    const counter = ++this.#counter;
    const sender = { id, group: this.#gate.group, incarnation, counter, timestamp };
    const bytes = this.#sealed(message, encode(message, sender));
    if (message.type === 'membership.announce' && to === ALL) this.#announcement = message;
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
      this.#port?.sendAll(letter.bytes, !isNeeded(letter.type));
      this.#tellSaid(ALL, letter);
      return;
    }
    for (const [peer, address] of this.#addresses) this.#sendOne(peer, address, letter);
  }

  #sendOne(name: string, to: Address, letter: Letter): void {
    this.#port?.sendOne(to, letter.bytes, !isNeeded(letter.type));
    this.#tellSaid(name, letter);
  }

  #tellSaid(to: string, { type: message, counter, bytes: { length: bytes } }: Letter): void {
    this.#options.deliver({ type: 'wire.said', message, to, counter, bytes });
  }

  #sealed(message: Message, bytes: Uint8Array): Uint8Array {
    const { seal } = this.#options;
    if (!seal) return bytes;
    const isCommand = message.type === 'replica.propose' && isOperators(message.command);
    return seal.seal(bytes, isCommand && seal.isOperator ? 'operator' : 'node');
  }

  #hear(bytes: Uint8Array, origin: Origin): void {
    const at = this.#options.clock.now();
    const admitted = this.#gate.admit(bytes, origin);
    if (!admitted) return;
    const { message, counter } = admitted;
    this.#options.deliver(Object.assign({}, message, { at, counter }) as Heard);
  }

  #tellRepeated({ type, from, incarnation, bytes }: Arrived, counter: number): void {
    if (!this.#repeats.isDue(this.#options.clock.now())) return;
    const what = { message: type, peer: from, peerIncarnation: incarnation, counter, bytes };
    this.#options.deliver({ type: 'wire.repeated', ...what });
  }

  #lose(to: Address, why: 'reset' | 'refused' | 'unreachable' | 'overflow'): void {
    for (const [peer, { host, port }] of this.#addresses) {
      if (host === to.host && port === to.port)
        this.#options.deliver({ type: 'wire.lost', peer, why });
    }
  }
}
