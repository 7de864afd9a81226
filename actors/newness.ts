/**
 * Tells what is said now from what was said before and is repeated: by its sender's counter, and where
 * there are keys, by proof of whoever nothing is remembered of.
 */
import type { Decoded } from '../protocol/codec.ts';
import type { Heard, HeardAs } from '../protocol/event.ts';
import type { Origin } from '../transport/transport.ts';
import { Freshness } from './freshness.ts';
import type { Proof } from './proof.ts';

export type Understood = Extract<Decoded, { message: unknown }>;
type Arrived = Understood['message'];

type Standing = 'new' | 'repeated' | 'unproven' | 'neither';

/** Who lives says something new more often than that: a few beats. In milliseconds. */
const SILENT_MS = 1_000;

/** A message whose type has been looked at; it has all fields but `at`. */
export const said = <K extends Heard['type']>(message: object): HeardAs<K> => message as HeardAs<K>;

/** What wires say to each other; no machine hears it. */
export const isOfWires = ({ type }: Arrived): boolean =>
  type === 'wire.challenge' || type === 'wire.proof';

export class Newness {
  readonly #freshness: Freshness;
  readonly #proof: Proof | undefined;

  /** `proof`: asks for it where there are keys. */
  constructor(now: () => number, proof: Proof | undefined) {
    this.#freshness = new Freshness(now);
    this.#proof = proof;
  }

  /**
   * Whether this message is new, or repeated, or of a life that was asked in vain whether it speaks
   * now; what is meant for wires alone, or not believed yet, is neither.
   */
  of({ message, counter, life }: Understood, { via }: Origin): Standing {
    const proof = this.#proof;
    const standing = isOfWires(message) ? 'neither' : 'new';
    if (!proof) {
      return isOfWires(message) || this.#freshness.isFresh(life, counter) ? standing : 'repeated';
    }
    if (this.#freshness.knows(life)) {
      if (this.#freshness.isFresh(life, counter)) {
        this.#hearQuestion(message, proof);
        return standing;
      }
      // Words of a life that says nothing new: repeated, or somebody has counted far ahead in its
      // name, and it would not be heard for the rest of its days. It is asked as if unknown.
      if (!this.#freshness.isSilent(life, SILENT_MS)) return 'repeated';
    }
    this.#hearQuestion(message, proof);
    // A connection carries nothing that was said before it was made.
    if (via === 'all' && !isProof(message, life, proof)) {
      return proof.doubt(life) ? 'unproven' : 'neither';
    }
    this.#freshness.begin(life, counter);
    return standing;
  }

  #hearQuestion(message: Arrived, proof: Proof): void {
    if (message.type === 'wire.challenge') proof.asked(said<'wire.challenge'>(message).nonce);
  }
}

const isProof = (message: Arrived, life: string, proof: Proof): boolean =>
  message.type === 'wire.proof' && proof.proves(life, said<'wire.proof'>(message).nonces);
