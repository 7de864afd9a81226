/**
 * Cuts a stream of bytes into lines. Bounded, because whoever connects to a cabinet may send
 * gigabytes without ever ending a line.
 */
import type { Socket } from 'node:net';
import { LAMP_LINE_BYTES_MAX } from '../protocol/lamp-line.ts';

const NEWLINE = 0x0a;

/** Gives each line of `socket` to `heard`; destroys the socket when one is too long. */
export const hearLines = (
  socket: Socket,
  heard: (line: string) => void,
  bytesMax = LAMP_LINE_BYTES_MAX,
): void => {
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    let from = 0;
    for (let end = held.indexOf(NEWLINE); end >= 0; end = held.indexOf(NEWLINE, from)) {
      if (end - from > bytesMax) break;
      if (end > from) heard(held.toString('utf8', from, end));
      from = end + 1;
      if (socket.destroyed) return;
    }
    held = held.subarray(from);
    if (held.length > bytesMax) {
      socket.destroy(new Error(`a line of more than ${bytesMax} bytes`));
    }
  });
};
