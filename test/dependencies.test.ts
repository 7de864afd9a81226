/** Proves that each dependency has its reason in CONTRIBUTING.md, and that nothing else is listed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), 'utf8');

test('every dependency has a line with its reason, and every line a dependency', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const [, table = ''] = read('CONTRIBUTING.md').split('Dependencies, each with its reason');
  const rows = [...table.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)];
  const reasoned = rows
    .filter(([, , reason = '']) => reason.trim().length > 5)
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()));
  const known = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
  // Types of a package come with the package.
  const wanted = known.filter((name) => !name.startsWith('@types/'));
  expect([...reasoned].sort()).toEqual([...wanted].sort());
});
