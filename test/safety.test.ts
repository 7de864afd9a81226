/**
 * The argument for safety names the tests that hold it, and they are there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './source-text.ts';

/** A test, as it is named in the argument: `file`: "name". */
const NAMED = /`(test\/[^`]+\.test\.ts)`: "([^"]+)"/g;

const argument = readFileSync(join(ROOT, 'docs', 'SAFETY.md'), 'utf8').replace(/\s+/g, ' ');
const named = [...argument.matchAll(NAMED)].map(([, file = '', name = '']) => ({ file, name }));

test('the argument for safety names tests', () => {
  expect(named.length).toBeGreaterThan(90);
});

test.each(named)('$file has the test "$name"', ({ file, name }) => {
  const path = join(ROOT, file);
  expect(existsSync(path)).toBe(true);
  // As it stands in the source: in quotes of either kind.
  const text = readFileSync(path, 'utf8').replaceAll("\\'", "'");
  expect(["'", '"', '`'].some((quote) => text.includes(`${quote}${name}${quote}`))).toBe(true);
});

test('every test file that the argument mentions is one that it names a test of', () => {
  const mentioned = [...argument.matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file);
  expect(mentioned.filter((file) => !named.some((one) => one.file === file))).toEqual([]);
});
