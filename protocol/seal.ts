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

/** How a seal begins and ends; between are the key's name, a point, and the tag. */
export const SEAL_OPENING = ',"mac":"';
export const SEAL_CLOSING = '"}';
export const KEY_ID_CHARS = 8;
export const TAG_CHARS = 22;
/** What stands in the place of the last brace. */
export const SEAL_CHARS = SEAL_OPENING.length + KEY_ID_CHARS + 1 + TAG_CHARS + SEAL_CLOSING.length;

const opening = [...SEAL_OPENING].map((letter) => letter.charCodeAt(0));

/** Whether bytes end as those do that are sealed. Says nothing of whether the seal fits. */
export const isSealed = (bytes: Uint8Array): boolean => {
  const body = bytes.length - SEAL_CHARS;
  return body > 0 && opening.every((code, k) => bytes[body + k] === code);
};

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

/** What is wrong where there are no keys here. */
export const SEALED_TEXT =
  'it is sealed, and there is no key here: the district runs with keys (--key-file)';

/** What is wrong, for people. */
export const sealFaultText: Record<SealFault, string> = {
  unsealed: 'it has no seal: its sender has no key, or runs with --insecure',
  'unknown key': 'it is sealed with a key that this node does not have',
  forged: 'its seal does not fit: another district, or changed on the way, or forged',
};
