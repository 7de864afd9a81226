/**
 * Makes wrong bytes of right ones, for fuzzing: bits, bytes, lengths, pieces of others, and the words
 * that parsers stumble over. The same seed gives the same bytes.
 */
export type Random = () => number;

/** mulberry32: small, and good enough to choose places. */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const text = new TextEncoder();
/** Longer ones are left to tests of their own. */
const BYTES_MAX = 4_096;
const WORDS = [
  ...['"__proto__":{},', '"constructor":1,', '1e400', '-0', '9007199254740993', 'null', 'true'],
  ...[
    '""',
    '{}',
    '[]',
    '[[[[[[[[',
    '\\u0000',
    '\n',
    '\r\n',
    '"',
    '}',
    '{',
    ',"mac":"',
    '"payload":',
  ],
  ...['\ud800', '\u2028', '<!ENTITY a "b">', '&a;', '../', '\u00ff\u00ff\u00ff\u00ff'],
].map((word) => text.encode(word));

const below = (random: Random, limit: number): number => Math.floor(random() * limit);

const spliced = (bytes: Uint8Array, at: number, taken: number, put: Uint8Array): Uint8Array => {
  const after = bytes.subarray(Math.min(bytes.length, at + taken));
  const made = new Uint8Array(at + put.length + after.length);
  made.set(bytes.subarray(0, at));
  made.set(put, at);
  made.set(after, at + put.length);
  return made.subarray(0, BYTES_MAX);
};

const pieceOf = (random: Random, bytes: Uint8Array): Uint8Array => {
  const at = below(random, bytes.length);
  return bytes.subarray(at, at + below(random, 40));
};

/** One change of `bytes`. */
const changed = (random: Random, bytes: Uint8Array, corpus: readonly Uint8Array[]): Uint8Array => {
  const at = below(random, bytes.length + 1);
  const none = new Uint8Array();
  switch (below(random, 7)) {
    case 0: {
      const copy = Uint8Array.from(bytes);
      if (copy.length > 0) copy[at % copy.length] = below(random, 256);
      return copy;
    }
    case 1: {
      const copy = Uint8Array.from(bytes);
      if (copy.length > 0) {
        copy[at % copy.length] = (copy[at % copy.length] as number) ^ (1 << below(random, 8));
      }
      return copy;
    }
    case 2:
      return bytes.slice(0, at);
    case 3:
      return spliced(bytes, at, 1 + below(random, 8), none);
    case 4:
      return spliced(bytes, at, 0, WORDS[below(random, WORDS.length)] ?? none);
    case 5:
      return spliced(bytes, at, below(random, 12), WORDS[below(random, WORDS.length)] ?? none);
    default: {
      const other = corpus[below(random, corpus.length)] ?? none;
      return spliced(bytes, at, below(random, 20), pieceOf(random, other));
    }
  }
};

/** Something of the corpus, changed once or a few times. */
export const mutant = (random: Random, corpus: readonly Uint8Array[]): Uint8Array => {
  let bytes = corpus[below(random, corpus.length)] ?? new Uint8Array();
  for (let count = 1 + below(random, 3); count > 0; count -= 1) {
    bytes = changed(random, bytes, corpus);
  }
  return bytes;
};
