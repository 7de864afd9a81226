/**
 * Connects a node to the sensors of its intersection, over their socket. There may be none: then it
 * is looked again now and then, because sensors may come later, and come back.
 */
import { connect, type Socket } from 'node:net';
import { Compile } from 'typebox/compile';
import type { OpenSensors } from '../actors/sensors.ts';
import { hearLines } from '../cabinet/lines.ts';
import { readSchema } from '../protocol/readings.ts';

/** How long until it is looked again whether there are sensors. In milliseconds. */
const AGAIN_MS = 2000;
/** Of one step of one intersection. In bytes. */
const LINE_BYTES_MAX = 1_000_000;

const isRead = Compile(readSchema);

/** The sensors at a socket; `refused` hears once of each connection that says what is no reading. */
export const sensorsAt =
  (path: string, refused: (reason: string) => void): OpenSensors =>
  (_, hear) => {
    let isClosed = false;
    let socket: Socket | undefined;
    let timer: NodeJS.Timeout | undefined;
    const look = () => {
      socket = connect({ path });
      let hasRefused = false;
      hearLines(
        socket,
        (line) => {
          const read = readIn(line);
          if (read && !isClosed) hear(read);
          else if (!read && !hasRefused) {
            hasRefused = true;
            refused('the sensors say what is no reading');
          }
        },
        LINE_BYTES_MAX,
      );
      socket.on('error', () => {});
      socket.on('close', () => {
        if (!isClosed) timer = setTimeout(look, AGAIN_MS).unref();
      });
    };
    look();
    return {
      close: () => {
        isClosed = true;
        clearTimeout(timer);
        socket?.destroy();
      },
    };
  };

const readIn = (line: string) => {
  try {
    const value: unknown = JSON.parse(line);
    return isRead.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
