/** Files from elsewhere that would do more than be read: what is told of them, and where. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OperatorError, readDistrict } from '../../bin/read-district.ts';
import { blankPicture } from '../../visualizer/picture.ts';
import { see } from '../../visualizer/see.ts';
import { readJournal } from '../../visualizer/sources/file-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-hostile-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const refusal = (file: string): string => {
  try {
    readDistrict(file);
  } catch (error) {
    expect(error).toBeInstanceOf(OperatorError);
    return (error as Error).message;
  }
  throw new Error('it was read');
};

const group = (id: string) =>
  `{"id":${JSON.stringify(id)},"kind":"vehicle","minGreenS":5,"maxGreenS":30,"amberS":3,"redClearanceS":2}`;
const district = ({ id = 'x1', node = 'n1', a = 'a', more = '' }) => {
  const file = join(folder, 'town.json');
  const [name, of, first] = [id, node, a].map((text) => JSON.stringify(text));
  writeFileSync(
    file,
    `{"name":"town","intersections":[{${more}"id":${name},"node":${of},"position":[0,0],` +
      `"groups":[${group(a)},${group('b')}],"conflicts":[[${first},"b"]],"yields":[],` +
      `"stages":[{"id":"A","green":[${first}]},{"id":"B","green":["b"]}]}]}`,
  );
  return file;
};

test('the file that is spoiled here is sound as it is', () => {
  expect(readDistrict(district({})).intersections).toHaveLength(1);
});

describe('a name that', () => {
  test.each([
    ['leads to the folder above', '..'],
    ['leads to its own folder', '.'],
    ['leads elsewhere', '../../etc/cron.d'],
    ['leads elsewhere on another system', '..\\\\..\\\\etc'],
    ['ends a path', 'a\u0000.json'],
    ['is a prototype', '__proto__'],
  ])('%s is refused, of an intersection, a node and a group, with its place', (_, name) => {
    expect(refusal(district({ id: name }))).toMatch(
      /town\.json:1:\d+ intersections\[0\]\.id: must/,
    );
    expect(refusal(district({ node: name }))).toMatch(/:1:\d+ intersections\[0\]\.node: must/);
    expect(refusal(district({ a: name }))).toMatch(
      /:1:\d+ intersections\[0\]\.groups\[0\]\.id: must/,
    );
  });

  test('every object has by itself is a name as any other', () => {
    const { intersections } = readDistrict(district({ id: 'constructor', a: 'toString' }));
    expect(intersections[0]?.id).toBe('constructor');
  });
});

test.each(['__proto__', 'constructor', 'prototype'])(
  'a key %s is unknown, and changes no other object',
  (key) => {
    const more = `"${key}":{"polluted":1,"prototype":{"polluted":1}},`;
    expect(refusal(district({ more }))).toContain(`intersections[0].${key}: unknown key`);
    expect({}).not.toHaveProperty('polluted');
  },
);

test('what is no file, or far too long, is refused by that', () => {
  expect(refusal(join(folder, 'none.json'))).toMatch(/cannot be read \(ENOENT\)/);
  expect(refusal(folder)).toMatch(/cannot be read \(EISDIR\)/);
  const long = district({});
  truncateSync(long, 65 * 1024 * 1024);
  expect(refusal(long)).toMatch(/has 68157440 bytes; no district file is that long/);
  mkdirSync(join(folder, 'ring'));
  symlinkSync(join(folder, 'ring', 'a'), join(folder, 'ring', 'a'));
  expect(refusal(join(folder, 'ring', 'a'))).toMatch(/cannot be read \(ELOOP\)/);
});

test('a journal in which everything is called as a prototype changes no other object', () => {
  const name = '__proto__';
  const common = { t: 1, node: name };
  const lamps = JSON.parse('{"__proto__":"green","polluted":"green"}');
  const lines = [
    { ...common, kind: 'lamps', intersection: name, lamps },
    { ...common, kind: 'said', id: name, to: name, type: name, bytes: 1 },
    { ...common, kind: 'heard', id: name, peer: name, type: name, bytes: 1 },
    { ...common, kind: 'process', standing: 'started', pid: 1 },
    { ...common, kind: 'fact', event: { type: 'election.elected', leader: name, term: 1 } },
    { ...common, kind: 'fact', event: { type: 'membership.joined', peer: name } },
  ];
  const properties = Object.getOwnPropertyNames(Object.prototype);
  const picture = blankPicture('', { intersections: [], links: [] });
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const { lines: read = [] } = readJournal(text, 'journal');
  expect(read).toHaveLength(lines.length);
  for (const line of read) see(picture, line);
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(properties);
});
