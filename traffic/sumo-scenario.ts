/**
 * Reads a scenario of SUMO from disk, as far as it must be known before SUMO runs it. Whoever made it
 * may be a stranger, and SUMO reads and writes whatever it is told to: so nothing outside of the
 * scenario's folder may be named.
 */
import { readSumoConfig, type SumoConfig } from './sumo-config.ts';
import { SumoError } from './sumo-error.ts';
import {
  absolute,
  additionalText,
  configText,
  isOutside,
  networkText,
  pathInside,
} from './sumo-files.ts';
import { NetworkError, readSumoNetwork, type SumoNetwork } from './sumo-network.ts';
import { xmlReader } from './sumo-xml.ts';

export interface SumoScenario extends Omit<SumoConfig, 'values'> {
  /** The configuration’s file. */
  readonly file: string;
  readonly roads: SumoNetwork;
}

/** Rejects with `SumoError`, which names the file. Its paths are absolute. */
export const readScenario = async (file: string): Promise<SumoScenario> => {
  const { values, ...config } = await naming(file, async () => {
    const read = readSumoConfig(await configText(file));
    assertInside(read.values);
    return read;
  });
  const path = (name: string) => naming(file, () => pathInside(file, name));
  const network = await path(config.network);
  const additional: string[] = [];
  for (const name of config.additional) additional.push(await path(name));
  for (const one of additional) await naming(one, () => assertWritesInside(one));
  const roads = await naming(network, () => readSumoNetwork(networkText(network)));
  return { ...config, file: absolute(file), network, additional, roads };
};

/** Among options are some that have SUMO write a file. */
const assertInside = (values: ReadonlyMap<string, string>): void => {
  const outside = [...values].filter(([, value]) => value.split(/[,\s]+/).some(isOutside));
  if (outside.length === 0) return;
  const list = outside.map(([name, value]) => `<${name} value="${value.slice(0, 200)}"/>`);
  throw new SumoError(`it names what is outside of its folder: ${list.join(', ')}`);
};

/** Detectors write what they see to a `file`. */
const assertWritesInside = async (file: string): Promise<void> => {
  const reader = xmlReader({
    open: (name, { file: written, href }, fail) => {
      const outside = [written, href].find(
        (value) => value !== undefined && value !== '/dev/null' && isOutside(value),
      );
      if (outside !== undefined) fail(`<${name}> names ${outside}, which is outside of its folder`);
    },
    fail: (message) => {
      throw new SumoError(message);
    },
  });
  for await (const piece of additionalText(file)) reader.write(piece);
  reader.end();
};

const naming = async <T>(file: string, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isKnown = error instanceof SumoError || error instanceof NetworkError;
    if (!isKnown && code === undefined) throw error;
    throw new SumoError(`${file}: ${isKnown ? message : `cannot be read (${code})`}`);
  }
};
