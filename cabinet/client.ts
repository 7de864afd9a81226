/**
 * The node's side of the line to its lamps. It keeps the connection up, learns the driver's clock
 * from the best of recent round trips (Cristian 1989), and turns instants of the node's clock into
 * the driver's as it sends. What cannot be sent now is not kept: a stale sequence helps nobody.
 */
import { connect, type Socket } from 'node:net';
import {
  type LampsAnswer,
  type LampsEntered,
  type LampsInput,
  type LampsSequence,
  type LampsShowing,
  type LineFromDriver,
  type LineFromNode,
  lineOf,
  readLineFromDriver,
  type Timelines,
} from '../protocol/lamp-line.ts';
import type { Door } from './address.ts';
import { ClockComparison, type Synced } from './clock-comparison.ts';
import { hearLines } from './lines.ts';

const RETRY_MS_MIN = 50;
const RETRY_MS_MAX = 1_000;
/** Period of clock exchanges: often at first, to be ready soon. */
const SYNC_FIRST_MS = 50;
const SYNC_FIRST_TIMES = 4;
const SYNC_MS = 1_000;
/** A driver that leaves so many questions open is stopped or stuck: the connection is made anew. */
const UNANSWERED_MAX = 6;
const UNREAD_BYTES_MAX = 262_144;

/** What a node is told. Called from the socket's events; must not throw. */
export interface LampsHeard {
  /** The driver let us in and its clock is known; `digest` is of the description that it guards. */
  readonly entered: (line: LampsEntered) => void;
  /** The clocks were compared once more: `synced` may have become better. */
  readonly compared: () => void;
  /** A sequence was accepted or refused. */
  readonly answer: (line: LampsAnswer) => void;
  /** What the lamps show: on entering and at every change. */
  readonly showing: (line: LampsShowing) => void;
  /** An input of the cabinet was set or taken back; those that stand are told on entering. */
  readonly input: (line: LampsInput) => void;
  /** A line of ours was malformed or out of place: a node that does not serve here, say. */
  readonly refused: (reason: string) => void;
  /** The connection is gone, or could not be made; it is tried again until `close`. */
  readonly lost: (reason: string) => void;
}

export interface LampsClientOptions {
  readonly door: Door;
  readonly node: string;
  readonly intersection: string;
  readonly incarnation: number;
  /** The node's monotonic clock. In milliseconds. */
  readonly now: () => number;
  readonly heard: LampsHeard;
}

/** A sequence with its instants on the node's clock. */
export interface NodeSequence {
  readonly counter: number;
  readonly notAfterMs: number;
  readonly timelines: Timelines;
}

export interface LampsClient {
  /** Sends at once, or not at all: false when not connected or the clocks are not compared yet. */
  send(sequence: NodeSequence): boolean;
  /** Says that this incarnation commands nothing more. */
  leave(): void;
  /** Ends the connection for good, after what was said. */
  close(): void;
  /** The driver's clock less ours, and by how much that may be wrong. */
  synced(): Synced | undefined;
}

/** Connects, and keeps connecting until it is closed. */
export const connectLamps = (options: LampsClientOptions): LampsClient => new Line(options);

class Line implements LampsClient {
  readonly #options: LampsClientOptions;
  #clocks = new ClockComparison();
  #socket: Socket | undefined;
  #isIn = false;
  /** What let us in, until the clocks are compared too. */
  #entered: LampsEntered | undefined;
  #isClosed = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #sync: NodeJS.Timeout | undefined;

  constructor(options: LampsClientOptions) {
    this.#options = options;
    this.#connect();
  }

  send({ counter, notAfterMs, timelines }: NodeSequence): boolean {
    const synced = this.synced();
    if (!this.#isIn || !synced) return false;
    const { intersection, incarnation } = this.#options;
    const sequence: LampsSequence = {
      type: 'lamps.sequence',
      intersection,
      incarnation,
      counter,
      notAfterMs: shift(notAfterMs, synced),
      timelines: Object.fromEntries(
        Object.entries(timelines).map(([group, steps]) => [
          group,
          steps.map(({ lamp, untilMs }) => ({ lamp, untilMs: shift(untilMs, synced) })),
        ]),
      ),
    };
    return this.#say(sequence);
  }

  leave(): void {
    const { intersection, incarnation } = this.#options;
    if (this.#isIn) this.#say({ type: 'lamps.leave', intersection, incarnation });
    this.#isIn = false;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#sync);
    // What was said still goes out, but a driver that does not hang up keeps nobody waiting.
    this.#socket?.end();
    this.#socket?.unref();
    this.#isIn = false;
  }

  synced(): Synced | undefined {
    return this.#clocks.synced(this.#options.now());
  }

  #connect(): void {
    const { door, node, intersection, incarnation } = this.#options;
    const socket = connect(door);
    this.#socket = socket;
    this.#clocks = new ClockComparison();
    let reason = 'the driver closed the connection';
    socket.on('error', ({ message }) => {
      reason = message;
    });
    socket.on('connect', () => {
      this.#say({ type: 'lamps.enter', node, intersection, incarnation });
      this.#exchange(SYNC_FIRST_TIMES);
    });
    socket.on('close', () => this.#lose(reason));
    hearLines(socket, (text) => {
      const line = readLineFromDriver(text);
      if (line && !this.#isClosed) this.#hear(line);
    });
  }

  #lose(reason: string): void {
    clearTimeout(this.#sync);
    this.#isIn = false;
    this.#entered = undefined;
    this.#clocks = new ClockComparison();
    if (this.#isClosed) return;
    const delayMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#connect(), delayMs);
    this.#options.heard.lost(reason);
  }

  #hear(line: LineFromDriver): void {
    const { heard, now } = this.#options;
    if (line.type === 'lamps.time') {
      this.#clocks.answered(line, now());
      if (this.#isIn) heard.compared();
      else this.#getIn();
    } else if (line.type === 'lamps.entered') {
      this.#entered = line;
      this.#getIn();
    } else if (line.type === 'lamps.answer') heard.answer(line);
    else if (line.type === 'lamps.showing') heard.showing(line);
    else if (line.type === 'lamps.input') heard.input(line);
    else if (line.type === 'lamps.refused') heard.refused(line.reason);
  }

  #getIn(): void {
    const entered = this.#entered;
    if (!entered || !this.synced()) return;
    this.#entered = undefined;
    this.#isIn = true;
    this.#failures = 0;
    this.#options.heard.entered(entered);
  }

  #exchange(firstTimes: number): void {
    if (this.#clocks.unanswered >= UNANSWERED_MAX) {
      this.#socket?.destroy(new Error('the driver does not answer'));
      return;
    }
    this.#say({ type: 'lamps.time', id: this.#clocks.asked(this.#options.now()) });
    const delayMs = firstTimes > 0 ? SYNC_FIRST_MS : SYNC_MS;
    this.#sync = setTimeout(() => this.#exchange(firstTimes - 1), delayMs);
  }

  #say(line: LineFromNode): boolean {
    const socket = this.#socket;
    if (!socket || socket.destroyed || socket.writableLength > UNREAD_BYTES_MAX) return false;
    socket.write(lineOf(line));
    return true;
  }
}

/** An instant of the node's clock on the driver's, to the microsecond. */
const shift = (instantMs: number, { offsetMs }: Synced): number =>
  Math.round((instantMs + offsetMs) * 1000) / 1000;
