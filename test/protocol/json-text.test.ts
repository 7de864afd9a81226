/** What is JSON, told without an exception, just as the engine tells it by one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../protocol/codec.ts';
import { faultOfJson } from '../../protocol/json-text.ts';
import { isUtf8 } from '../../protocol/utf8.ts';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const isJson = (text: string) => faultOfJson(text, Number.POSITIVE_INFINITY) === undefined;

describe('a text', () => {
  test.each([
    ...[
      '',
      ' ',
      '{}',
      ' [ ] ',
      '[1,2 , 3]',
      '{"a":{"b":[null,true,false]}}',
      '"x"',
      '0',
      '-0.5e+7',
    ],
    ...[
      '01',
      '-',
      '1.',
      '.5',
      '1e',
      '+1',
      '0x1',
      'NaN',
      'tru',
      'truex',
      '[1,]',
      '[,1]',
      '{"a":1,}',
    ],
    ...[
      '{a:1}',
      '{"a"}',
      '{"a":}',
      '{"a" 1}',
      '[1 2]',
      '[}',
      '{]',
      '[',
      '{',
      '"',
      '"\\',
      '"\\u12"',
    ],
    ...['"\\u12aF"', '"\\x"', '"\n"', '"\t"', '"\\n"', '\v1', '\ufeff{}', '1 1', '{}{}', '[]]'],
    ...['"\ud800"', '"\u2028"', '[[[[1]]]]', '{"a":[{"b":[]}]} ', '{"":0}', '\u00a01'],
  ])('%j is judged as the engine judges it', (text) => {
    expect(isJson(text)).toBe(parses(text));
  });

  test('so is everything that is JSON, and everything that was and is changed in one place', () => {
    const signs = fc.constantFrom(...'{}[]",:\\/ \n\te-+.01uAtrfn\u0000\u00e9\ud83d');
    const json = fc.tuple(fc.json(), fc.constantFrom(0, 1, 4));
    fc.assert(
      fc.property(json, fc.nat(), signs, fc.boolean(), ([text, space], place, sign, isAdded) => {
        const wide = JSON.stringify(JSON.parse(text), null, space);
        expect(isJson(wide)).toBe(true);
        const at = place % (wide.length + 1);
        const changed = wide.slice(0, at) + sign + wide.slice(isAdded ? at : at + 1);
        expect({ changed, is: isJson(changed) }).toEqual({ changed, is: parses(changed) });
        const cut = wide.slice(0, at);
        expect({ cut, is: isJson(cut) }).toEqual({ cut, is: parses(cut) });
      }),
      { seed: 8, numRuns: 5_000 },
    );
  });

  test.each([
    ['[[]]', 2, undefined],
    ['[[]]', 1, 'too deep'],
    ['{"a":[{"b":1}]}', 3, undefined],
    ['{"a":[{"b":1}]}', 2, 'too deep'],
    ['[[]', 2, 'not JSON'],
  ])('%s of at most %i levels is %s', (text, levels, fault) => {
    expect(faultOfJson(text, levels)).toBe(fault);
  });

  test('depth costs no calls', () => {
    expect(isJson(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).toBe(true);
    expect(isJson('['.repeat(200_000))).toBe(false);
  });
});

test('bytes are UTF-8 as the engine tells it, also where they say what replaces others', () => {
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
  const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
  const isRight = (bytes: Uint8Array): boolean => {
    try {
      strict.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  const parts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }).map((text) => [...new TextEncoder().encode(text)]),
    fc.constant([0xef, 0xbf, 0xbd]),
    fc.array(fc.constantFrom(0xef, 0xbf, 0xbd, 0xf0, 0xed, 0xa0, 0xc0, 0x80, 0x41), {
      maxLength: 3,
    }),
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 6 }), (all) => {
      const bytes = Uint8Array.from(all.flat());
      expect(isUtf8(lenient.decode(bytes), bytes)).toBe(isRight(bytes));
    }),
    { seed: 8, numRuns: 20_000 },
  );
});

test.each([
  ['cut off', '{"a":'],
  ['deep and cut off', '['.repeat(80)],
  ['deep', `${'['.repeat(80)}${']'.repeat(80)}`],
  ['of a prototype', '{"__proto__":1}'],
  ['of a prototype, and deep', `{"__proto__":1,"a":${'['.repeat(80)}${']'.repeat(80)}}`],
  ['deep, and of a prototype', `{"a":${'['.repeat(80)}${']'.repeat(80)},"__proto__":1}`],
  ['with a prototype deep inside', `{"__proto__":${'['.repeat(80)}${']'.repeat(80)}}`],
])('a message that is %s is refused by the same word, whatever came before', (_, text) => {
  const bytes = (one: string) => new TextEncoder().encode(one);
  const word = (one: string) => (decode(bytes(one)) as { fault: string }).fault;
  for (let k = 0; k < 20; k += 1) word('{}');
  const calm = word(text);
  word('no JSON');
  expect(word(text)).toBe(calm);
});
