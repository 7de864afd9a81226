/** Key files: what is made can be read, by its owner alone; what is wrong is told, but no secret. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeKeys, rotate } from '../../bin/key.ts';
import { type KeyFile, keySetOf, readKeyFile } from '../../bin/key-file.ts';
import { assertOperator, followKeyFile, keyringOf } from '../../bin/keys.ts';
import { Keyring } from '../../transport/keyring.ts';
import { bytesOf } from '../transport/ear.ts';

const folder = mkdtempSync(join(tmpdir(), 'greenwave-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const newFile = () => {
  made += 1;
  return join(folder, `k${made}.key`);
};
const pair = () => {
  const [node = '', operator = ''] = makeKeys(newFile(), true).files;
  return { node, operator };
};
const ringOf = (file: string) => new Keyring('town', keySetOf(readKeyFile(file)));
const message = bytesOf('{"a":1}');
const contentOf = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as KeyFile;
const put = (content: unknown): string => {
  const file = newFile();
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(file, 0o600);
  return file;
};

describe('greenwave key', () => {
  test('makes a file of nodes and one of operators, for their owner alone', () => {
    const { node, operator } = pair();
    expect(operator).toBe(node.replace('.key', '.operator.key'));
    for (const file of [node, operator]) expect(statSync(file).mode & 0o777).toBe(0o600);
    const [ofNode, ofOperator] = [ringOf(node), ringOf(operator)];
    expect(ofNode.isOperator).toBe(false);
    expect(ofNode.open(ofOperator.seal(message, 'operator'))).toEqual({ by: 'operator' });
    expect(ofOperator.open(ofNode.seal(message, 'node'))).toEqual({ by: 'node' });
    expect(contentOf(node).operator).not.toHaveProperty('private');
  });

  test('writes over nothing', () => {
    const { node } = pair();
    const before = readFileSync(node);
    expect(() => makeKeys(node, true)).toThrow('is there already');
    expect(() => makeKeys(node, false)).toThrow('is there already');
    expect(readFileSync(node)).toEqual(before);
  });

  test('makes no key twice', () => {
    const keys = Array.from({ length: 20 }, () => makeKeys(newFile(), false).key);
    expect(new Set(keys).size).toBe(20);
  });
});

describe('a rotation', () => {
  test('takes three steps, and at each all who are one step apart understand each other', () => {
    const { node, operator } = pair();
    const rings = [ringOf(node)];
    for (const step of [1, 2, 3]) {
      expect(rotate([node, operator]).step).toBe(step);
      rings.push(ringOf(node));
    }
    for (const [place, ring] of rings.slice(1).entries()) {
      const before = rings[place] as Keyring;
      expect(ring.open(before.seal(message, 'node'))).toEqual({ by: 'node' });
      expect(before.open(ring.seal(message, 'node'))).toEqual({ by: 'node' });
    }
    const [first, , , last] = rings as [Keyring, Keyring, Keyring, Keyring];
    expect(last.open(first.seal(message, 'node'))).toEqual({ fault: 'unknown key' });
    expect(ringOf(operator).isOperator).toBe(true);
    expect(rotate([node, operator]).step).toBe(1);
  });

  test('does the same in all files, or nothing in any', () => {
    const [one, other] = [pair(), pair()];
    expect(() => rotate([one.node, other.node])).toThrow('hold other keys');
    rotate([one.node]);
    expect(() => rotate([one.node, one.operator])).toThrow('must have done the same steps');
    expect(contentOf(one.operator).district).toHaveLength(1);
  });

  test('is taken by whoever runs with the file; a file that is wrong changes nothing', async () => {
    const { node } = pair();
    const ring = ringOf(node);
    const told: string[] = [];
    let heard = () => {};
    const stop = followKeyFile(ring, node, (text) => {
      told.push(text);
      heard();
    });
    const next = (): Promise<void> =>
      new Promise((resolve) => {
        heard = resolve;
      });
    rotate([node]);
    await next();
    expect(told[0]).toMatch(
      /has taken the keys of .*: [0-9a-f]{8} \(seal\), [0-9a-f]{8} \(accept\)/,
    );
    const sealed = ring.seal(message, 'node');
    chmodSync(node, 0o644);
    await next();
    expect(told[1]).toMatch(/keeps the keys it has: .* may be read or written by others/);
    expect(ring.open(sealed)).toEqual({ by: 'node' });
    stop();
  });
});

describe('a key file is refused', () => {
  test.each([0o640, 0o604, 0o620, 0o644, 0o666])('when its mode is %o', (mode) => {
    const { node } = pair();
    chmodSync(node, mode);
    expect(() => readKeyFile(node)).toThrow(/may be read or written by others .*chmod 600/);
  });

  const whole = (): KeyFile => contentOf(pair().node);
  test.each([
    ['no JSON', (): unknown => 'secret-word', /not JSON/],
    ['no object', (): unknown => [], /1 problem.*\n.*object/],
    [
      'a short secret',
      () => {
        const file = whole();
        return { ...file, district: [{ ...file.district[0], secret: 'secret-word' }] };
      },
      /district\[0\]\.secret/,
    ],
    [
      'a name of another secret',
      () => {
        const file = whole();
        return { ...file, district: [{ ...file.district[0], id: '00000000' }] };
      },
      /district\[0\]\.id: is not the name of this secret/,
    ],
    [
      'two that seal',
      () => {
        const [one, other] = [whole(), whole()];
        return { district: [...one.district, ...other.district] };
      },
      /exactly one key must be for `seal`/,
    ],
    [
      'three keys',
      () => ({ district: [...whole().district, ...whole().district, ...whole().district] }),
      /district/,
    ],
    [
      'keys of two operators',
      () => {
        const [one, other] = [pair(), pair()];
        const { operator } = contentOf(one.operator);
        return {
          ...whole(),
          operator: { ...operator, public: contentOf(other.operator).operator?.public },
        };
      },
      /its two keys do not belong together/,
    ],
    ['what nobody asked for', () => ({ ...whole(), zork: 'secret-word' }), /zork|additional/],
  ] as const)('for %s, and no secret is told', (_, content, reason) => {
    const file = put(content());
    let told = '';
    try {
      readKeyFile(file);
    } catch (error) {
      told = (error as Error).message;
    }
    expect(told).toMatch(reason);
    expect(told).not.toContain('secret-word');
    for (const { secret } of (content() as Partial<KeyFile>).district ?? []) {
      expect(told).not.toContain(secret);
    }
  });

  test('when it is a folder, or there is none, or it is far too long', () => {
    expect(() => readKeyFile(folder)).toThrow(/is no file|EISDIR/);
    expect(() => readKeyFile(join(folder, 'none'))).toThrow('ENOENT');
    expect(() => readKeyFile(put(' '.repeat(20_000)))).toThrow('too long for a key file');
  });
});

describe('a command', () => {
  test('needs a key where others may be, and says how to come by one', () => {
    expect(() => keyringOf('town', '10.0.0.7', {})).toThrow(/greenwave key FILE.*--insecure/);
    expect(keyringOf('town', '10.0.0.7', { insecure: true })).toBeUndefined();
    expect(keyringOf('town', '127.3.0.7', {})).toBeUndefined();
    const { node } = pair();
    expect(keyringOf('town', '10.0.0.7', { keyFile: node })).toBeInstanceOf(Keyring);
    expect(() => keyringOf('town', '10.0.0.7', { keyFile: node, insecure: true })).toThrow(
      'exclude each other',
    );
  });

  test('of an operator takes his key, where there is one', () => {
    const { node, operator } = pair();
    expect(() => assertOperator(ringOf(node), { keyFile: node })).toThrow(
      'takes the operator’s key',
    );
    expect(() => assertOperator(ringOf(operator), { keyFile: operator })).not.toThrow();
    const [alone = ''] = makeKeys(newFile(), false).files;
    expect(() => assertOperator(ringOf(alone), { keyFile: alone })).not.toThrow();
    expect(() => assertOperator(undefined, {})).not.toThrow();
  });
});
