/** Keys for tests: a secret that is the same in each run, and an operator's pair. */
import { generateKeyPairSync } from 'node:crypto';
import { Keyring, type KeySet, SECRET_BYTES } from '../../transport/keyring.ts';

/** A secret of one byte, again and again. */
export const secret = (byte: number): Uint8Array => new Uint8Array(SECRET_BYTES).fill(byte);

/** Holds `secret(sealing)` to seal with, and accepts the others too. */
export const keySet = (sealing: number, ...others: number[]): KeySet => ({
  district: [
    { secret: secret(sealing), isSealing: true },
    ...others.map((byte) => ({ secret: secret(byte), isSealing: false })),
  ],
});

export const keyring = (sealing = 1, ...others: number[]): Keyring =>
  new Keyring('town', keySet(sealing, ...others));

/** The keys of a node, and of an operator of the same district. */
export const withOperator = (district = 'town') => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const nodes = { ...keySet(1), operatorPublic: publicKey };
  return {
    node: new Keyring(district, nodes),
    operator: new Keyring(district, { ...nodes, operatorPrivate: privateKey }),
  };
};
