/** Where SUMO is on this host, and what to do where it is not. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SumoError } from './sumo-error.ts';

/** Without a window, with one, and what makes networks. */
export type SumoProgram = 'sumo' | 'sumo-gui' | 'netconvert' | 'netgenerate';

export type Environment = Readonly<Record<string, string | undefined>>;

/** On Debian and Ubuntu. */
const INSTALL = 'apt-get install sumo';

/**
 * The file of a program: of SUMO_HOME where that has one, else the first on PATH. Throws `SumoError`,
 * which says how to install it, or that there is no display for it.
 */
export const findSumo = (program: SumoProgram, environment: Environment): string => {
  const { SUMO_HOME, PATH, DISPLAY } = environment;
  const homes = SUMO_HOME ? [join(SUMO_HOME, 'bin')] : [];
  const folders = [...homes, ...(PATH ?? '').split(delimiter).filter(Boolean)];
  const found = folders.map((folder) => join(folder, program)).find(isProgram);
  if (found !== undefined) {
    if (program !== 'sumo-gui' || process.platform !== 'linux' || DISPLAY) return found;
    throw new SumoError('sumo-gui needs an X display, and DISPLAY names none; leave out --gui');
  }
  throw new SumoError(
    `${program} was not found on PATH${SUMO_HOME ? ` nor in SUMO_HOME (${SUMO_HOME})` : ''}; ` +
      `install Eclipse SUMO: ${INSTALL}`,
  );
};

/** Whether a program is here. */
export const hasSumo = (program: SumoProgram, environment: Environment): boolean => {
  try {
    return findSumo(program, environment) !== '';
  } catch {
    return false;
  }
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};
