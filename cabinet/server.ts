/**
 * The cabinet's door: lets nodes talk to lamp drivers over a Unix socket, or TCP on loopback.
 * Whoever gets in is believed in nothing: lines are bounded and checked, a node commands only the
 * groups that the description gives it, and one that does not read what it is told is put out.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { digestOf } from '../protocol/digest.ts';
import { type Intersection, nodesOf } from '../protocol/district.ts';
import type { Lamps } from '../protocol/lamp.ts';
import {
  type LampsEnter,
  type LampsSequence,
  type LineFromDriver,
  type LineFromNode,
  lineOf,
  readLineFromNode,
} from '../protocol/lamp-line.ts';
import { CabinetError, type Door, removeStaleSocket } from './address.ts';
import type { DriverClock } from './alarm.ts';
import { commanderOf } from './command-post.ts';
import { createDriver, type Driver } from './driver.ts';
import type { Latch } from './latch.ts';
import { hearLines } from './lines.ts';

/** Connections at a time. */
const CLIENTS_MAX = 256;
/** What may wait to be read by one client before it is put out. */
const UNREAD_BYTES_MAX = 262_144;
/** Lines of one connection that were no lines of ours before it is put out. */
const RUBBISH_LINES_MAX = 100;

export interface CabinetOptions {
  readonly intersections: readonly Intersection[];
  /** Monotonic and shared by all drivers of the host, so that a restart does not move instants. */
  readonly clock: DriverClock;
  /** Milliseconds since the Unix epoch that never go back. */
  readonly stamp: () => number;
  readonly latchOf: (intersection: string) => Latch;
  /**
   * Lights the lamps of an intersection: called at every change, with when it was made: by the
   * stamp, and on the clock.
   */
  readonly show: (intersection: string, lamps: Lamps, t: number, nowMs: number) => void;
  readonly report: (report: Report) => void;
}

/** What an operator should know. */
export interface Report {
  readonly kind: 'error' | 'refused';
  readonly intersection?: string;
  readonly message: string;
}

export interface Cabinet {
  readonly drivers: ReadonlyMap<string, Driver>;
  /** How many nodes are connected and have entered. */
  entered(): number;
  /** Closes the door. The drivers go on. */
  close(): Promise<void>;
}

interface Client {
  readonly socket: Socket;
  /** As whom it entered, by intersection. */
  readonly entered: Map<string, LampsEnter>;
  rubbish: number;
}

/** Opens the door, then starts the drivers. Throws `CabinetError` when the place is taken. */
export const openCabinet = async (door: Door, options: CabinetOptions): Promise<Cabinet> => {
  const hall = new Hall(options);
  await listen(hall.server, door, options.intersections.map(({ id }) => id).join(', '));
  hall.start();
  return hall;
};

