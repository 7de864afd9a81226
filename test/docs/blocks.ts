/** Takes code out of the pages of docs/, so that tests do what the pages say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../source-text.ts';

/** The blocks of a page in one language, in their order. */
export const blocksOf = (page: string, language: string): string[] => {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([, block = '']) => block);
};
