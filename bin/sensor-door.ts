/**
 * The sensors' side of a cabinet: who senses listens at a socket of the intersection, and tells every
 * node that comes what is sensed, a line a step. It is no part of the lamp driver, whose last gate
 * must not depend on what traffic there is.
 */
import { createServer, type Socket } from 'node:net';
import { CabinetError, listenAt, makeSocketFolder, sensorSocket } from '../cabinet/address.ts';
import type { District } from '../protocol/check-district.ts';
import type { Read } from '../protocol/readings.ts';
import { OperatorError } from './read-district.ts';

/** What may wait for a node that does not read; beyond, it misses steps. In bytes. */
const WAITING_BYTES_MAX = 1_000_000;

export class SensorDoors {
  readonly #district: District;
  readonly #nodes = new Map<string, Set<Socket>>();
  readonly #closes: (() => void)[] = [];

  constructor(district: District) {
    this.#district = district;
  }

  /** Listens at every intersection. */
  async open(): Promise<void> {
    try {
      await this.#listen();
    } catch (error) {
      this.close();
      throw error instanceof CabinetError ? new OperatorError(error.message) : error;
    }
  }

  async #listen(): Promise<void> {
    for (const { id } of this.#district.intersections) {
      const nodes = new Set<Socket>();
      const server = createServer((socket) => {
        nodes.add(socket);
        socket.on('close', () => nodes.delete(socket));
        // An error is followed by its close; and nodes have nothing to say here.
        socket.on('error', () => {});
        socket.resume();
      });
      const path = sensorSocket(this.#district, id);
      makeSocketFolder(path);
      await listenAt(server, { path }, `the sensors of ${id}`);
      this.#nodes.set(id, nodes);
      this.#closes.push(() => {
        server.close();
        for (const socket of nodes) socket.destroy();
      });
    }
  }

  /** Tells the nodes of an intersection what its sensors say of a step. */
  tell = (intersection: string, read: Read): void => {
    const nodes = this.#nodes.get(intersection);
    if (!nodes?.size) return;
    const line = `${JSON.stringify(read)}\n`;
    for (const socket of nodes) {
      if (socket.writableLength <= WAITING_BYTES_MAX) socket.write(line);
    }
  };

  close(): void {
    for (const close of this.#closes) close();
  }
}
