/**
 * Goes to the door of a cabinet and sets an input, as a rail or fire contact or a push button does
 * by wire: no district is needed for that, only the lamp driver on this host.
 */
import { connect } from 'node:net';
import { cabinetSocket } from '../cabinet/address.ts';
import { hearLines } from '../cabinet/lines.ts';
import type { District } from '../protocol/check-district.ts';
import type { Lamps } from '../protocol/lamp.ts';
import { type LampsInput, lineOf, readLineFromDriver } from '../protocol/lamp-line.ts';
import { OperatorError } from './read-district.ts';

/** How long a driver may take to answer. In milliseconds. */
const ANSWER_MS_MAX = 3_000;

export interface AtDoor {
  readonly district: District;
  readonly input: Omit<LampsInput, 'type'>;
  /** Whether the lamps show what is waited for. */
  readonly isDone: (lamps: Lamps) => boolean;
  readonly limitMs: number;
}

/** Sets the input; gives how long it took until the lamps showed what is waited for, in
 *  milliseconds, or null when they did not within the limit. */
export const atDoor = ({ district, input, isDone, limitMs }: AtDoor): Promise<number | null> => {
  const path = cabinetSocket(district, input.intersection);
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let sinceMs = performance.now();
    const end = (finish: () => void) => {
      clearTimeout(limit);
      socket.destroy();
      finish();
    };
    const fail = (message: string) => end(() => reject(new OperatorError(message)));
    let limit = setTimeout(() => fail(`${path} does not answer`), ANSWER_MS_MAX);
    let isTaken = false;
    socket.on('error', ({ message }) =>
      fail(`no lamp driver of ${input.intersection} runs on this host (${message})`),
    );
    socket.on('close', () => fail(`the lamp driver of ${input.intersection} hung up`));
    socket.on('connect', () => {
      sinceMs = performance.now();
      socket.write(lineOf({ type: 'lamps.input', ...input }));
    });
    hearLines(socket, (text) => {
      const line = readLineFromDriver(text);
      if (line?.type === 'lamps.refused') fail(line.reason);
      if (line?.type !== 'lamps.showing') return;
      if (!isTaken) {
        isTaken = true;
        clearTimeout(limit);
        limit = setTimeout(() => end(() => resolve(null)), limitMs);
      }
      if (isDone(line.lamps)) end(() => resolve(performance.now() - sinceMs));
    });
  });
};
