/** What checks in a page, where nothing is compiled: it says the same as what checks in a node. */

import { Compile as compiled } from 'typebox/compile';
import { expect, test } from 'vitest';
import { intersectionSchema } from '../../protocol/district.ts';
import { crossroads } from '../../simulation/town.ts';
import { Compile as inPage } from '../../visualizer/checks.ts';

test('an intersection that is sound, and ones that are not, are judged as by a node, in the same words', () => {
  const sound = crossroads('x', 0, 3);
  const [here, there] = [inPage(intersectionSchema), compiled(intersectionSchema)];
  const spoiled = [sound, null, {}, { ...sound, id: 7 }, { ...sound, more: 1 }];
  for (const [k, value] of spoiled.entries()) {
    expect(here.Check(value)).toBe(there.Check(value));
    expect(here.Check(value)).toBe(k === 0);
    const words = (errors: readonly { instancePath: string; message: string }[]) =>
      errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
    expect(words(here.Errors(value))).toEqual(words(there.Errors(value)));
  }
});
