/**
 * Fingerprints plain values, to notice that two nodes hold different ones. Two lanes of FNV-1a of
 * 32 bits; the digest of the protocol is the same with 64, but far too slow for every event of a
 * city. An object is looked at once: what machines hold does not change.
 */
import type { State } from '../protocol/command.ts';

const known = new WeakMap<object, string>();

/** Equal for values whose JSON is equal. */
export const fingerprint = (value: object): string => {
  const before = known.get(value);
  if (before !== undefined) return before;
  const print = fingerprintOfText(JSON.stringify(value));
  known.set(value, print);
  return print;
};

/** The same for the replicated state, of which most parts stay from one entry to the next. */
export const fingerprintOfState = ({ voters, members, plan }: State): string =>
  `${fingerprint(voters)} ${fingerprintOfMembers(members)} ${plan ? fingerprint(plan) : '-'}`;

const fingerprintOfMembers = (members: State['members']): string => {
  const before = known.get(members);
  if (before !== undefined) return before;
  const print = fingerprintOfText(members.map(fingerprint).join(' '));
  known.set(members, print);
  return print;
};

export const fingerprintOfText = (text: string): string => {
  let [one, two] = [0x811c9dc5, 0x01000193];
  for (let k = 0; k < text.length; k += 1) {
    const code = text.charCodeAt(k);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ code, 0x5bd1e995) ^ (two >>> 15);
  }
  return `${(one >>> 0).toString(16)}.${(two >>> 0).toString(16)}`;
};
