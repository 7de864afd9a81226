/** What the package gives to programs: the very objects of the house, each with its contract said. */
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createNode } from '../../actors/node.ts';
import * as library from '../../library/greenwave.ts';
import { concerns } from '../../machines/node.ts';
import { createCity } from '../../simulation/city.ts';
import { ROOT } from '../source-text.ts';

const source = readFileSync(join(ROOT, 'library/greenwave.ts'), 'utf8');
const exported = [...source.matchAll(/export (?:type )?\{([^}]+)\} from '([^']+)'/g)].flatMap(
  ([, names = '', from = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => ({ name, file: normalize(join('library', from)) })),
);

describe('the package', () => {
  test('gives the same node, city and machines that run here', () => {
    expect(library.createNode).toBe(createNode);
    expect(library.createCity).toBe(createCity);
    const given = new Map<string, unknown>(Object.entries(library));
    for (const [name, machine] of Object.entries(concerns)) {
      expect(given.get(`${name}Machine`), name).toBe(machine);
    }
  });

  test.each(exported)('says what $name is, where it is declared ($file)', ({ name, file }) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const kinds = '(?:const|let|class|function|interface|type)';
    const declared = new RegExp(`(\\*/\\n)?export (?:abstract )?${kinds} ${name}\\b`).exec(text);
    expect(declared, `${name} is declared in ${file}`).not.toBeNull();
    // A machine is said by the head of its file, which has nothing else.
    const isSaid = declared?.[1] !== undefined || name.endsWith('Machine');
    expect(isSaid, `${name} of ${file} has a doc comment`).toBe(true);
  });
});
