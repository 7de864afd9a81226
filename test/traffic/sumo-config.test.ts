/** Proves what is read of a SUMO configuration. */
import { expect, test } from 'vitest';
import { readSumoConfig } from '../../traffic/sumo-config.ts';
import { SumoError } from '../../traffic/sumo-error.ts';

const configured = (...options: string[]) =>
  readSumoConfig(`<configuration>\n<input>${options.join('')}</input>\n</configuration>`);

test('names the network, the additional files and the times', () => {
  expect(
    configured(
      '<net-file value="town.net.xml"/>',
      '<additional-files value="a.xml, b.xml,c.xml"/>',
      '<begin value="25200"/><end value="1:08:00:00.5"/>',
    ),
  ).toEqual({
    values: expect.any(Map),
    network: 'town.net.xml',
    additional: ['a.xml', 'b.xml', 'c.xml'],
    beginS: 25_200,
    endS: 115_200.5,
  });
});

test('takes SUMO’s short names, and has an end only where one is set', () => {
  expect(configured('<n value="x.net.xml"/>', '<a value="d.xml"/>', '<e value="-1"/>')).toEqual({
    values: expect.any(Map),
    network: 'x.net.xml',
    additional: ['d.xml'],
    beginS: 0,
  });
});

test.each([
  ['<configuration><input></input></configuration>', 'it names no network'],
  ['<configuration><n value="x"/>', 'line 1: the file is cut off, inside <configuration>'],
  ['<configuration><n value="x"/><begin value="soon"/></configuration>', 'its begin is “soon”'],
])('of %s says what is wrong', (text, message) => {
  expect(() => readSumoConfig(text)).toThrow(SumoError);
  expect(() => readSumoConfig(text)).toThrow(message);
});
