/** Keeps what the node that is tried says, and to whom; and what of it was no message at all. */
import { decode } from '../protocol/codec.ts';
import type { Heard, HeardAs, MessageType } from '../protocol/event.ts';
import {
  type Address,
  DATAGRAM_BYTES_MAX,
  FRAME_BYTES_MAX,
  type Origin,
} from '../transport/transport.ts';
import type { Part } from './part.ts';

/** A message of the node. */
export interface Said<M extends Heard = Heard> {
  readonly message: M;
  readonly counter: number;
  /** Unix seconds, if its header is right. */
  readonly timestamp: number;
  readonly via: Origin['via'];
  /** Which part heard it; of what is for all, the first. */
  readonly by: Part;
}

export interface Subject {
  readonly id: string;
  readonly incarnation: number;
  readonly store: string;
  readonly address: Address;
}

export const isOf = <K extends MessageType>(said: Said, type: K): said is Said<HeardAs<K>> =>
  said.message.type === type;

export interface EarOptions {
  readonly target: Address;
  readonly district: string;
  readonly group: string;
  /** Whether it is one of us who goes by this name. */
  readonly isOurs: (id: string) => boolean;
  readonly now: () => number;
  readonly heard: (said: Said) => void;
  /** The node said what is no message. */
  readonly malformed: (why: string) => void;
}

const text = new TextDecoder();

export class Ear {
  /** The node that announces the address that is tried. */
  subject: Subject | undefined;
  /** Who else of this district announced itself, with its address. */
  readonly others = new Map<string, string>();
  readonly #options: EarOptions;

  constructor(options: EarOptions) {
    this.#options = options;
  }

  hear(bytes: Uint8Array, { via }: Origin, by: Part): void {
    const limit = via === 'all' ? DATAGRAM_BYTES_MAX : FRAME_BYTES_MAX;
    const decoded = decode(bytes);
    if ('refused' in decoded || bytes.length > limit) {
      const why = 'refused' in decoded ? decoded.refused : `${bytes.length} bytes are too many`;
      // On a connection to a part nobody else speaks; datagrams may be of another district.
      if (via === 'one' || senderOf(bytes) === this.subject?.id) {
        this.#options.malformed(`${why}: ${text.decode(bytes.slice(0, 200))}`);
      }
      return;
    }
    const { message, counter } = decoded;
    const { now, heard } = this.#options;
    const arrived = Object.assign({}, message, { at: now() }) as Heard;
    if (arrived.type === 'membership.announce') this.#meet(arrived);
    if (arrived.from !== this.subject?.id || this.#isOfNamesake(arrived)) return;
    const { timestamp } = JSON.parse(text.decode(bytes)) as { timestamp: number };
    heard({ message: arrived, counter, timestamp, via, by });
  }

  /** Other districts on this network may have a node of the same name. */
  #isOfNamesake(message: Heard): boolean {
    const { district, group } = this.#options;
    if ('district' in message && message.district !== district) return true;
    const isElsewhere = message.group !== '' && message.group !== group;
    return isElsewhere && message.incarnation !== this.subject?.incarnation;
  }

  #meet(announce: HeardAs<'membership.announce'>): void {
    const { target, district, isOurs } = this.#options;
    const { from: id, host, port, incarnation, store } = announce;
    if (announce.district !== district || isOurs(id)) return;
    const isTarget = host === target.host && port === target.port;
    if (isTarget) this.subject ??= { id, incarnation, store, address: { host, port } };
    else this.others.set(id, `${host}:${port}`);
  }
}

const senderOf = (bytes: Uint8Array): unknown => {
  try {
    return (JSON.parse(text.decode(bytes)) as { sender_id?: unknown } | null)?.sender_id;
  } catch {
    return undefined;
  }
};
