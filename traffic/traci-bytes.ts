/**
 * Reads and writes the bytes of TraCI messages: big-endian numbers, texts and lists of texts behind
 * their length (https://sumo.dlr.de/docs/TraCI/Protocol.html). What is read may be anything: every
 * length is compared with what is left before anything is made of it, and nothing but `TraciError`
 * is thrown.
 */
import { TraciError } from './traci-error.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();
/** The longest command whose length fits its first byte. */
const SHORT_BYTES_MAX = 255;

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;
  /** What is being read, for the place in errors. */
  command = '';
  variable = '';

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#offset;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Throws `TraciError` of a malformed answer, with the place that has been reached. */
  fail(message: string, offset = this.#offset): never {
    throw new TraciError('malformed', message, {
      ...(this.command !== '' && { command: this.command }),
      ...(this.variable !== '' && { variable: this.variable }),
      offset,
    });
  }

  unsignedByte(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  signedByte(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  integer(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  double(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  /** How many things follow, of which each takes at least `bytesMin`. */
  count(bytesMin: number): number {
    const start = this.#offset;
    const count = this.integer();
    if (count < 0 || count * bytesMin > this.left) {
      this.fail(`${count} things of ${bytesMin} bytes or more do not fit ${this.left}`, start);
    }
    return count;
  }

  text(): string {
    const length = this.count(1);
    const start = this.#advance(length);
    let text = '';
    for (let k = start; k < start + length; k++) {
      const byte = this.#bytes[k] ?? 0;
      if (byte >= 0x80) return decoder.decode(this.#bytes.subarray(start, start + length));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  texts(): string[] {
    const texts: string[] = [];
    for (let left = this.count(4); left > 0; left--) texts.push(this.text());
    return texts;
  }

  /** Reads one command or answer of a message; what `read` leaves or takes too much is an error. */
  block<T>(read: (code: number) => T): T {
    const start = this.#offset;
    const short = this.unsignedByte();
    const length = short === 0 ? this.integer() : short;
    const end = start + length;
    if (length <= this.#offset - start || end > this.#bytes.length) {
      this.fail(`a length of ${length} does not fit`, start);
    }
    const value = read(this.unsignedByte());
    if (this.#offset !== end) {
      this.fail(`${this.#offset - start} bytes were read of an answer of ${length}`, start);
    }
    return value;
  }

  /** The code of the block that comes next; undefined where none does. */
  nextCode(): number | undefined {
    const isLong = this.#bytes[this.#offset] === 0;
    return this.#bytes[this.#offset + (isLong ? 5 : 1)];
  }

  #advance(count: number): number {
    const start = this.#offset;
    if (count > this.left) this.fail(`the message ends, but ${count} bytes are needed`);
    this.#offset = start + count;
    return start;
  }
}

export class ByteWriter {
  readonly #bytes: number[] = [];

  unsignedByte(value: number): this {
    this.#bytes.push(value & 0xff);
    return this;
  }

  integer(value: number): this {
    this.#bytes.push((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff);
    return this.unsignedByte(value);
  }

  double(value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    this.#bytes.push(...bytes);
    return this;
  }

  text(value: string): this {
    const bytes = encoder.encode(value);
    this.integer(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** What was written, as one command of a message. */
  block(code: number): Uint8Array {
    const content = [code, ...this.#bytes];
    if (content.length + 1 <= SHORT_BYTES_MAX) {
      return Uint8Array.from([content.length + 1, ...content]);
    }
    const { bytes } = new ByteWriter().unsignedByte(0).integer(content.length + 5);
    return Uint8Array.from([...bytes, ...content]);
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
