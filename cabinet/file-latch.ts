/**
 * Keeps a latch in a file, so that it outlives power and driver. An operator who has looked clears
 * it with `greenwave clear`, whether or not a driver runs.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Latch, memoryLatch } from './latch.ts';

/** The file that holds the latch of `intersection`. */
export const latchFile = (folder: string, intersection: string): string =>
  join(folder, `${encodeURIComponent(intersection)}.latch`);

/** Lasts. A file that cannot be read counts as latched. */
export const fileLatch = (file: string): Latch => {
  const memory = memoryLatch();
  return {
    read: () => {
      const kept = memory.read();
      if (kept !== undefined) return kept;
      try {
        return readFileSync(file, 'utf8').trim();
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return code === 'ENOENT' ? undefined : `${file} cannot be read (${code})`;
      }
    },
    write: (reason) => {
      memory.write(reason);
      try {
        if (reason === undefined) remove(file);
        else replace(file, `${reason}\n`);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  };
};

/** After a power cut it is there, or it is not and never comes back. */
const remove = (file: string): void => {
  rmSync(file, { force: true });
  try {
    sync(dirname(file));
  } catch (error) {
    // Without a folder there was no file to remove.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};

/** Either the old text or the new is there after a power cut, never half of one. */
const replace = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  const draft = openSync(`${file}.draft`, 'w');
  writeSync(draft, text);
  fsyncSync(draft);
  closeSync(draft);
  renameSync(`${file}.draft`, file);
  sync(dirname(file));
};

const sync = (folder: string): void => {
  const opened = openSync(folder, 'r');
  fsyncSync(opened);
  closeSync(opened);
};
