/**
 * Takes the real machines apart on purpose: copies the house's own source, changes one place in it,
 * and imports the copy, models, search and city included. So no machine needs a seam for it, and
 * what is searched is the real thing but for that one place.
 *
 * What stands below the machines is linked, not copied, because nothing is changed there.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../source-text.ts';

/** One place in the source, and what stands there instead. */
export interface Sabotage {
  readonly file: string;
  /** Must be there exactly once, so that no change of the source makes the sabotage nothing. */
  readonly replace: string;
  readonly by: string;
}

const COPIED = ['machines', 'actors', 'simulation'];
const LINKED = ['protocol', 'transport', 'traffic', 'cabinet'];
/** Inside the house, because packages are looked up from there; ignored by git. */
const WORKSHOP = join(ROOT, '.greenwave', 'sabotage');

/** A copy of the house. */
export interface Copy {
  /** Imports a file of the copy by its path from the root. */
  readonly load: (path: string) => Promise<unknown>;
  readonly remove: () => void;
}

/** The house itself, which nothing was done to. */
export const original: Pick<Copy, 'load'> = { load: (path) => import(join(ROOT, path)) };

/** Copies the house with one place changed. */
export const copyOf = (sabotage: Sabotage): Copy => {
  mkdirSync(WORKSHOP, { recursive: true });
  const folder = mkdtempSync(join(WORKSHOP, 'copy-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(folder, name));
  change(folder, sabotage);
  return {
    load: (path) => import(join(folder, path)),
    remove: () => rmSync(folder, { recursive: true }),
  };
};

const change = (folder: string, { file, replace, by }: Sabotage): void => {
  const path = join(folder, file);
  const parts = readFileSync(path, 'utf8').split(replace);
  if (parts.length !== 2) {
    throw new Error(`${file} has ${parts.length - 1} places like this one: ${replace}`);
  }
  writeFileSync(path, parts.join(by));
};
