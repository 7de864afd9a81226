/**
 * Cuts the stream from SUMO into messages and makes messages of commands. A message is four bytes
 * that say how long it is, themselves included, and then its blocks. The stream arrives in pieces of
 * any size.
 */
import { TraciError } from './traci-error.ts';

const HEAD_BYTES = 4;
/**
 * The longest message that is sent or taken. A step of SUMO with a hundred thousand vehicles
 * subscribed is a tenth of it; what says that it is longer has lost its place in the stream.
 */
export const MESSAGE_BYTES_MAX = 256 * 1024 * 1024;

/** The bytes of one message. */
export const messageOf = (blocks: readonly Uint8Array[]): Uint8Array => {
  const length = blocks.reduce((sum, block) => sum + block.length, HEAD_BYTES);
  if (length > MESSAGE_BYTES_MAX) {
    throw new TraciError('tooLong', `${blocks.length} commands of ${length} bytes in one message`);
  }
  const message = new Uint8Array(length);
  new DataView(message.buffer).setInt32(0, length);
  let place = HEAD_BYTES;
  for (const block of blocks) {
    message.set(block, place);
    place += block.length;
  }
  return message;
};

/** Reads the messages of one stream. */
export class MessageReader {
  readonly #bytesMax: number;
  #head = new Uint8Array(HEAD_BYTES);
  #headBytes = 0;
  #parts: Uint8Array[] = [];
  /** What is still to come of the message whose head has been read. */
  #missing = 0;

  constructor(bytesMax = MESSAGE_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /**
   * Hands each message that `chunk` completes to `heard`, without its length. Throws `TraciError`
   * where a length cannot be; nothing more can be read from this stream then.
   */
  read(chunk: Uint8Array, heard: (message: Uint8Array) => void): void {
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.#headBytes < HEAD_BYTES ? this.#takeHead(rest) : this.#takeBody(rest);
      if (this.#headBytes < HEAD_BYTES || this.#missing > 0) continue;
      const message = joined(this.#parts);
      this.#headBytes = 0;
      this.#parts = [];
      heard(message);
    }
  }

  #takeHead(chunk: Uint8Array): Uint8Array {
    const taken = Math.min(HEAD_BYTES - this.#headBytes, chunk.length);
    this.#head.set(chunk.subarray(0, taken), this.#headBytes);
    this.#headBytes += taken;
    if (this.#headBytes === HEAD_BYTES) {
      const length = new DataView(this.#head.buffer).getInt32(0);
      if (length < HEAD_BYTES) throw new TraciError('malformed', `a message of ${length} bytes`);
      if (length > this.#bytesMax) throw new TraciError('tooLong', `a message of ${length} bytes`);
      this.#missing = length - HEAD_BYTES;
    }
    return chunk.subarray(taken);
  }

  #takeBody(chunk: Uint8Array): Uint8Array {
    const part = chunk.subarray(0, this.#missing);
    this.#parts.push(part);
    this.#missing -= part.length;
    return chunk.subarray(part.length);
  }
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
};
