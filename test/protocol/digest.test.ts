/** Digests: equal values, equal digests; and FNV-1a as its authors published it. */
import { expect, test } from 'vitest';
import { canonicalJson, digestOf } from '../../protocol/digest.ts';
import { intersectionSchema } from '../../protocol/district.ts';
import { seeded } from '../transport/seeded.ts';
import { example, mutated } from './examples.ts';

test.each([
  // The published vectors are of bare bytes; these were computed over the canonical text.
  ['', '""'],
  [{ b: 1, a: [true, null, 'é'] }, '{"a":[true,null,"é"],"b":1}'],
  [{ a: undefined, b: 0 }, '{"b":0}'],
  [[undefined, 1], '[null,1]'],
  [{ a: { d: 1, c: 2 } }, '{"a":{"c":2,"d":1}}'],
])('the canonical JSON of %j is %s', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test('a digest is FNV-1a of 64 bits over the canonical JSON', () => {
  // FNV-1a 64 of the byte "1" (0x31): (offset basis xor 0x31) times the prime.
  const expected = BigInt.asUintN(64, (0xcbf29ce484222325n ^ 0x31n) * 0x100000001b3n);
  expect(digestOf(1)).toBe(expected.toString(16).padStart(16, '0'));
});

test('equal values have equal digests, and others have others', () => {
  const digests = new Map<string, string>();
  for (let seed = 0; seed < 300; seed += 1) {
    const random = seeded(seed);
    const value = example(random, intersectionSchema);
    for (const one of [value, mutated(random, value), mutated(random, value)]) {
      const text = canonicalJson(one);
      const digest = digestOf(one);
      expect(digest).toMatch(/^[0-9a-f]{16}$/);
      expect(digests.get(digest) ?? text).toBe(text);
      digests.set(digest, text);
      expect(digestOf(JSON.parse(JSON.stringify(one)))).toBe(digest);
    }
  }
});
