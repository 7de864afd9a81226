/** Seals: what is sealed with a key that is held opens, and nothing else does. */
import { describe, expect, test } from 'vitest';
import { encode } from '../../protocol/codec.ts';
import type { Message } from '../../protocol/event.ts';
import { Keyring } from '../../transport/keyring.ts';
import { bytesOf } from './ear.ts';
import { keyring, keySet, withOperator } from './keys.ts';
import { seeded } from './seeded.ts';

const message: Message = { type: 'detector.beat', term: 1, store: 's2', index: 0, commit: 0 };
const bytes = encode(message, { id: 'n1', group: 'g', incarnation: 1, counter: 7, timestamp: 0 });

describe('a seal', () => {
  test('leaves a message one JSON object, with all it had', () => {
    const text = Buffer.from(keyring().seal(bytes, 'node')).toString();
    const { mac, ...rest } = JSON.parse(text) as { mac: string };
    expect(rest).toEqual(JSON.parse(Buffer.from(bytes).toString()));
    expect(mac).toMatch(/^[0-9a-f]{8}\.[\w-]{22}$/);
    expect(text).not.toContain('\n');
  });

  test('opens with the same key, and says that a node wrote it', () => {
    expect(keyring().open(keyring().seal(bytes, 'node'))).toEqual({ by: 'node' });
  });

  test('of another key, of another district, or of none does not open', () => {
    expect(keyring(2).open(keyring(1).seal(bytes, 'node'))).toEqual({ fault: 'unknown key' });
    const village = new Keyring('village', keySet(1));
    expect(village.open(keyring(1).seal(bytes, 'node'))).toEqual({ fault: 'forged' });
    expect(keyring().open(bytes)).toEqual({ fault: 'unsealed' });
    for (const text of ['', '}', '{}', ',"mac":"', `,"mac":"${'0'.repeat(31)}"}`]) {
      expect(keyring().open(bytesOf(text))).toEqual({ fault: 'unsealed' });
    }
  });

  test('does not open when any bit of the message is another', () => {
    const sealed = keyring().seal(bytes, 'node');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const forged = Uint8Array.from(sealed);
      forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(keyring().open(forged)).toHaveProperty('fault');
    }
  });

  test('does not open when anything is put in, left out or cut off', () => {
    const random = seeded(3);
    const sealed = [...keyring().seal(bytes, 'node')];
    for (let round = 0; round < 2000; round += 1) {
      const from = Math.floor(random() * sealed.length);
      const count = Math.floor(random() * 4);
      const put = Array.from({ length: count }, () => Math.floor(random() * 256));
      const taken = count === 0 ? 1 + Math.floor(random() * 4) : 0;
      const forged = Uint8Array.from(sealed.toSpliced(from, taken, ...put));
      expect(keyring().open(forged)).toHaveProperty('fault');
    }
  });

  test('is read where the bytes lie in a larger buffer', () => {
    const sealed = keyring().seal(bytes, 'node');
    const large = new Uint8Array(sealed.length + 20);
    large.set(sealed, 7);
    expect(keyring().open(large.subarray(7, 7 + sealed.length))).toEqual({ by: 'node' });
  });
});

describe('while keys are rotated', () => {
  test('those of both keys are heard, until the former is taken away', () => {
    const [former, between, later] = [keyring(1, 2), keyring(2, 1), keyring(2)];
    expect(between.open(former.seal(bytes, 'node'))).toEqual({ by: 'node' });
    expect(former.open(between.seal(bytes, 'node'))).toEqual({ by: 'node' });
    expect(later.open(between.seal(bytes, 'node'))).toEqual({ by: 'node' });
    expect(later.open(former.seal(bytes, 'node'))).toEqual({ fault: 'unknown key' });
  });

  test('a ring takes new keys while it runs', () => {
    const ring = keyring(1);
    ring.replace(keySet(2, 1));
    expect(keyring(2).open(ring.seal(bytes, 'node'))).toEqual({ by: 'node' });
    expect(ring.of(keyring(1).current.identity)).toEqual(keyring(1).current.psk);
    expect(ring.of('constructor')).toBeUndefined();
  });

  test('exactly one key seals', () => {
    expect(() => new Keyring('town', { district: [] })).toThrow('exactly one');
    const two = [...keySet(1).district, ...keySet(2).district];
    expect(() => new Keyring('town', { district: two })).toThrow('exactly one');
  });
});

describe('an operator', () => {
  test('is known by a signature that no node can make', () => {
    const { node, operator } = withOperator();
    const sealed = operator.seal(bytes, 'operator');
    expect(node.open(sealed)).toEqual({ by: 'operator' });
    expect(JSON.parse(Buffer.from(sealed).toString())).toHaveProperty('sign');
    expect(() => node.seal(bytes, 'operator')).toThrow('no operator’s key');
  });

  test('of another pair is refused, although he has the district’s key', () => {
    expect(withOperator().node.open(withOperator().operator.seal(bytes, 'operator'))).toEqual({
      fault: 'forged',
    });
  });

  test('speaks as a node where operators have no key of their own', () => {
    expect(keyring().open(keyring().seal(bytes, 'operator'))).toEqual({ by: 'node' });
  });
});

test('a key of connections is another than that of seals, and differs by district', () => {
  const { psk } = keyring().current;
  expect(Buffer.from(psk).equals(Buffer.alloc(32, 1))).toBe(false);
  expect(new Keyring('village', keySet(1)).current.psk).not.toEqual(psk);
});

test('what cannot be guessed is never the same twice', () => {
  const ring = keyring();
  expect(new Set(Array.from({ length: 1000 }, () => ring.nonce())).size).toBe(1000);
});
