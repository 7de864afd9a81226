/** A member of the group that is played here: it has a name, a life, a counter and a place on the network. */
import type { Clock } from '../actors/clock.ts';
import { Proof } from '../actors/proof.ts';
import { decode, encode, type Sender } from '../protocol/codec.ts';
import type { Message } from '../protocol/event.ts';
import type { Seal } from '../protocol/seal.ts';
import type { Address, Origin, Port, Transport } from '../transport/transport.ts';

export interface PartOptions {
  readonly id: string;
  readonly incarnation: number;
  readonly store: string;
  readonly group: string;
  readonly district: string;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  readonly seal: Seal | undefined;
}

/** In what a message differs from what this part would say by itself. */
export interface Guise extends Partial<Sender> {
  /** The object that goes out in the place of the one that would. */
  readonly alter?: (message: Record<string, unknown>) => object;
}

const text = new TextDecoder();
const bytesOf = new TextEncoder();

export class Part {
  readonly id: string;
  readonly store: string;
  readonly incarnation: number;
  /** That of the last message. */
  counter = 0;
  readonly #options: PartOptions;
  readonly #proof: Proof | undefined;
  #announcement: Message | undefined;
  #port: Port | undefined;

  constructor(options: PartOptions) {
    const { id, store, incarnation, clock, district, seal } = options;
    this.#options = options;
    this.id = id;
    this.store = store;
    this.incarnation = incarnation;
    this.#proof =
      seal &&
      new Proof({
        district,
        clock,
        nonce: () => seal.nonce(),
        say: (message) => this.sayAll(this.bytesOf(message)),
        announcement: () => this.#announcement,
      });
  }

  async open(
    transport: Transport,
    heard: (bytes: Uint8Array, origin: Origin) => void,
    lost: (to: Address, why: string) => void,
  ): Promise<void> {
    this.#port = await transport.open({
      heard: (bytes, origin) => {
        this.#answerChallenge(bytes);
        heard(bytes, origin);
      },
      lost,
      troubled: () => {},
    });
  }

  get address(): Address {
    if (!this.#port) throw new Error(`${this.id} is not open`);
    return this.#port.address;
  }

  /** A message of this part, with its next number. */
  bytesOf(message: Message, { alter, ...guise }: Guise = {}): Uint8Array {
    const { id, group, incarnation, wall, seal } = this.#options;
    if (guise.counter === undefined) this.counter += 1;
    if (message.type === 'membership.announce') this.#announcement = message;
    const timestamp = Math.floor(wall() / 1000);
    const sender = { id, group, incarnation, counter: this.counter, timestamp, ...guise };
    const plain = encode(message, sender);
    const bytes = alter
      ? bytesOf.encode(JSON.stringify(alter(JSON.parse(text.decode(plain)))))
      : plain;
    return seal ? seal.seal(bytes, 'node') : bytes;
  }

  sayAll(bytes: Uint8Array): void {
    this.#port?.sendAll(bytes);
  }

  sayOne(to: Address, bytes: Uint8Array): void {
    this.#port?.sendOne(to, bytes);
  }

  async close(): Promise<void> {
    this.#proof?.close();
    await this.#port?.close();
  }

  /** With keys, who is new is asked whether it speaks now. */
  #answerChallenge(bytes: Uint8Array): void {
    if (!this.#proof) return;
    const decoded = decode(bytes);
    if ('refused' in decoded || decoded.message.type !== 'wire.challenge') return;
    const { from, nonce } = decoded.message as unknown as { from: string; nonce: string };
    if (from !== this.id) this.#proof.asked(nonce);
  }
}
