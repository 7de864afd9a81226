/** All scenarios of a folder under several controls: the command itself, with real SUMO. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasSumo } from '../../traffic/sumo-program.ts';
import { temporaryFolder } from '../cabinet/quick-district.ts';
import { Process } from '../e2e/processes.ts';
import { isInstalled, tellSumoLeftOut } from './small-town.ts';
import { makeSquare } from './square.ts';

const isHere = isInstalled && hasSumo('netgenerate', process.env);
tellSumoLeftOut('the comparison of controls over a folder of scenarios');

const bench = async (folder: string, ...args: string[]) => {
  const process = new Process(['bench-traffic', folder, ...args], folder);
  const code = await process.ended(240_000);
  return { code, stderr: process.stderr, stdout: process.stdout };
};

describe.skipIf(!isHere)('greenwave bench-traffic', () => {
  const square = isHere ? dirname(makeSquare()) : '';

  test('runs what is in a folder, links included, and gives each run and the means', async () => {
    const folder = temporaryFolder();
    symlinkSync(square, join(folder, 'square'));
    const controls = ['--controls', 'sumo-fixed,adaptive', '--seeds', '1..2'];
    const { code, stdout } = await bench(folder, ...controls, '--amber', '3', '--json');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const means = lines.pop();
    expect(lines.map(({ control, seed }) => `${control} ${seed}`)).toEqual([
      ...['sumo-fixed 1', 'sumo-fixed 2', 'adaptive 1', 'adaptive 2'],
    ]);
    const [fixed, adaptive] = means.means;
    expect(adaptive).toMatchObject({ scenario: 'square', control: 'adaptive', n: 2, unsafe: 0 });
    expect(adaptive.meanDelayS).toBeLessThan(fixed.meanDelayS);
    expect(adaptive.leastS).toBeLessThanOrEqual(adaptive.meanDelayS);
    expect(adaptive.mostS).toBeGreaterThanOrEqual(adaptive.meanDelayS);
    expect(means.settings).toMatchObject({ sense: 'vehicles', amberS: 3, minGreenS: 5 });
    expect(code).toBe(0);
  });

  test('says where it looked in vain', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'empty'));
    const { code, stderr } = await bench(folder);
    expect(stderr).toContain('there is no .sumocfg in it, nor in a folder of it');
    expect(code).toBe(2);
    const away = await bench(folder, '--controls', 'greedy');
    expect(away.stderr).toContain('It must be some of sumo-fixed, sumo-actuated');
    expect(away.code).toBe(2);
  });
});
