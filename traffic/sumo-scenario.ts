/** Reads a scenario of SUMO from disk, as far as it must be known before SUMO runs it. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { readSumoConfig, type SumoConfig } from './sumo-config.ts';
import { SumoError } from './sumo-error.ts';
import { NetworkError, readSumoNetwork, type SumoNetwork } from './sumo-network.ts';

export interface SumoScenario extends SumoConfig {
  /** The configuration’s file. */
  readonly file: string;
  readonly roads: SumoNetwork;
}

/** Rejects with `SumoError`, which names the file. Its paths are absolute. */
export const readScenario = async (file: string): Promise<SumoScenario> => {
  const config = await naming(file, async () => readSumoConfig(await readFile(file, 'utf8')));
  const path = (name: string) => resolve(dirname(file), name);
  const network = path(config.network);
  const roads = await naming(network, () => readSumoNetwork(textOf(network)));
  return {
    ...config,
    file: resolve(file),
    network,
    additional: config.additional.map(path),
    roads,
  };
};

const textOf = (file: string): Readable => {
  const bytes = createReadStream(file);
  const plain = file.endsWith('.gz') ? bytes.pipe(passErrors(bytes, createGunzip())) : bytes;
  return plain.setEncoding('utf8');
};

/** A pipe alone would let its reader wait for ever when the file cannot be read. */
const passErrors = (from: Readable, to: Transform): Transform => {
  from.once('error', (error) => to.destroy(error));
  return to;
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
