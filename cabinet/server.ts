/**
 * The cabinet's door: lets nodes talk to lamp drivers over a Unix socket, or TCP on loopback.
 * Whoever gets in is believed in nothing: lines are bounded and checked, a node commands only the
 * groups that the description gives it, and one that does not read what it is told is put out.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { LampsClear } from '../protocol/clear-line.ts';
import { digestOf } from '../protocol/digest.ts';
import { type Intersection, nodesOf } from '../protocol/district.ts';
import type { Lamps } from '../protocol/lamp.ts';
import {
  type LampsEnter,
  type LampsInput,
  type LampsSequence,
  type LineFromDriver,
  type LineFromNode,
  lineOf,
  readLineFromNode,
} from '../protocol/lamp-line.ts';
import { type Door, listenAt } from './address.ts';
import type { DriverClock } from './alarm.ts';
import { createDriver, type Driver } from './driver.ts';
import type { Hardware } from './hardware.ts';
import { Inputs } from './inputs.ts';
import type { Latch } from './latch.ts';
import { hearLines } from './lines.ts';
import { Player } from './player.ts';
import { clearanceOf, type Operators, refusalOf, type Visitor } from './visitor.ts';

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
  /** Who may clear latches; without, or where operators have no key, whoever is at the door. */
  readonly operators?: Operators | undefined;
  readonly latchOf: (intersection: string) => Latch;
  /** The bulbs of an intersection, if it has any here. Throws `CabinetError` when it has not all. */
  readonly hardwareOf?: (intersection: Intersection) => Hardware | undefined;
  /** Told at every change what an intersection shows, and when it was made: by the stamp, and on
   *  the clock. */
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
  /** The host and its monotonic clock were asleep: nothing that was said before counts. */
  suspended(byMs: number): void;
  /** Closes the door. Drivers are ended before; where there are bulbs, red is left on. */
  close(): Promise<void>;
}

/** Opens the door, then starts the drivers. Throws `CabinetError` when the place is taken. */
export const openCabinet = async (door: Door, options: CabinetOptions): Promise<Cabinet> => {
  const hall = new Hall(options);
  hall.furnish();
  await listenAt(hall.server, door, options.intersections.map(({ id }) => id).join(', '));
  hall.start();
  return hall;
};

class Hall implements Cabinet {
  readonly drivers = new Map<string, Driver>();
  readonly server: Server;
  readonly #inputs = new Map<string, Inputs>();
  readonly #options: CabinetOptions;
  readonly #clients = new Set<Visitor>();
  readonly #players = new Map<string, Player>();

