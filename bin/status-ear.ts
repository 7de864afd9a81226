/**
 * Listens for `greenwave status`: keeps of each node what it said of itself last. With keys it takes
 * only what is sealed and said now, as nodes do, and counts what it does not take.
 */
import { realClock } from '../actors/clock.ts';
import { Newness } from '../actors/newness.ts';
import { Proof } from '../actors/proof.ts';
import { decode, encode } from '../protocol/codec.ts';
import type { Heard, HeardAs, Message } from '../protocol/event.ts';
import { isSealed, SEALED_TEXT, sealFaultText } from '../protocol/seal.ts';
import type { Keyring } from '../transport/keyring.ts';
import type { Handlers, Origin, Port } from '../transport/transport.ts';
import { newIncarnation } from './level-store.ts';

/** Nodes that are kept; beyond, new ones are not taken: others may say any name. */
const NODES_MAX = 2_000;

export interface Witnessed {
  announce?: HeardAs<'membership.announce'>;
  beat?: HeardAs<'detector.beat'>;
  lastAt: number;
  readonly intervalsMs: number[];
}

export class StatusEar implements Handlers {
  readonly witnessed = new Map<string, Witnessed>();
  readonly #keyring: Keyring | undefined;
  readonly #proof: Proof | undefined;
  readonly #newness: Newness;
  readonly #faults = new Map<string, number>();
  readonly #id = `status-${process.pid}`;
  readonly #incarnation = newIncarnation();
  #counter = 0;
  #port: Port | undefined;
  #question: Message | undefined;

  constructor(district: string, keyring: Keyring | undefined) {
    this.#keyring = keyring;
    this.#proof =
      keyring &&
      new Proof({
        district,
        clock: realClock,
        nonce: () => keyring.nonce(),
        say: (message) => this.#say(message),
        announcement: () => this.#question,
      });
    this.#newness = new Newness(realClock.now, this.#proof);
  }

  ask(port: Port, question: Message): void {
    this.#port = port;
    this.#question = question;
    this.#say(question);
  }

  heard(bytes: Uint8Array, origin: Origin): void {
    const fault = this.#faultOf(bytes);
    if (fault !== undefined) {
      this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
      return;
    }
    const decoded = decode(bytes);
    if ('refused' in decoded || decoded.message.from === this.#id) return;
    if (this.#newness.of(decoded, origin) === 'new') this.#witness(decoded.message);
  }

  lost(): void {}

  troubled(): void {}

  /** What was not taken, for people. */
  refusals(): string[] {
    return [...this.#faults].map(([fault, count]) => `${count} messages were not taken: ${fault}`);
  }

  #faultOf(bytes: Uint8Array): string | undefined {
    if (!this.#keyring) return isSealed(bytes) ? SEALED_TEXT : undefined;
    const opened = this.#keyring.open(bytes);
    return 'fault' in opened ? sealFaultText[opened.fault] : undefined;
  }

  #witness(arrived: Omit<Heard, 'at'>): void {
    const now = realClock.now();
    const message = { ...arrived, at: now } as Heard;
    if (message.type !== 'detector.beat' && message.type !== 'membership.announce') return;
    if (message.type === 'membership.announce' && message.phase === 'observer') return;
    const { from } = message;
    if (!this.witnessed.has(from) && this.witnessed.size >= NODES_MAX) return;
    const known = this.witnessed.get(from) ?? { lastAt: now, intervalsMs: [] };
    if (message.type === 'membership.announce') known.announce = message;
    else {
      if (known.beat) known.intervalsMs.push(now - known.lastAt);
      known.beat = message;
      known.lastAt = now;
    }
    this.witnessed.set(from, known);
  }

  #say(message: Message): void {
    const bytes = encode(message, {
      id: this.#id,
      group: '',
      incarnation: this.#incarnation,
      counter: ++this.#counter,
      timestamp: Date.now() / 1000,
    });
    this.#port?.sendAll(this.#keyring ? this.#keyring.seal(bytes, 'node') : bytes);
  }
}
