/**
 * Cuts a stream of bytes into frames at newlines, because messages are JSON and JSON text on one
 * line contains none: a program in any language can read and write such a stream.
 */
import { assert } from '../protocol/assert.ts';
import { DATAGRAM_BYTES_MAX, FRAME_BYTES_MAX } from './transport.ts';

export const NEWLINE = 0x0a;

/** Throws unless every transport can carry `bytes` to all. */
export const assertDatagram = (bytes: Uint8Array): void =>
  assert(bytes.length <= DATAGRAM_BYTES_MAX, `a datagram of ${bytes.length} bytes is too long`);

/** Throws unless every transport can carry `bytes` to one. */
export const assertFrame = (bytes: Uint8Array): void => {
  assert(bytes.length <= FRAME_BYTES_MAX, `a frame of ${bytes.length} bytes is too long`);
  assert(!bytes.includes(NEWLINE), 'a frame contains a newline, which would end it');
};

/** The bytes of a frame as they go into the stream. */
export const framed = (bytes: Uint8Array): Uint8Array => {
  const line = new Uint8Array(bytes.length + 1);
  line.set(bytes);
  line[bytes.length] = NEWLINE;
  return line;
};

/** Reads the frames of one stream from the chunks it arrives in. */
export class FrameReader {
  /** What has arrived of the frame whose newline has not. */
  #parts: Uint8Array[] = [];
  #partsBytes = 0;

  /** Hands every frame that `chunk` completes to `heard`. False: a frame is longer than
   *  `FRAME_BYTES_MAX`; nothing more can be read from this stream. */
  read(chunk: Uint8Array, heard: (frame: Uint8Array) => void): boolean {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (this.#partsBytes + end - start > FRAME_BYTES_MAX) return false;
      heard(this.#joined(chunk.subarray(start, end)));
      start = end + 1;
    }
    if (start < chunk.length) {
      this.#parts.push(chunk.subarray(start));
      this.#partsBytes += chunk.length - start;
    }
    return this.#partsBytes <= FRAME_BYTES_MAX;
  }

  #joined(last: Uint8Array): Uint8Array {
    if (this.#partsBytes === 0) return last;
    const frame = new Uint8Array(this.#partsBytes + last.length);
    let place = 0;
    for (const part of this.#parts) {
      frame.set(part, place);
      place += part.length;
    }
    frame.set(last, place);
    this.#parts = [];
    this.#partsBytes = 0;
    return frame;
  }
}
