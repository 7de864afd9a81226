/** Whose word a store is recovered on. */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keySetOf, newDistrictKey, newOperatorKey } from '../../bin/key-file.ts';
import { assertOperatorOf, noteOperators } from '../../bin/store-operators.ts';
import { Keyring } from '../../transport/keyring.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'greenwave-operators-'));
});
afterEach(() => rmSync(data, { recursive: true }));

const district = [newDistrictKey('seal')];
const ring = (operator?: { public: string; private?: string }) =>
  new Keyring('town', keySetOf({ district, ...(operator && { operator }) }));
const operator = newOperatorKey();
const ofNodes = ring({ public: operator.public });
const ofOperators = ring(operator);
const note = (keyring?: Keyring) => noteOperators(data, keyring, expect.fail);

test('a store of a district whose operators have a key is recovered by them alone', () => {
  note(ofNodes);
  expect(statSync(join(data, 'OPERATORS')).mode & 0o777).toBe(0o600);
  expect(() => assertOperatorOf(data, ofOperators, {})).not.toThrow();
  expect(() => assertOperatorOf(data, undefined, {})).toThrow(/operators have a key: name theirs/);
  expect(() => assertOperatorOf(data, ofNodes, {})).toThrow(/this is one of nodes: name theirs/);
  expect(() => assertOperatorOf(data, ring(newOperatorKey()), {})).toThrow(/and not this one/);
  expect(() => assertOperatorOf(data, undefined, { insecure: true })).not.toThrow();
});

test('where operators have no key, and where the node ran last without, whoever may write the store may recover it', () => {
  expect(() => assertOperatorOf(data, undefined, {})).not.toThrow();
  note(ring());
  expect(() => assertOperatorOf(data, undefined, {})).not.toThrow();
  note(ofNodes);
  note(undefined);
  expect(() => assertOperatorOf(data, undefined, {})).not.toThrow();
});

test('a note that is there and cannot be read lets nobody recover', () => {
  mkdirSync(join(data, 'OPERATORS'));
  expect(() => assertOperatorOf(data, ofOperators, {})).toThrow(/OPERATORS: cannot be read/);
});

test('a folder that cannot be written is told, and the node runs on', () => {
  const told: string[] = [];
  noteOperators(join(data, 'none'), ofNodes, (message) => told.push(message));
  expect(told).toEqual([expect.stringMatching(/OPERATORS cannot be written \(ENOENT\)/)]);
});
