/**
 * Posts what a node sends: through the real codec, to each hearer a letter of its own. The
 * counter is always the same, and so is the incarnation where no concern reads it, because a search
 * that heeds the words of former lives and every repetition sees more than a wire that drops some
 * of them.
 */
import { decode, encode } from '../../protocol/codec.ts';
import { ALL, type Heard, type Send } from '../../protocol/event.ts';
import { canonicalText } from './interner.ts';

/** A message on its way to one node. */
export interface Letter {
  readonly from: string;
  readonly to: string;
  readonly heard: Heard;
  /** Equal for equal letters. */
  readonly text: string;
}

export interface Postmark {
  readonly from: string;
  readonly group: string;
  readonly incarnation: number;
  readonly nodes: readonly string[];
}

export class LetterBox {
  readonly #decoded = new Map<string, Heard>();

  post({ to, message }: Send, { nodes, ...sender }: Postmark): Letter[] {
    if (typeof to !== 'string') throw new Error(`${message.type} goes to an address`);
    const { from } = sender;
    const heard = this.#pass(message, sender);
    // The wire drops the echo of its own words.
    const hearers = nodes.filter((node) => node !== from && (to === ALL || to === node));
    return hearers.map((hearer) => ({
      from,
      to: hearer,
      heard,
      text: `${from} ${hearer} ${canonicalText(heard)}`,
    }));
  }

  #pass(message: Send['message'], { from: id, ...rest }: Omit<Postmark, 'nodes'>): Heard {
    const key = `${id} ${rest.group} ${rest.incarnation} ${canonicalText(message)}`;
    const known = this.#decoded.get(key);
    if (known) return known;
    const sender = { id, ...rest, counter: 1, timestamp: 0 };
    const decoded = decode(encode(message, sender));
    if ('refused' in decoded) throw new Error(`${message.type}: ${decoded.refused}`);
    const heard = { ...decoded.message, at: 0 } as Heard;
    this.#decoded.set(key, heard);
    return heard;
  }
}
