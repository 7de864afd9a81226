/** Reads the source text of this house: its files, with and without comments, and their imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export const ROOT = new URL('..', import.meta.url).pathname;

export interface Source {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  /** The text without its comments; `bare`, without what stands in quotes as well. */
  readonly code: string;
  readonly bare: string;
}

export const readFolder = (folder: string): Source[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name).slice(ROOT.length);
      const text = readFileSync(join(ROOT, path), 'utf8');
      const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
      const bare = code.replace(/'(?:[^'\\\n]|\\.)*'/g, "''").replace(/`[^`]*`/g, '``');
      return { path, folder, text, code, bare };
    });

export interface Import {
  readonly from: string;
  /** A path from the root, or the name of a package. */
  readonly to: string;
  readonly isLocal: boolean;
  readonly isType: boolean;
}

export const importsOf = ({ path, code }: Source): Import[] => {
  const found = [
    ...code.matchAll(/(?:^|\n)(import|export)( type)?\s[^;'"]*?from\s+['"]([^'"]+)['"]/g),
    ...code.matchAll(/(?:^|\n)(import)()\s+['"]([^'"]+)['"]/g),
    ...code.matchAll(/\b(import)()\(\s*['"]([^'"]+)['"]/g),
  ];
  return found.map(([, , type, to = '']) => {
    const isLocal = to.startsWith('.');
    const place = isLocal ? normalize(join(dirname(path), to)) : to;
    return { from: path, to: place, isLocal, isType: type !== undefined && type !== '' };
  });
};
