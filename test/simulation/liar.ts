/**
 * Whoever has the key of nodes and heeds nothing: hears what all hear in a city, and speaks in the
 * name of any node. It goes on counting where the node left off, so that what the node itself says
 * is heard too, and no test rests on a node that was merely silenced.
 */
import { decode, encode } from '../../protocol/codec.ts';
import {
  ALL,
  type Heard,
  type HeardAs,
  type Message,
  type MessageType,
} from '../../protocol/event.ts';
import type { Seal } from '../../protocol/seal.ts';
import type { City } from '../../simulation/city.ts';
import type { Address, Port } from '../../transport/transport.ts';

/** How far it counts ahead of who it speaks for, at first: so far that the node itself is heard for
 *  a while yet, as it neither comes there nor falls out of its hearers' window. */
const AHEAD = 600;

interface Known {
  group: string;
  incarnation: number;
  counter: number;
  announced: HeardAs<'membership.announce'> | undefined;
  beat: HeardAs<'detector.beat'> | undefined;
}

export class Liar {
  readonly #port: Port;
  readonly #seal: Seal | undefined;
  readonly #known: Map<string, Known>;
  /** The last counter that it has used in a name. */
  readonly #said = new Map<string, number>();

  /** Listens from now on. */
  static async in(city: City, seal?: Seal): Promise<Liar> {
    const known = new Map<string, Known>();
    const port: Port = await city.network.transport('liar').open({
      heard: (bytes, { host }) => {
        if (host !== port.address.host) note(known, bytes);
      },
      lost: () => {},
      troubled: () => {},
    });
    return new Liar(port, known, seal);
  }

  private constructor(port: Port, known: Map<string, Known>, seal: Seal | undefined) {
    this.#port = port;
    this.#known = known;
    this.#seal = seal;
  }

  get address(): Address {
    return this.#port.address;
  }

  /** The last that was heard of a node by all. */
  of(id: string) {
    const known = this.#known.get(id);
    if (!known?.announced || !known.beat) throw new Error(`nothing was heard of ${id} yet`);
    const { announced, beat, group, incarnation } = known;
    return { announced, beat, group, incarnation };
  }

  /** Says something in the name of a node, to all or to one. */
  say(as: string, message: Message, { to = ALL, ...header }: Saying = {}): void {
    const { group, incarnation, counter } = this.#known.get(as) ?? this.#strange(as);
    const count = Math.max(counter + AHEAD, (this.#said.get(as) ?? 0) + 1);
    this.#said.set(as, count);
    const sender = { id: as, group, incarnation, counter: count, timestamp: 0, ...header };
    const plain = encode(message, sender);
    const bytes = this.#seal ? this.#seal.seal(plain, 'node') : plain;
    if (to === ALL) this.#port.sendAll(bytes);
    else this.#port.sendOne(this.of(to).announced, bytes);
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  /** Of the group that all are in, in its first life. */
  #strange(as: string): Known {
    const [some] = this.#known.values();
    const group = some?.group ?? '';
    const known = { group, incarnation: 1, counter: 0, announced: undefined, beat: undefined };
    this.#known.set(as, known);
    return known;
  }
}

export interface Saying {
  readonly to?: string;
  readonly group?: string;
  readonly incarnation?: number;
  readonly counter?: number;
}

const note = (known: Map<string, Known>, bytes: Uint8Array): void => {
  const decoded = decode(bytes);
  if ('refused' in decoded) return;
  const { counter, message } = decoded;
  const { from, group, incarnation } = message;
  const before = known.get(from);
  const isSame = before?.incarnation === incarnation;
  const { announced, beat } = isSame ? before : { announced: undefined, beat: undefined };
  known.set(from, {
    group: group === '' ? (before?.group ?? '') : group,
    incarnation,
    counter: Math.max(counter, isSame ? before.counter : 0),
    announced: is(message, 'membership.announce') ? message : announced,
    beat: is(message, 'detector.beat') ? message : beat,
  });
};

const is = <K extends MessageType>(message: Omit<Heard, 'at'>, type: K): message is HeardAs<K> =>
  message.type === type;
