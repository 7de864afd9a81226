/**
 * The address of a cabinet: where the lamp driver of an intersection is found on this host when
 * nobody says where. Node and driver derive it alike from the district file, so that neither has
 * to be told; districts on other discovery addresses do not meet.
 */
import { lstatSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { digestOf } from '../protocol/digest.ts';
import type { Discovery } from '../protocol/timing.ts';

/** Bytes of a path that `sockaddr_un` takes everywhere, with its end. */
const SOCKET_PATH_BYTES_MAX = 104;
/** How long a driver may take to take a call before it counts as dead. */
const CALL_MS_MAX = 2_000;

/** Where a cabinet listens: a Unix socket, or TCP on loopback. */
export type Door = { readonly path: string } | { readonly host: string; readonly port: number };

/** Why a cabinet could not be opened: the operator's to mend. */
export class CabinetError extends Error {
  override readonly name = 'CabinetError';
}

interface Named {
  readonly name: string;
  readonly discovery: Discovery;
}

/** The Unix socket at which the driver of `intersection` listens by default. */
export const cabinetSocket = (district: Named, intersection: string): string =>
  socketOf(district, [intersection]);

/** The one at which its sensors are heard. */
export const sensorSocket = (district: Named, intersection: string): string =>
  socketOf(district, [intersection, 'sensors']);

const socketOf = ({ name, discovery }: Named, of: readonly string[]): string => {
  const { address, port } = discovery;
  const digest = digestOf([name, address, port, ...of]);
  const place = join(`greenwave-${process.getuid?.() ?? 'user'}`, `${digest}.sock`);
  const path = join(tmpdir(), place);
  return Buffer.byteLength(path) < SOCKET_PATH_BYTES_MAX ? path : join('/tmp', place);
};

/** Makes the folder of a default socket, which nobody else may enter. */
export const makeSocketFolder = (path: string): void => {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  const isOurs = process.getuid === undefined || uid === process.getuid();
  if (!isOurs || (mode & 0o077) !== 0) {
    throw new CabinetError(`${folder} must be a folder of our own that nobody else may enter`);
  }
};

/** Removes the socket that a dead driver left at `path`; throws when its driver lives. */
export const removeStaleSocket = async (path: string, served: string): Promise<void> => {
  const taken = new CabinetError(`another lamp driver serves ${served} (${path})`);
  const isThere = lstatSync(path, { throwIfNoEntry: false });
  if (!isThere) return;
  if (!isThere.isSocket()) throw new CabinetError(`${path} is there and is no socket`);
  if (await isAnswered(path)) throw taken;
  // Another driver may have replaced the socket since: what is moved aside is asked once more.
  const aside = `${path}.${process.pid}`;
  renameSync(path, aside);
  if (await isAnswered(aside)) {
    renameSync(aside, path);
    throw taken;
  }
  unlinkSync(aside);
};

/** Listens at `door` for callers of this host. Throws `CabinetError` when another driver does. */
export const listenAt = async (server: Server, door: Door, served: string): Promise<void> => {
  if ('path' in door) await removeStaleSocket(door.path, served);
  else if (!/^(127(\.\d+){3}|::1|localhost)$/.test(door.host)) {
    throw new CabinetError(`${door.host}: lamps are driven on loopback only`);
  }
  await new Promise<void>((resolve, reject) => {
    server.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      const isTaken = code === 'EADDRINUSE';
      reject(new CabinetError(isTaken ? `another lamp driver serves ${served}` : message));
    });
    server.listen(door, resolve);
  });
};

/** Whether somebody takes calls at the Unix socket `path`. */
export const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const call = connect({ path });
    // One who neither takes nor refuses the call is busy or stopped, not dead.
    call.setTimeout(CALL_MS_MAX, () => end(true));
    const end = (isAlive: boolean) => {
      call.destroy();
      resolve(isAlive);
    };
    call.once('connect', () => end(true));
    call.once('error', ({ code }: NodeJS.ErrnoException) =>
      end(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });
