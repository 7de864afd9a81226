/** Reads networks for the tests of this folder: our own, and the shared scenarios where they are. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Import, type ImportOptions, importNetwork } from '../../traffic/import.ts';
import { readSumoNetwork } from '../../traffic/sumo-network.ts';

/** The text of the small network made by hand for these tests. */
export const twoLights = readFileSync(new URL('two-lights.net.xml', import.meta.url), 'utf8');

export const importText = async (
  text: string,
  options: Partial<ImportOptions> = {},
): Promise<Import> => importNetwork(await readSumoNetwork([text]), { name: 'test', ...options });

export const SCENARIOS = [
  ...['arterial4x4', 'cologne1', 'cologne3', 'cologne8'],
  ...['grid4x4', 'ingolstadt1', 'ingolstadt7'],
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** They are not part of the project, because of their licences. */
const folder = new URL('../../../shared/scenarios/', import.meta.url);
export const hasScenarios = existsSync(folder);

export const scenarioFile = (name: Scenario): string =>
  fileURLToPath(new URL(`${name}/${name}.net.xml`, folder));

/** Says what a run without the scenarios did not prove. */
export const tellLeftOut = (what: string): void => {
  if (!hasScenarios) console.warn(`left out, because ${folder.pathname} is not here: ${what}`);
};