  constructor(options: CabinetOptions) {
    this.#options = options;
    this.server = createServer((socket) => this.#welcome(socket));
    this.server.maxConnections = CLIENTS_MAX;
  }

  /** Finds the bulbs. */
  furnish(): void {
    const { intersections, clock, hardwareOf } = this.#options;
    for (const intersection of intersections) {
      const { id } = intersection;
      const hardware = hardwareOf?.(intersection);
      if (!hardware) continue;
      const failed = (reason: string, lamps: Lamps = {}) => {
        // Where bulbs are lit against each other, that is the reason of the latch.
        this.drivers.get(id)?.sensed(lamps);
        this.drivers.get(id)?.fail(reason);
      };
      this.#players.set(id, new Player({ intersection, clock, hardware, failed }));
    }
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
        fault: () => this.#players.get(id)?.fault(),
      });
      this.drivers.set(id, driver);
      this.#players.get(id)?.start();
      const tell = (input: LampsInput) => this.#tellInput(id, input);
      this.#inputs.set(id, new Inputs({ intersection, clock, tell }));
    }
  }

  entered(): number {
    return [...this.#clients].filter(({ entered }) => entered.size > 0).length;
  }

  suspended(byMs: number): void {
    // What still waits in their pipes was said before; those who have slept too must enter anew.
    for (const { socket } of this.#clients) socket.destroy();
    for (const driver of this.drivers.values()) driver.suspended(byMs);
  }

  close(): Promise<void> {
    for (const player of this.#players.values()) player.close();
    for (const { socket } of this.#clients) socket.destroy();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }

  #show(intersection: string, lamps: Lamps, nowMs: number): void {
    const t = this.#options.stamp();
    this.#options.show(intersection, lamps, t, nowMs);
    for (const client of this.#clients) {
      if (client.entered.has(intersection) || client.watches.has(intersection)) {
        this.#say(client, { type: 'lamps.showing', intersection, t, nowMs, lamps });
      }
    }
    // Told before it is played: bulbs that fail show something else at once, and that is told next.
    this.#players.get(intersection)?.show(lamps, nowMs);
  }

  #welcome(socket: Socket): void {
    const client: Visitor = { socket, entered: new Map(), watches: new Set(), rubbish: 0 };
    this.#clients.add(client);
    socket.on('error', ({ message }) => this.#refuse(client, message));
    socket.on('close', () => this.#clients.delete(client));
    hearLines(socket, (text) => {
      const line = readLineFromNode(text);
      if (line) this.#hear(client, line);
      else this.#refuseRubbish(client);
    });
  }

  #hear(client: Visitor, line: LineFromNode): void {
    const nowMs = this.#options.clock.now();
    // The clock may just have told that it was asleep.
    if (client.socket.destroyed) return;
    if (line.type === 'lamps.time') {
      this.#say(client, { type: 'lamps.time', id: line.id, nowMs });
      return;
    }
    const driver = this.drivers.get(line.intersection);
    if (!driver) this.#refuse(client, `no intersection ${line.intersection} here`);
    else if (line.type === 'lamps.enter') this.#enter(client, line, driver);
    else if (line.type === 'lamps.sequence') this.#follow(client, line, driver);
    else if (line.type === 'lamps.clear') this.#clear(client, line, driver);
    else if (line.type === 'lamps.input') this.#input(client, line);
    else {
      const entered = client.entered.get(line.intersection);
      if (entered) driver.leave(entered.node, line.incarnation);
      client.entered.delete(line.intersection);
    }
  }

  #enter(client: Visitor, line: LampsEnter, driver: Driver): void {
    const { node, intersection } = line;
    if (!nodesOf(driver.intersection).includes(node)) {
      this.#refuse(client, `${node} does not serve ${intersection}`);
      return;
    }
    client.entered.set(intersection, line);
    const nowMs = this.#options.clock.now();
    const digest = digestOf(driver.intersection);
    const last = driver.lastWordOf(node);
    this.#say(client, {
      type: 'lamps.entered',
      intersection,
      digest,
      nowMs,
      ...(last && { last }),
    });
    this.#showTo(client, intersection, driver);
    for (const input of this.#inputs.get(intersection)?.standing() ?? []) this.#say(client, input);
  }

  #showTo(client: Visitor, intersection: string, driver: Driver): void {
    const nowMs = this.#options.clock.now();
    const lamps = driver.lamps();
    const t = this.#options.stamp();
    this.#say(client, { type: 'lamps.showing', intersection, t, nowMs, lamps });
  }

  /** Takes an input, and shows who set it what the lamps do from now on. */
  #input(client: Visitor, line: LampsInput): void {
    const { intersection } = line;
    const refused = this.#inputs.get(intersection)?.set(line);
    const driver = this.drivers.get(intersection);
    if (refused !== undefined || !driver) {
      this.#refuse(client, refused ?? `no intersection ${intersection} here`);
      return;
    }
    client.watches.add(intersection);
    this.#showTo(client, intersection, driver);
  }

  #tellInput(intersection: string, input: LampsInput): void {
    for (const client of this.#clients) {
      if (client.entered.has(intersection)) this.#say(client, input);
    }
  }

  #follow(client: Visitor, line: LampsSequence, driver: Driver): void {
    const { intersection, incarnation, counter } = line;
    const refused = refusalOf(client, line, driver) ?? driver.accept(line).refused;
    const entered = client.entered.get(intersection);
    const last = refused !== undefined && entered && driver.lastWordOf(entered.node);
    this.#say(client, {
      type: 'lamps.answer',
      intersection,
      incarnation,
      counter,
      ...(refused !== undefined && { refused }),
      ...(last && { last }),
    });
    if (refused !== undefined) {
      const who = entered?.node ?? 'someone who did not enter';
      const message = `${incarnation}.${counter} of ${who}: ${refused}`;
      this.#options.report({ kind: 'refused', intersection, message });
    }
  }

  #clear(client: Visitor, line: LampsClear, driver: Driver): void {
    const { intersection } = line;
    const { refused, nonce } = clearanceOf(client, line, this.#options.operators);
    if (nonce !== undefined) {
      this.#say(client, { type: 'lamps.prove', intersection, nonce });
      return;
    }
    const cleared = refused === undefined ? driver.clear() : { refused };
    this.#say(client, { type: 'lamps.cleared', intersection, ...cleared });
  }

  #refuseRubbish(client: Visitor): void {
    client.rubbish += 1;
    this.#refuse(client, `not a line of this protocol (${client.rubbish})`);
    if (client.rubbish >= RUBBISH_LINES_MAX) client.socket.destroy();
  }

  #refuse(client: Visitor, reason: string): void {
    this.#say(client, { type: 'lamps.refused', reason });
    this.#options.report({ kind: 'refused', message: reason });
  }

  #say({ socket }: Visitor, line: LineFromDriver): void {
    if (socket.destroyed) return;
    socket.write(lineOf(line));
    if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
  }
}
