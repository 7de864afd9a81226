/**
 * The published schemas say what the code checks.
 */
import { readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { expect, test } from 'vitest';
import { schemaFiles } from '../../bin/schema.ts';
import { UNUSED_KEYWORDS } from '../../visualizer/unused-keywords.ts';

const published = (name: string) =>
  readFileSync(new URL(`../../protocol/schema/${name}`, import.meta.url), 'utf8');
const shipped = new URL('../../districts/arterial.json', import.meta.url);

test.each([...schemaFiles()])('protocol/schema/%s is up to date (npm run schema)', (name, text) => {
  expect(published(name)).toBe(text);
});

test('no schema names a format: the page is built without the checks of formats', () => {
  for (const [, text] of schemaFiles()) expect(text).not.toMatch(/"format": "/);
});

test('nor any of the keywords without whose checks the page is built', () => {
  for (const [, text] of schemaFiles()) {
    const said = UNUSED_KEYWORDS.filter((keyword) => new RegExp(`"[$~]?${keyword}":`).test(text));
    expect(said).toEqual([]);
  }
});

test('the published district schema, as plain JSON, takes the shipped district', () => {
  const schema = Compile(JSON.parse(published('district.json')));
  expect(schema.Check(JSON.parse(readFileSync(shipped, 'utf8')))).toBe(true);
  expect(schema.Check({ name: 'x', intersections: [] })).toBe(false);
});
