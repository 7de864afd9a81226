/**
 * What a node needs of whoever keeps its keys: bytes that leave are sealed, and bytes that come are
 * opened. The keys and the mathematics are the host's (`transport/keyring.ts`), so that nothing that
 * runs in a page or in a search holds any.
 *
 * A seal is the end of the message itself, which stays one JSON object: `,"mac":"KEY.TAG"}` takes the
 * place of the last brace, and the tag covers every byte before it. What an operator has agreed on
 * carries a signature too, `,"sign":"KEY.TAG"`, under the tag.
 */

/** Who can have written a message: whoever holds the district's key, or an operator. */
export type Author = 'node' | 'operator';

/** Why bytes were not taken for authentic. */
export type SealFault = 'unsealed' | 'unknown key' | 'forged';

export type Opened = { readonly by: Author } | { readonly fault: SealFault };

export interface Seal {
  /** Whether operators have a key of their own, without which nobody speaks for them. */
  readonly hasOperators: boolean;
  /** Whether this process has that key. */
  readonly isOperator: boolean;
  /** The bytes of a message with a seal. `as` an operator throws where there is no such key. */
  seal(bytes: Uint8Array, as: Author): Uint8Array;
  /** Who wrote these bytes. Says nothing of when: they may be repeated. */
  open(bytes: Uint8Array): Opened;
  /** What nobody can guess, and nobody has heard before. */
  nonce(): string;
}

/** What is wrong, for people. */
export const sealFaultText: Record<SealFault, string> = {
  unsealed: 'it has no seal: its sender has no key, or runs with --insecure',
  'unknown key': 'it is sealed with a key that this node does not have',
  forged: 'its seal does not fit: another district, or changed on the way, or forged',
};
