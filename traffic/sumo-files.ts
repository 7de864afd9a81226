/**
 * Opens files of SUMO from elsewhere: no longer than they can sensibly be, also when they were packed
 * small, and none outside of the folder of the scenario that names it.
 */
import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SumoError } from './sumo-error.ts';

/** A configuration names a few files and options. */
export const CONFIG_BYTES_MAX = 1024 * 1024;
/** A large city has some hundred million. In characters of text, unpacked. */
const NETWORK_CHARACTERS_MAX = 4 * 1024 ** 3;
/** Loops and areas of a large city. */
const ADDITIONAL_CHARACTERS_MAX = 64 * 1024 ** 2;

/** Throws `SumoError` when it is too long, and what the file system says. */
export const configText = async (file: string): Promise<string> => {
  const { size } = await stat(file);
  if (size > CONFIG_BYTES_MAX) {
    throw new SumoError(
      `it has ${size} bytes; no configuration is longer than ${CONFIG_BYTES_MAX}`,
    );
  }
  return readFile(file, 'utf8');
};

/** A network in pieces, unpacked where it is packed. Throws `SumoError` when it is too long. */
export const networkText = (
  file: string,
  charactersMax = NETWORK_CHARACTERS_MAX,
): AsyncIterable<string> => pieces(file, charactersMax);

/** The same of an additional file. */
export const additionalText = (file: string): AsyncIterable<string> =>
  pieces(file, ADDITIONAL_CHARACTERS_MAX);

async function* pieces(file: string, charactersMax: number): AsyncGenerator<string> {
  const bytes = createReadStream(file);
  const plain = file.endsWith('.gz') ? bytes.pipe(passErrors(bytes, createGunzip())) : bytes;
  let length = 0;
  for await (const piece of plain.setEncoding('utf8') as AsyncIterable<string>) {
    length += piece.length;
    if (length > charactersMax) {
      throw new SumoError(`it has more than ${charactersMax} characters, and is read no further`);
    }
    yield piece;
  }
}

/** A pipe alone would let its reader wait for ever when the file cannot be read. */
const passErrors = (from: Readable, to: Transform): Transform => {
  from.once('error', (error) => to.destroy(error));
  return to;
};

export const absolute = (file: string): string => resolve(file);

/** Whether a name leads out of the folder that it is relative to. */
export const isOutside = (name: string): boolean =>
  isAbsolute(name) || name.split(/[/\\]/).includes('..');

/**
 * The path of a file that a scenario names, which is read. Throws `SumoError` when it is not in the
 * scenario's folder or one below, also by a link.
 */
export const pathInside = async (scenario: string, name: string): Promise<string> => {
  const folder = dirname(resolve(scenario));
  const path = resolve(folder, name);
  // What is not there is told by whoever opens it.
  const target = await realpath(path).catch(() => path);
  const real = relative(await realpath(folder), target);
  if (isOutside(name) || real.split(sep)[0] === '..' || isAbsolute(real)) {
    throw new SumoError(`it names ${name}, which is outside of its folder; put it beside`);
  }
  return path;
};
