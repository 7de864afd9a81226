/**
 * Keeps a latch in a file, so that it outlives power and driver. An operator who has looked removes
 * the file.
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

/** Lasts. A file that cannot be read counts as latched; one that cannot be written is reported. */
export const fileLatch = (file: string, report: (message: string) => void): Latch => {
  const memory = memoryLatch();
  return {
    read: () => {
      const kept = memory.read();
      if (kept !== undefined) return kept;
      try {
        return `${readFileSync(file, 'utf8').trim()} (to clear it, remove ${file} and start again)`;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return code === 'ENOENT' ? undefined : `${file} cannot be read (${code})`;
      }
    },
    write: (reason) => {
      memory.write(reason);
      try {
        if (reason === undefined) rmSync(file, { force: true });
        else replace(file, `${reason}\n`);
      } catch (error) {
        report(`the latch is not durable: ${(error as Error).message}`);
      }
    },
  };
};

/** Either the old text or the new is there after a power cut, never half of one. */
const replace = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  const draft = openSync(`${file}.draft`, 'w');
  writeSync(draft, text);
  fsyncSync(draft);
  closeSync(draft);
  renameSync(`${file}.draft`, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
};
