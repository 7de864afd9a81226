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

/** A message whose type has been looked at; it has all fields but `at`. */
export const said = <K extends Heard['type']>(message: object): HeardAs<K> => message as HeardAs<K>;

/** What wires say to each other; no machine hears it. */
export const isOfWires = ({ type }: Arrived): boolean =>
  type === 'wire.challenge' || type === 'wire.proof';

export class Newness {
  readonly #freshness = new Freshness();
  readonly #proof: Proof | undefined;

  /** `proof`: asks for it where there are keys. */
  constructor(proof: Proof | undefined) {
    this.#proof = proof;
  }

  /** Whether this message is new, and meant for others than wires. */
  isNew({ message, counter, life }: Understood, { via }: Origin): boolean {
    const proof = this.#proof;
    if (!proof) return !isOfWires(message) && this.#freshness.isFresh(life, counter);
    if (this.#freshness.knows(life)) {
      if (!this.#freshness.isFresh(life, counter)) return false;
      this.#hearQuestion(message, proof);
      return !isOfWires(message);
    }
    this.#hearQuestion(message, proof);
    // A connection carries nothing that was said before it was made.
    if (via === 'all' && !isProof(message, life, proof)) {
      proof.doubt(life);
      return false;
    }
    this.#freshness.begin(life, counter);
    return !isOfWires(message);
  }

  #hearQuestion(message: Arrived, proof: Proof): void {
    if (message.type === 'wire.challenge') proof.asked(said<'wire.challenge'>(message).nonce);
  }
}

const isProof = (message: Arrived, life: string, proof: Proof): boolean =>
  message.type === 'wire.proof' && proof.proves(life, said<'wire.proof'>(message).nonces);
