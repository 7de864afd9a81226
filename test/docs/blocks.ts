/** Takes code out of pages, so that tests do what the pages say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../source-text.ts';

/** The blocks of a page, seen from the root, in one language and in their order. */
export const blocksOf = (page: string, language: string): string[] => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([, block = '']) => block);
};
