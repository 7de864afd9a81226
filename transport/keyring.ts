/**
 * The keys of one district as one process holds them: seals datagrams and frames, opens those of
 * others, and gives the pre-shared key of TLS connections.
 *
 * HMAC-SHA-256 over the exact bytes, cut to 132 bits (RFC 2104, section 5). From a secret come a key
 * for macs and another for connections (HKDF, RFC 5869), both bound to the district's name, so that
 * no message of one district is one of another that was given the same file. Operators sign with
 * Ed25519 besides (RFC 8032): nodes hold what verifies and not what signs. The mac is checked first,
 * because a signature costs fifty times as much, and strangers get no further than the mac.
 */
import {
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import {
  type Author,
  isSealed,
  KEY_ID_CHARS,
  type Opened,
  SEAL_CHARS,
  SEAL_CLOSING,
  SEAL_OPENING,
  type Seal,
  TAG_CHARS,
} from '../protocol/seal.ts';

/** Bytes of a secret. */
export const SECRET_BYTES = 32;

/** A district's secret. Exactly one of those held seals; what another seals is accepted too. */
export interface DistrictSecret {
  readonly secret: Uint8Array;
  readonly isSealing: boolean;
}

/** What a key file holds. */
export interface KeySet {
  readonly district: readonly DistrictSecret[];
  /** Verifies what operators sign; absent where any node may speak as one. */
  readonly operatorPublic?: KeyObject;
  /** Signs as an operator. */
  readonly operatorPrivate?: KeyObject;
}

/** For connections: one pre-shared key by its name (RFC 8446, section 2.2). */
export interface SharedKeys {
  readonly current: { readonly identity: string; readonly psk: Uint8Array };
  of(identity: string): Uint8Array | undefined;
}

interface Key {
  readonly id: string;
  readonly mac: KeyObject;
  readonly psk: Uint8Array;
}

const derived = (secret: Uint8Array, info: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `greenwave 1 ${info}`, bytes));

/** The name of a secret, which says nothing of it. */
export const keyIdOf = (secret: Uint8Array): string =>
  derived(secret, 'id', KEY_ID_CHARS / 2).toString('hex');

const tagChars = (bytes: number) => Math.ceil((bytes * 4) / 3);
const SIGN_OPENING = ',"sign":"';
const SIGN_CHARS = SIGN_OPENING.length + tagChars(64) + 1;
const signOpening = Buffer.from(SIGN_OPENING);

export class Keyring implements Seal, SharedKeys {
  readonly #district: string;
  #sealing: Key;
  #keys: ReadonlyMap<string, Key>;
  #set: KeySet;

  /** Throws when no secret seals, or more than one. */
  constructor(district: string, set: KeySet) {
    this.#district = district;
    this.#set = set;
    [this.#sealing, this.#keys] = this.#derive(set);
  }

  /** From now on these keys are the district's. */
  replace(set: KeySet): void {
    [this.#sealing, this.#keys] = this.#derive(set);
    this.#set = set;
  }

  get hasOperators(): boolean {
    return this.#set.operatorPublic !== undefined;
  }

  get isOperator(): boolean {
    return this.#set.operatorPrivate !== undefined;
  }

  /** The name of the operators' key, which says nothing of it. */
  get operators(): string | undefined {
    const { operatorPublic } = this.#set;
    return operatorPublic?.export({ format: 'jwk' }).x;
  }

  get current(): { identity: string; psk: Uint8Array } {
    return { identity: this.#sealing.id, psk: this.#sealing.psk };
  }

  of(identity: string): Uint8Array | undefined {
    return this.#keys.get(identity)?.psk;
  }

  nonce(): string {
    return randomBytes(16).toString('base64url');
  }

  seal(bytes: Uint8Array, as: Author): Uint8Array {
    const isSigned = as === 'operator' && this.hasOperators;
    const body = bytes.length - 1;
    const sealed = Buffer.allocUnsafe(body + (isSigned ? SIGN_CHARS : 0) + SEAL_CHARS);
    sealed.set(bytes.subarray(0, body));
    let end = body;
    if (isSigned) {
      end += sealed.write(`${SIGN_OPENING}${this.#signature(sealed.subarray(0, body))}"`, end);
    }
    sealed.write(sealOf(this.#sealing, sealed.subarray(0, end)), end, 'latin1');
    return sealed;
  }

  open(bytes: Uint8Array): Opened {
    if (!isSealed(bytes)) return { fault: 'unsealed' };
    const body = bytes.length - SEAL_CHARS;
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const idAt = body + SEAL_OPENING.length;
    const key = this.#keys.get(whole.toString('latin1', idAt, idAt + KEY_ID_CHARS));
    if (!key) return { fault: 'unknown key' };
    const text = whole.subarray(0, body);
    const expected = Buffer.from(sealOf(key, text), 'latin1');
    if (!timingSafeEqual(whole.subarray(body), expected)) return { fault: 'forged' };
    return this.#author(text);
  }

  /** Whose word an authentic message is. */
  #author(text: Buffer): Opened {
    const operator = this.#set.operatorPublic;
    const body = text.length - SIGN_CHARS;
    if (!operator || body < 1) return { by: 'node' };
    if (text.compare(signOpening, 0, signOpening.length, body, body + signOpening.length) !== 0) {
      return { by: 'node' };
    }
    // Base64 could be written otherwise, but the mac has covered how it is.
    const given = text.toString('latin1', body + signOpening.length, text.length - 1);
    const signature = Buffer.from(given, 'base64url');
    const isSigned = verify(null, text.subarray(0, body), operator, signature);
    return isSigned ? { by: 'operator' } : { fault: 'forged' };
  }

  /** An operator's signature of a word that is no message. Throws where there is no such key. */
  signed(word: string): string {
    return this.#signature(this.#wordBytes(word));
  }

  /** Whether an operator of this district has signed the word. */
  hasSigned(word: string, proof: string): boolean {
    const { operatorPublic } = this.#set;
    const signature = Buffer.from(proof, 'base64url');
    return !!operatorPublic && verify(null, this.#wordBytes(word), operatorPublic, signature);
  }

  /** No message begins so, which keeps a signature of the one from being one of the other. */
  #wordBytes(word: string): Buffer {
    return Buffer.from(`greenwave word of ${this.#district}\n${word}`);
  }

  #signature(text: Buffer): string {
    const { operatorPrivate } = this.#set;
    if (!operatorPrivate) throw new Error('there is no operator’s key to sign with');
    return sign(null, text, operatorPrivate).toString('base64url');
  }

  #derive({ district }: KeySet): [Key, ReadonlyMap<string, Key>] {
    const keys = district.map(({ secret }) => ({
      id: keyIdOf(secret),
      mac: createSecretKey(derived(secret, `mac ${this.#district}`, SECRET_BYTES)),
      psk: derived(secret, `psk ${this.#district}`, SECRET_BYTES),
    }));
    const [sealing, ...others] = keys.filter((_, place) => district[place]?.isSealing);
    if (!sealing || others.length > 0) throw new Error('exactly one key of a district must seal');
    return [sealing, new Map(keys.map((key) => [key.id, key]))];
  }
}

/** What takes the place of the last brace of `text`. */
const sealOf = ({ id, mac }: Key, text: Uint8Array): string => {
  const tag = createHmac('sha256', mac).update(text).digest('base64url').slice(0, TAG_CHARS);
  return `${SEAL_OPENING}${id}.${tag}${SEAL_CLOSING}`;
};
