/** Shows that frames come out of a stream as they went in, however the stream was cut. */
import { expect, test } from 'vitest';
import { FrameReader, framed } from '../../transport/frames.ts';
import { FRAME_BYTES_MAX } from '../../transport/transport.ts';
import { bytesOf } from './ear.ts';

const read = (chunks: readonly Uint8Array[]) => {
  const reader = new FrameReader();
  const frames: string[] = [];
  const hear = (frame: Uint8Array) => void frames.push(new TextDecoder().decode(frame));
  return { isReadable: chunks.every((chunk) => reader.read(chunk, hear)), frames };
};

test.each([
  { given: ['a\n'], expected: ['a'] },
  { given: ['a\nb\n'], expected: ['a', 'b'] },
  { given: ['a', 'b', 'c\nd'], expected: ['abc'] },
  { given: ['a', '\n', 'b', '\n'], expected: ['a', 'b'] },
  { given: ['\n\n'], expected: ['', ''] },
  { given: ['unfinished'], expected: [] },
])('$given is read as $expected', ({ given, expected }) => {
  expect(read(given.map(bytesOf))).toEqual({ isReadable: true, frames: expected });
});

test('a frame cut at every byte comes out whole', () => {
  const stream = framed(bytesOf('{"type":"wave ≥ 48 km/h"}'));
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const { frames } = read([stream.subarray(0, cut), stream.subarray(cut)]);
    expect(frames).toEqual(['{"type":"wave ≥ 48 km/h"}']);
  }
});

test('the largest frame is read, one byte more is refused, ended or not', () => {
  const largest = new Uint8Array(FRAME_BYTES_MAX).fill(0x61);
  expect(read([framed(largest)]).isReadable).toBe(true);
  expect(read([largest, bytesOf('b\n')]).isReadable).toBe(false);
  expect(read([largest, bytesOf('b')]).isReadable).toBe(false);
  expect(read([framed(new Uint8Array(FRAME_BYTES_MAX + 1))]).isReadable).toBe(false);
});
