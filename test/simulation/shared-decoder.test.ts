/** Bytes that hundreds hear are decoded once, and nobody can change what another hears. */
import { expect, test } from 'vitest';
import { decode, encode } from '../../protocol/codec.ts';
import type { HeardAs } from '../../protocol/event.ts';
import { decodeOnce } from '../../simulation/shared-decoder.ts';

const sender = { id: 'n1', group: 'g', incarnation: 1, counter: 1, timestamp: 0 };
const bytes = () => encode({ type: 'detector.ask', peer: 'n2' }, sender);

test('the same bytes give the same message, other bytes one of their own', () => {
  const first = bytes();
  expect(decodeOnce(first)).toBe(decodeOnce(first));
  expect(decodeOnce(bytes())).not.toBe(decodeOnce(first));
  expect(decodeOnce(first)).toEqual(decode(first));
});

test('what is shared is frozen through and through', () => {
  const decoded = decodeOnce(bytes());
  const message = 'message' in decoded ? decoded.message : {};
  expect(Object.isFrozen(decoded)).toBe(true);
  expect(Object.isFrozen(message)).toBe(true);
  expect(() => Object.assign(message, { from: 'n3' })).toThrow(TypeError);
});

test('what is refused is refused again', () => {
  const broken = new Uint8Array([123]);
  expect(decodeOnce(broken)).toEqual({ refused: 'not JSON', fault: 'not JSON' });
  expect(decodeOnce(broken)).toBe(decodeOnce(broken));
});

test('equal commands are one object, by whatever message they come', () => {
  const entryOf = (prevIndex: number) => {
    const command = { kind: 'term.open' as const, leader: 'n1' };
    const entries = [{ term: 1, command }];
    const decoded = decodeOnce(
      encode(
        { type: 'replica.prepare', term: 1, prevIndex, prevTerm: 0, entries, commit: 0 },
        sender,
      ),
    );
    const message = 'message' in decoded ? decoded.message : {};
    return (message as HeardAs<'replica.prepare'>).entries[0];
  };
  expect(entryOf(0)?.command).toBe(entryOf(1)?.command);
  expect(entryOf(0)).toEqual({ term: 1, command: { kind: 'term.open', leader: 'n1' } });
});
