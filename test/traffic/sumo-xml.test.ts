/** Proves that XML from elsewhere is read plainly: no entities, no depth without end, no prototypes. */
import { expect, test } from 'vitest';
import { readSumoConfig } from '../../traffic/sumo-config.ts';
import { readSumoNetwork } from '../../traffic/sumo-network.ts';
import { readTrips } from '../../traffic/sumo-trips.ts';
import { ATTRIBUTES_MAX, DEPTH_MAX, VALUE_CHARACTERS_MAX } from '../../traffic/sumo-xml.ts';

const laughs = '<!DOCTYPE net [\n<!ENTITY a "ha">\n<!ENTITY b "&a;&a;&a;">\n]>\n<net x="&b;"/>';
const names = Array.from({ length: ATTRIBUTES_MAX + 1 }, (_, k) => `a${k}="1"`).join(' ');
const rows: readonly [string, string, RegExp][] = [
  ['entities of its own', laughs, /^line \d: it has a DOCTYPE/],
  ['another file', '<!DOCTYPE net SYSTEM "file:///etc/passwd"><net/>', /^line 1: it has a DOCTYPE/],
  [
    'a reference to nothing',
    '<net>\n<edge id="&constructor;"/></net>',
    /^line 2: Invalid character/,
  ],
  ['the prototype', '<net>\n<edge __proto__="1" id="a"/></net>', /^line 2: an attribute is called/],
  ['a method', '<net>\n<edge hasOwnProperty="1" id="a"/></net>', /^line 2: an attribute is called/],
  ['depth without end', '<net>'.repeat(100_000), /^line 1: <net> is nested deeper than/],
  ['too many attributes', `<net ${names}/>`, /^line 1: <net> has 257 attributes/],
  ['a value without end', `<net a="${'x'.repeat(VALUE_CHARACTERS_MAX + 1)}"/>`, /^line 1: /],
];

test.each(rows)('%s is refused with its line, whatever reads it', async (_, text, message) => {
  await expect(readSumoNetwork([text])).rejects.toThrow(message);
  expect(() => readSumoConfig(text)).toThrow(message);
  expect(() => readTrips(text)).toThrow(message);
});

test('what nests as deep as is allowed is read', async () => {
  const text = `<net>${'<param>'.repeat(DEPTH_MAX - 1)}${'</param>'.repeat(DEPTH_MAX - 1)}</net>`;
  expect((await readSumoNetwork([text])).edges.size).toBe(0);
});
