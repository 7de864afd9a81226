/**
 * The built page, read once: what is not in it is not served, whatever a path says.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** Its name tells its content, so that it may be kept for ever. */
  readonly isFixed: boolean;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

const folder = fileURLToPath(new URL('../page/', import.meta.url));

/** By path, `/` among them; undefined when the page was not built. */
export const pageFiles = (): ReadonlyMap<string, PageFile> | undefined => {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    const type = TYPES[extname(entry.name)] ?? 'application/octet-stream';
    files.set(path, { type, body: readFileSync(file), isFixed: path.startsWith('/assets/') });
  }
  const index = files.get('/index.html');
  if (index) files.set('/', { ...index, body: live(index.body) });
  return files;
};

/** Tells the page that whoever serves it streams a district. */
const live = (index: Buffer): Buffer =>
  Buffer.from(
    String(index).replace('name="greenwave" content="city"', 'name="greenwave" content="live"'),
  );
