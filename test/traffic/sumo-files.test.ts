/** A scenario of a stranger: what it may name, and how long its files may be. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SumoError } from '../../traffic/sumo-error.ts';
import { CONFIG_BYTES_MAX, networkText } from '../../traffic/sumo-files.ts';
import { readScenario } from '../../traffic/sumo-scenario.ts';

const network = fileURLToPath(new URL('./two-lights.net.xml', import.meta.url));
let around: string;
let folder: string;

beforeEach(() => {
  around = mkdtempSync(join(tmpdir(), 'greenwave-scenario-'));
  folder = join(around, 'town');
  mkdirSync(folder);
  cpSync(network, join(folder, 'town.net.xml'));
});
afterEach(() => rmSync(around, { recursive: true }));

const scenario = (...options: string[]): string => {
  const file = join(folder, 'town.sumocfg');
  const all = ['<net-file value="town.net.xml"/>', ...options].join('');
  writeFileSync(file, `<configuration><input>${all}</input></configuration>`);
  return file;
};
const additional = (content: string): string => {
  writeFileSync(join(folder, 'more.xml'), `<additional>${content}</additional>`);
  return '<additional-files value="more.xml"/>';
};

describe('a scenario', () => {
  test('may name what is in its folder, and folders below', async () => {
    mkdirSync(join(folder, 'below'));
    cpSync(network, join(folder, 'below', 'town.net.xml'));
    const file = scenario('<n value="x"/>', '<tripinfo-output value="below/trips.xml"/>');
    const detector = '<e1Detector id="a" lane="x" pos="1" freq="9" file="a.xml"/>';
    expect((await readScenario(file)).network).toBe(join(folder, 'town.net.xml'));
    const more = await readScenario(scenario(additional(detector)));
    expect(more.additional).toEqual([join(folder, 'more.xml')]);
  });

  test.each([
    ['a network of elsewhere', '<net-file value="../town.net.xml"/>'],
    ['a list with one of elsewhere', '<additional-files value="more.xml, ../../etc/more.xml"/>'],
    ['what SUMO is to write elsewhere', '<tripinfo-output value="/etc/cron.d/trips"/>'],
    ['a folder of elsewhere, with a backslash', '<save-state.prefix value="..\\\\state"/>'],
  ])('that names %s is refused, with what it names', async (_, option) => {
    const refused = expect(readScenario(scenario(option))).rejects;
    await refused.toThrow(SumoError);
    await refused.toThrow(/town\.sumocfg: it names what is outside of its folder: <[\w.-]+ value=/);
  });

  test('is told of all that it names elsewhere at once', async () => {
    const file = scenario('<route-files value="/a.xml"/>', '<log value="../b.log"/>');
    await expect(readScenario(file)).rejects.toThrow(
      'outside of its folder: <route-files value="/a.xml"/>, <log value="../b.log"/>',
    );
  });

  test('that reaches elsewhere by a link is refused', async () => {
    cpSync(network, join(around, 'other.net.xml'));
    symlinkSync(join(around, 'other.net.xml'), join(folder, 'linked.net.xml'));
    const file = scenario('<net-file value="linked.net.xml"/>');
    await expect(readScenario(file)).rejects.toThrow(
      `${file}: it names linked.net.xml, which is outside of its folder; put it beside`,
    );
  });

  test('whose detectors write elsewhere is refused, with the line', async () => {
    const detector = '\n<e1Detector id="a" lane="x" pos="1" freq="9" file="../../.profile"/>';
    await expect(readScenario(scenario(additional(detector)))).rejects.toThrow(
      `${join(folder, 'more.xml')}: line 2: <e1Detector> names ../../.profile`,
    );
  });

  test('with a configuration that is far too long is not read', async () => {
    const file = scenario(' '.repeat(CONFIG_BYTES_MAX));
    await expect(readScenario(file)).rejects.toThrow(/no configuration is longer than/);
  });
});

describe('a packed network', () => {
  const read = async (file: string, charactersMax?: number) => {
    let length = 0;
    for await (const piece of networkText(file, charactersMax)) length += piece.length;
    return length;
  };

  test('is unpacked no further than a network can be long', async () => {
    const file = join(folder, 'bomb.net.xml.gz');
    writeFileSync(file, gzipSync(Buffer.alloc(20_000_000, 0x20)));
    expect(await read(file)).toBe(20_000_000);
    await expect(read(file, 1_000_000)).rejects.toThrow(
      'it has more than 1000000 characters, and is read no further',
    );
  });

  test('that is cut off, or is none, is told and is no hang', async () => {
    const file = join(folder, 'cut.net.xml.gz');
    writeFileSync(file, gzipSync('<net></net>').subarray(0, 20));
    await expect(read(file)).rejects.toThrow('unexpected end of file');
    await expect(read(join(folder, 'none.gz'))).rejects.toThrow('ENOENT');
  });
});
