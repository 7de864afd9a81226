/**
 * A node's side of the wire to an inspector: connects, connects again when the other end was gone,
 * and holds no more than a bounded number of bytes for an end that does not read. What comes from
 * there is thrown away: events only flow out.
 */
import WebSocket from 'ws';
import type { Inspector, Outlet } from '../actors/inspector.ts';

/** The port is that of the package's own server, so that its receivers find this one unasked. */
export const INSPECTOR_PORT = 8080;
export const INSPECTOR_URL = `ws://127.0.0.1:${INSPECTOR_PORT}`;
/** By this header a node tells who it is. A browser cannot set it, so no web page poses as a node. */
export const NODE_HEADER = 'greenwave-node';

/** In milliseconds: how soon another attempt follows, and how long one or a farewell may take. */
const AGAIN_MS = 2000;
const CONNECT_MS_MAX = 5000;
const CLOSE_MS_MAX = 500;
/** Bytes that wait for the other end: more than the one are too many, until there are fewer than the other. */
const FULL_BYTES = 2 ** 20;
const ROOM_BYTES = 2 ** 18;

export interface StreamOptions {
  readonly url: string;
  /** District and node, as in the ids of its actors. */
  readonly name: string;
  readonly trouble: (message: string) => void;
}

export class InspectorStream implements Outlet {
  readonly #options: StreamOptions;
  #inspector: Pick<Inspector, 'present' | 'flush'> | undefined;
  #socket: WebSocket | undefined;
  #state: Outlet['state'] = 'shut';
  #isEnded = false;
  #isTold = false;
  #again: NodeJS.Timeout | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#connect();
  }

  get state(): Outlet['state'] {
    return this.#state;
  }

  /** From now on, this is what there is to see: the life of the node that begins. */
  show(inspector: Pick<Inspector, 'present' | 'flush'>): void {
    // The last words of a former life come before the first of this one.
    this.#inspector?.flush();
    this.#inspector = inspector;
  }

  send(messages: readonly string[]): void {
    const socket = this.#socket;
    if (!socket || this.#state !== 'open') return;
    const last = messages.length - 1;
    for (const [k, message] of messages.entries()) {
      socket.send(message, k === last ? () => this.#look() : undefined);
    }
    this.#look();
  }

  /** Sends what waits, says farewell, and waits no longer than a moment. */
  async close(): Promise<void> {
    this.#inspector?.flush();
    this.#isEnded = true;
    clearTimeout(this.#again);
    const socket = this.#socket;
    this.#state = 'shut';
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const limit = setTimeout(() => socket.terminate(), CLOSE_MS_MAX);
      socket.once('close', () => {
        clearTimeout(limit);
        resolve();
      });
      socket.close();
    });
  }

  #connect(): void {
    const { url, name } = this.#options;
    const socket = new WebSocket(url, {
      headers: { [NODE_HEADER]: encodeURIComponent(name) },
      handshakeTimeout: CONNECT_MS_MAX,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    socket.on('open', () => {
      this.#isTold = false;
      this.#state = 'open';
      if (this.#inspector) this.send(this.#inspector.present());
    });
    socket.on('error', ({ message }) => this.#miss(message));
    socket.on('close', () => {
      this.#state = 'shut';
      if (this.#isEnded) return;
      this.#miss('it went away');
      this.#again = setTimeout(() => this.#connect(), AGAIN_MS).unref();
    });
  }

  /** One word for each time that the inspector is gone, and not for each attempt. */
  #miss(why: string): void {
    if (this.#isTold || this.#isEnded) return;
    this.#isTold = true;
    const { url, trouble } = this.#options;
    const remedy = 'start one with: greenwave inspect';
    trouble(`no inspector at ${url} (${why || 'it does not answer'}); ${remedy}`);
  }

  #look(): void {
    const bytes = this.#socket?.bufferedAmount ?? 0;
    if (this.#state === 'open' && bytes > FULL_BYTES) this.#state = 'full';
    else if (this.#state === 'full' && bytes < ROOM_BYTES) this.#state = 'open';
  }
}
