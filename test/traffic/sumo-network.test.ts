/** Proves that a network is read whole or refused with the line that is wrong. */
import { describe, expect, test } from 'vitest';
import { readSumoNetwork } from '../../traffic/sumo-network.ts';
import { twoLights } from './read-fixture.ts';

const refused = async (text: string) =>
  readSumoNetwork([text]).then(
    () => 'was read',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('reading a network', () => {
  test('a network cut into pieces anywhere is the same network', async () => {
    const whole = await readSumoNetwork([twoLights]);
    const pieces = twoLights.match(/[\s\S]{1,7}/g) ?? [];
    expect(await readSumoNetwork(pieces)).toEqual(whole);
    expect(whole.edges.size).toBe(15);
    expect(whole.junctions.map(({ id }) => id)).toEqual(['west', 'mid', 'east', 'w', 's', 'n']);
    expect(whole.connections).toHaveLength(19);
    expect(whole.programs.map(({ light, id }) => `${light} ${id}`)).toEqual([
      'west day',
      'west night',
      'east 0',
    ]);
  });

  test('index 0 of a matrix row stands rightmost', async () => {
    const { junctions } = await readSumoNetwork([twoLights]);
    const row = junctions[0]?.requests[3];
    expect([...(row?.foes ?? [])].sort()).toEqual([0, 1, 5, 6]);
    const left = junctions[0]?.requests[1];
    expect([...(left?.foes ?? [])].sort()).toEqual([3, 4, 5, 6]);
    expect([...(left?.response ?? [])].sort()).toEqual([4, 5, 6]);
  });

  test.each([
    ['an empty file', '', 'line 1: there is no network in the file'],
    ['only space', '\n \n', 'there is no network in the file'],
    ['no XML', 'hello', 'line 1: Non-whitespace before first tag.'],
    [
      'another XML file',
      '<routes/>',
      'line 1: <routes> is the root, but a SUMO network’s is <net>',
    ],
    ['a wrong end', '<net>\n<edge id="a">\n</net>', 'line 3: Unexpected close tag'],
    ['a lane without length', '<net>\n<edge id="a"><lane id="b" speed="1"/>', 'lacks length'],
    [
      'a length in words',
      '<net>\n<edge id="a"><lane id="b" speed="1" length="long"/>',
      'line 2: <lane> has length="long", which is no number',
    ],
    ['a row of no junction', '<net>\n<request/></net>', 'line 2: <request> outside a <junction>'],
    ['a phase of no light', '<net>\n<phase/></net>', 'line 2: <phase> outside a <tlLogic>'],
  ])('%s is refused with its line', async (_, text, message) => {
    expect(await refused(text)).toContain(message);
  });

  test('a file cut off anywhere is refused, and says inside what', async () => {
    const end = twoLights.lastIndexOf('</net>');
    for (const length of [60, 700, 5000, twoLights.indexOf('<phase') + 9, end - 30, end]) {
      expect(await refused(twoLights.slice(0, length))).toMatch(
        /^NetworkError: line \d+: (the file is cut off, inside <|there is no network)/,
      );
    }
    const message = await refused(twoLights.slice(0, twoLights.indexOf('<request')));
    expect(message).toContain('cut off, inside <junction>');
  });
});