const listen = async (server: Server, door: Door, served: string): Promise<void> => {
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

class Hall implements Cabinet {
  readonly drivers = new Map<string, Driver>();
  readonly server: Server;
  readonly #options: CabinetOptions;
  readonly #clients = new Set<Client>();

  constructor(options: CabinetOptions) {
    this.#options = options;
    this.server = createServer((socket) => this.#welcome(socket));
    this.server.maxConnections = CLIENTS_MAX;
  }

  start(): void {
    const { intersections, clock, latchOf, report } = this.#options;
    for (const intersection of intersections) {
      const { id } = intersection;
      const driver = createDriver({
        intersection,
        clock,
        latch: latchOf(id),
        show: (lamps, nowMs) => this.#show(id, lamps, nowMs),
        report: (message) => report({ kind: 'error', intersection: id, message }),
      });
      this.drivers.set(id, driver);
    }
  }

  entered(): number {
    return [...this.#clients].filter(({ entered }) => entered.size > 0).length;
  }

  close(): Promise<void> {
    for (const { socket } of this.#clients) socket.destroy();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }

  #show(intersection: string, lamps: Lamps, nowMs: number): void {
    const t = this.#options.stamp();
    this.#options.show(intersection, lamps, t, nowMs);
    for (const client of this.#clients) {
      if (client.entered.has(intersection)) {
        this.#say(client, { type: 'lamps.showing', intersection, t, nowMs, lamps });
      }
    }
  }

  #welcome(socket: Socket): void {
    const client: Client = { socket, entered: new Map(), rubbish: 0 };
    this.#clients.add(client);
    socket.on('error', ({ message }) => this.#refuse(client, message));
    socket.on('close', () => this.#clients.delete(client));
    hearLines(socket, (text) => {
      const line = readLineFromNode(text);
      if (line) this.#hear(client, line);
      else this.#refuseRubbish(client);
    });
  }

  #hear(client: Client, line: LineFromNode): void {
    const nowMs = this.#options.clock.now();
    if (line.type === 'lamps.time') {
      this.#say(client, { type: 'lamps.time', id: line.id, nowMs });
      return;
    }
    const driver = this.drivers.get(line.intersection);
    if (!driver) this.#refuse(client, `no intersection ${line.intersection} here`);
    else if (line.type === 'lamps.enter') this.#enter(client, line, driver);
    else if (line.type === 'lamps.sequence') this.#follow(client, line, driver);
    else {
      const entered = client.entered.get(line.intersection);
      if (entered) driver.leave(entered.node, line.incarnation);
      client.entered.delete(line.intersection);
    }
  }

  #enter(client: Client, line: LampsEnter, driver: Driver): void {
    const { node, intersection } = line;
    if (!nodesOf(driver.intersection).includes(node)) {
      this.#refuse(client, `${node} does not serve ${intersection}`);
      return;
    }
    client.entered.set(intersection, line);
    const nowMs = this.#options.clock.now();
    const digest = digestOf(driver.intersection);
    this.#say(client, { type: 'lamps.entered', intersection, digest, nowMs });
    const lamps = driver.lamps();
    const t = this.#options.stamp();
    this.#say(client, { type: 'lamps.showing', intersection, t, nowMs, lamps });
  }

  #follow(client: Client, line: LampsSequence, driver: Driver): void {
    const { intersection, incarnation, counter } = line;
    const refused = refusalOf(client, line, driver) ?? driver.accept(line).refused;
    this.#say(client, {
      type: 'lamps.answer',
      intersection,
      incarnation,
      counter,
      ...(refused !== undefined && { refused }),
    });
    if (refused !== undefined) {
      const who = client.entered.get(intersection)?.node ?? 'someone who did not enter';
      const message = `${incarnation}.${counter} of ${who}: ${refused}`;
      this.#options.report({ kind: 'refused', intersection, message });
    }
  }

  #refuseRubbish(client: Client): void {
    client.rubbish += 1;
    this.#refuse(client, `not a line of this protocol (${client.rubbish})`);
    if (client.rubbish >= RUBBISH_LINES_MAX) client.socket.destroy();
  }

  #refuse(client: Client, reason: string): void {
    this.#say(client, { type: 'lamps.refused', reason });
    this.#options.report({ kind: 'refused', message: reason });
  }

  #say({ socket }: Client, line: LineFromDriver): void {
    if (socket.destroyed) return;
    socket.write(lineOf(line));
    if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
  }
}

const refusalOf = (
  client: Client,
  { intersection, incarnation, timelines }: LampsSequence,
  driver: Driver,
): string | undefined => {
  const entered = client.entered.get(intersection);
  if (!entered) return 'enter first';
  if (entered.incarnation !== incarnation) return `entered as ${entered.incarnation}`;
  const foreign = Object.keys(timelines).find((group) => {
    const commander = commanderOf(driver.intersection, group);
    return commander !== undefined && commander !== entered.node;
  });
  return foreign === undefined ? undefined : `${foreign} is not commanded by ${entered.node}`;
};
