/** Runs a scenario by SUMO’s own programs, with nobody else: what others are compared with. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SumoError } from '../traffic/sumo-error.ts';
import { type OwnTimes, ownProgramsFile } from '../traffic/sumo-own-programs.ts';
import { findSumo } from '../traffic/sumo-program.ts';
import type { SumoScenario } from '../traffic/sumo-scenario.ts';
import { outputArguments, readStatistics, readTrips } from '../traffic/sumo-trips.ts';

export interface OwnOptions extends OwnTimes {
  readonly seed: number;
  readonly teleportS: number;
}

/** Rejects with `SumoError`, and leaves nothing behind. */
export const runOwn = async (scenario: SumoScenario, options: OwnOptions) => {
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-own-'));
  const [trips, statistics] = [join(folder, 'trips.xml'), join(folder, 'statistics.xml')];
  const programs = join(folder, 'programs.add.xml');
  const { beginS, endS, file, additional } = scenario;
  try {
    await writeFile(programs, ownProgramsFile(scenario.roads, options));
    await promisify(execFile)(findSumo('sumo', process.env), [
      ...['-c', file, '--additional-files', [...additional, programs].join(',')],
      ...['--begin', `${beginS}`, ...(endS === undefined ? [] : ['--end', `${endS}`])],
      ...['--seed', `${options.seed}`, '--time-to-teleport', `${options.teleportS}`],
      ...['--no-step-log', 'true', '--no-warnings', 'true', '--xml-validation', 'never'],
      ...outputArguments(trips, statistics),
    ]);
    const figures = readTrips(await readFile(trips, 'utf8'));
    return { ...figures, ...readStatistics(await readFile(statistics, 'utf8')) };
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw stderr === undefined ? error : new SumoError(`SUMO failed on ${file}:\n${stderr.trim()}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
