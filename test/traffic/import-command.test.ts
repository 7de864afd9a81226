/** Proves that `greenwave import` writes a whole district or says what is wrong and writes nothing. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type ImportArguments, importCommand, runImport } from '../../bin/import.ts';
import { readDistrict } from '../../bin/read-district.ts';
import {
  hasScenarios,
  type Scenario,
  scenarioFile,
  tellLeftOut,
  twoLights,
} from './read-fixture.ts';

tellLeftOut('the command on ingolstadt7 and cologne3');

const folder = mkdtempSync(join(tmpdir(), 'greenwave-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

const network = fileURLToPath(new URL('two-lights.net.xml', import.meta.url));

const run = async (file: string, options: ImportArguments = {}) => {
  let text = '';
  let told = '';
  await runImport(file, options, {
    text: (more) => {
      text += more;
    },
    told: (more) => {
      told += more;
    },
  });
  return { text, told };
};

const refused = (file: string, options: ImportArguments = {}) =>
  run(file, options).then(
    () => 'was imported',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('greenwave import', () => {
  test('writes a district file that a node can be started with', async () => {
    const output = join(folder, 'two.json');
    const { text, told } = await run(network, { output, name: 'pair' });
    const district = readDistrict(output);
    expect(district.name).toBe('pair');
    expect(text).toBe('');
    expect(told).toContain('warning: west program night phase 0 (GGgrGGG): lights foes');
    expect(told).toContain(`pair: 2 intersections, 2 links, 1 warning, written to ${output}`);
  });

  test('writes for people: no line is long, and a pair stands on one', async () => {
    const { text } = await run(network);
    const lines = text.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines).toContain('        ["E-l", "W-s"],');
    expect(JSON.parse(text)).toMatchObject({ name: 'two-lights', expect: 2 });
  });

  test('writes the whole contract, so that nothing is left to a default', async () => {
    const { text } = await run(network);
    const { timing, discovery } = JSON.parse(text);
    expect(timing).toMatchObject({ heartbeatTimeoutMs: 3000, electionTimeoutMs: 5000 });
    expect(discovery).toEqual({ address: '239.255.255.250', port: 5007, tcpPort: 6000 });
  });

  test('tells the summary as one line of JSON', async () => {
    const { text, told } = await run(network, { output: join(folder, 'json.json'), json: true });
    expect(told).toBe('');
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({
      name: 'two-lights',
      links: 2,
      intersections: [
        { id: 'west', node: 'n1', groups: 6, stages: 3, programs: 1, conflicts: 6, yields: 3 },
        { id: 'east', node: 'n2', groups: 4, stages: 2, programs: 1, conflicts: 3, merges: 1 },
      ],
      warnings: [{ place: 'west program night phase 0 (GGgrGGG)' }],
    });
  });

  test('takes the operator’s times', async () => {
    const { text } = await run(network, { amber: '2', redClearance: '1', minGreen: '7' });
    expect(JSON.parse(text).intersections[0].groups[0]).toMatchObject({
      amberS: 2,
      redClearanceS: 1,
      minGreenS: 7,
    });
  });

  test.each<[ImportArguments, string]>([
    [{ amber: 'three' }, '--amber must be from 0.1 to 600 seconds, but is “three”'],
    [{ amber: '0' }, '--amber must be'],
    [{ redClearance: '-1' }, '--red-clearance must be from 0 to 60 seconds, but is “-1”'],
    [{ minGreen: '' }, '--min-green must be'],
    [{ json: true }, '--json needs -o FILE'],
  ])('refuses %j', async (options, message) => {
    expect(await refused(network, options)).toContain(`OperatorError: ${message}`);
  });

  test('says what is wrong with the file, and writes nothing', async () => {
    const broken = join(folder, 'broken.net.xml');
    const output = join(folder, 'broken.json');
    writeFileSync(broken, twoLights.slice(0, twoLights.indexOf('<request')));
    expect(await refused(broken, { output })).toMatch(
      /^OperatorError: .*broken\.net\.xml: line \d+: the file is cut off, inside <junction>; nothing was imported$/,
    );
    expect(existsSync(output)).toBe(false);
    expect(await refused(join(folder, 'none.net.xml'))).toContain('cannot be read (ENOENT)');
    expect(await refused(network, { output: join(folder, 'no', 'such') })).toContain(
      'cannot be written (ENOENT)',
    );
  });

  test('has the options that its help names', () => {
    expect(importCommand.name()).toBe('import');
    expect(importCommand.options.map(({ long }) => long)).toEqual([
      ...['--output', '--name', '--amber', '--red-clearance', '--min-green', '--json'],
    ]);
  });
});

describe.skipIf(!hasScenarios).each<[Scenario, number]>([
  ['ingolstadt7', 7],
  ['cologne3', 3],
])('greenwave import of %s', (name, count) => {
  test('writes a district file that a node can be started with', async () => {
    const output = join(folder, `${name}.json`);
    const { told } = await run(scenarioFile(name), { output, amber: '3', minGreen: '5' });
    expect(readDistrict(output).intersections).toHaveLength(count);
    expect(told).toContain(`${name}: ${count} intersections`);
    expect(JSON.parse(readFileSync(output, 'utf8')).expect).toBe(count);
  });
});
