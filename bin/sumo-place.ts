/** What `greenwave up --sumo` runs: a scenario, and a district file that all of its processes read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Sensing } from '../protocol/readings.ts';
import { districtText } from '../traffic/district-text.ts';
import { importNetwork } from '../traffic/import.ts';
import { findSumo } from '../traffic/sumo-program.ts';
import { readScenario, type SumoScenario } from '../traffic/sumo-scenario.ts';
import { refusing } from './drive.ts';
import { readDistrict } from './read-district.ts';
import { SumoTraffic } from './sumo-traffic.ts';
import type { Laid } from './up-run.ts';

interface Options {
  readonly seed: number;
  readonly sense?: Sensing;
  readonly gui?: true;
}

/** `named`: a district file made of the scenario's network; without it one is made. Rejects with `OperatorError`. */
export const layOutSumo = async (
  sumocfg: string,
  named: string | undefined,
  { seed, sense = 'vehicles', gui }: Options,
): Promise<Laid> => {
  const scenario = await refusing(async () => {
    // Whoever has no SUMO is told before anything is made.
    findSumo(gui ? 'sumo-gui' : 'sumo', process.env);
    return readScenario(sumocfg);
  });
  const file = named ?? (await refusing(async () => written(scenario)));
  const district = readDistrict(file);
  const how = { scenario, district, sensing: sense, seed, gui: gui === true };
  return { file, district, traffic: (heard) => new SumoTraffic({ ...how, ...heard }) };
};

/** The file is there for as long as this process, which may end at once. */
const written = ({ file, roads }: SumoScenario): string => {
  const folder = mkdtempSync(join(tmpdir(), 'greenwave-sumo-'));
  // First of all: another listener ends this process at once (`greenwave.ts`).
  process.prependOnceListener('exit', () => rmSync(folder, { recursive: true, force: true }));
  const name = basename(file, '.sumocfg').replaceAll(/\s/g, '-');
  const path = join(folder, `${name}.json`);
  writeFileSync(path, districtText(importNetwork(roads, { name }).district));
  return path;
};
