/** Throws bytes at the parser: whatever comes, it answers with values or with a `TraciError`. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswers } from '../../traffic/traci-commands.ts';
import { TraciError } from '../../traffic/traci-error.ts';
import { MessageReader, messageOf } from '../../traffic/traci-frames.ts';
import { bytesOf, type Recorded, recorded } from './recorded-answers.ts';

/** The same bytes in every run; a failure prints seed and path. */
const SEED = 20_260;
const RUNS = 3000;

const all: readonly (Recorded & { bytes: Uint8Array })[] = Object.values(recorded).map(
  (one: Recorded) => ({ ...one, bytes: bytesOf(one.answer) }),
);
const anyRecorded = fc.constantFrom(...all);

/** Whether it was read; anything but a `TraciError` with a place is a failure of the test. */
const isRead = (bytes: Uint8Array, { commands }: Recorded): boolean => {
  try {
    readAnswers(bytes, commands);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(TraciError);
    expect((error as TraciError).fault).toBe('malformed');
    expect((error as TraciError).place.offset).toBeLessThanOrEqual(bytes.length);
    return false;
  }
};

const check = (property: Parameters<typeof fc.assert>[0]) =>
  fc.assert(property, { seed: SEED, numRuns: RUNS });

test('every recorded answer is read', () => {
  expect(all.map((one) => isRead(one.bytes, one))).toEqual(all.map(() => true));
});

test('random bytes are read or refused', () => {
  check(
    fc.property(fc.uint8Array({ maxLength: 200 }), anyRecorded, (bytes, one) => {
      isRead(bytes, one);
    }),
  );
});

test('a real answer with some bytes changed is read or refused', () => {
  const change = fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)));
  check(
    fc.property(anyRecorded, fc.array(change, { minLength: 1, maxLength: 4 }), (one, changes) => {
      const bytes = Uint8Array.from(one.bytes);
      for (const [place, value] of changes) bytes[place % bytes.length] = value;
      isRead(bytes, one);
    }),
  );
});

test('a real answer that is cut off, or goes on, is refused', () => {
  // What follows a refused subscription may be there or not.
  const whole = anyRecorded.filter(({ commands }) => commands !== recorded.refusedWatch.commands);
  check(
    fc.property(whole, fc.nat(), fc.uint8Array({ maxLength: 8 }), (one, cut, more) => {
      const end = cut % one.bytes.length;
      expect(isRead(one.bytes.subarray(0, end), one)).toBe(false);
      if (more.length > 0)
        expect(isRead(Uint8Array.from([...one.bytes, ...more]), one)).toBe(false);
    }),
  );
});

test('a part of a real answer put elsewhere is read or refused', () => {
  check(
    fc.property(anyRecorded, fc.nat(), fc.nat(), fc.nat(40), (one, from, to, length) => {
      const bytes = Uint8Array.from(one.bytes);
      const size = bytes.length;
      bytes.copyWithin(to % size, from % size, (from % size) + length);
      isRead(bytes, one);
    }),
  );
});

test('messages are the same, whatever pieces their stream comes in', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
  check(
    fc.property(messages, fc.array(fc.nat(60), { maxLength: 12 }), (sent, cuts) => {
      const stream = Uint8Array.from(sent.flatMap((one) => [...messageOf([one])]));
      const places = [...cuts.map((cut) => cut % (stream.length + 1)), 0, stream.length];
      places.sort((a, b) => a - b);
      const reader = new MessageReader();
      const heard: Uint8Array[] = [];
      places.forEach((place, k) => {
        const piece = stream.subarray(places[k - 1] ?? 0, place);
        reader.read(piece, (message) => heard.push(Uint8Array.from(message)));
      });
      expect(heard).toEqual(sent);
    }),
  );
});

test('a random stream is cut or refused, and never kept beyond its bound', () => {
  check(
    fc.property(fc.uint8Array({ maxLength: 200 }), (stream) => {
      const reader = new MessageReader(100);
      try {
        reader.read(stream, (message) => expect(message.length).toBeLessThanOrEqual(96));
      } catch (error) {
        expect(error).toBeInstanceOf(TraciError);
      }
    }),
  );
});
