/** The latch on disk: it lasts, and nothing on the disk can make it forgotten. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileLatch, latchFile } from '../../cabinet/file-latch.ts';
import { temporaryFolder } from './quick-district.ts';

test('a reason outlives who wrote it, until it is cleared', () => {
  const file = latchFile(join(temporaryFolder(), 'deep', 'er'), 'a b');
  expect(fileLatch(file).read()).toBeUndefined();
  expect(fileLatch(file).write('north with east')).toBeUndefined();
  expect(fileLatch(file).read()).toBe('north with east');
  expect(readFileSync(file, 'utf8')).toBe('north with east\n');
  expect(fileLatch(file).write(undefined)).toBeUndefined();
  expect(existsSync(file)).toBe(false);
  expect(fileLatch(file).read()).toBeUndefined();
  expect(fileLatch(file).write(undefined)).toBeUndefined();
});

test('a latch that cannot be written is told, and holds as long as the process', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'taken'), '');
  const latch = fileLatch(latchFile(join(folder, 'taken'), 'x'));
  expect(latch.write('north with east')).toMatch(/ENOTDIR|EEXIST/);
  expect(latch.read()).toBe('north with east');
});

test('a latch that cannot be read counts as one, and one that cannot be removed stays', () => {
  const file = latchFile(temporaryFolder(), 'x');
  mkdirSync(file);
  const latch = fileLatch(file);
  expect(latch.read()).toBe(`${file} cannot be read (EISDIR)`);
  expect(latch.write(undefined)).toMatch(/EISDIR|directory/);
  expect(fileLatch(file).read()).toBe(`${file} cannot be read (EISDIR)`);
});
