/**
 * Carries frames to one peer over one TCP connection, and ends at the first sign that they do not
 * arrive. A new one is made then, because bytes that may have been lost cannot be sent again
 * without the risk of being heard twice.
 *
 * The peer answers every frame with a newline. TCP alone would not do: with a cable pulled it
 * takes what is sent for many minutes, and after the cable is back its own retries come ever
 * later. A frame that nobody answers in time ends the connection, and the next one starts afresh.
 */
import { connect, isIP, type Socket } from 'node:net';
import { framed } from './frames.ts';
import type { SharedKeys } from './keyring.ts';
import {
  ANSWER_MS_MAX,
  CONNECT_MS_MAX,
  KEEP_ALIVE_MS,
  QUEUE_BYTES_MAX,
  QUEUE_SPARE_BYTES_MAX,
} from './limits.ts';
import { securely } from './secure.ts';
import type { Address, Loss } from './transport.ts';

export interface ConnectionOptions {
  readonly to: Address;
  /** The local address that the connection comes from. */
  readonly from: string;
  /** With keys, the connection is encrypted, and nobody without them reads or answers it. */
  readonly keys: SharedKeys | undefined;
  /** Told once, possibly during `send`: nothing sent from now on gets through. */
  ended(why: Loss, wasAnswered: boolean): void;
}

export class Connection {
  /** What frames are written to; over `#raw` when there are keys. */
  readonly #socket: Socket;
  readonly #raw: Socket;
  /** Until the peer can be sent to. */
  #isConnecting = true;
  readonly #ended: (why: Loss, wasAnswered: boolean) => void;
  /** Frames sent whose answer has not come. */
  #unanswered = 0;
  #patience: NodeJS.Timeout | undefined;
  #wasAnswered = false;
  #isCorked = false;
  #hasEnded = false;

  constructor({ to, from, keys, ended }: ConnectionOptions) {
    this.#ended = ended;
    this.#raw = connect({
      ...to,
      localAddress: from,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    this.#raw.on('error', ({ code }: NodeJS.ErrnoException) => this.#end(lossOf(code)));
    this.#socket = keys === undefined ? this.#raw : securely(this.#raw, keys);
    this.#socket
      .on(keys === undefined ? 'connect' : 'secureConnect', () => {
        this.#isConnecting = false;
        this.#wait(ANSWER_MS_MAX);
      })
      .on('data', (answers) => this.#answered(answers.length))
      .on('error', ({ code }: NodeJS.ErrnoException) => this.#end(lossOf(code)))
      .on('end', () => this.#end('reset'))
      .on('close', () => this.#end('reset'));
    this.#wait(CONNECT_MS_MAX);
  }

  /** Queues a frame. The socket's own queue is the queue: it holds what the peer, being slow or
   *  not yet connected, has not taken. */
  send(bytes: Uint8Array, isSpare = false) {
    const socket = this.#socket;
    if (isSpare && socket.writableLength + bytes.length >= QUEUE_SPARE_BYTES_MAX) return;
    if (socket.writableLength + bytes.length >= QUEUE_BYTES_MAX) return this.#end('overflow');
    this.#cork();
    socket.write(framed(bytes));
    if (this.#unanswered === 0 && !this.#isConnecting) this.#wait(ANSWER_MS_MAX);
    this.#unanswered += 1;
  }

  /** Sends what is queued and says goodbye. Resolves when the peer has read it all. */
  async finish(): Promise<void> {
    if (this.#hasEnded) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.end();
    });
  }

  /** Drops what is queued. */
  drop() {
    this.#hasEnded = true;
    clearTimeout(this.#patience);
    // A reset, not a goodbye: the kernel would go on trying to deliver, behind a newer connection.
    this.#raw.resetAndDestroy();
    this.#socket.destroy();
  }

  /** What is sent in one turn goes out in one packet. */
  #cork() {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#socket.uncork();
    });
  }

  #answered(count: number) {
    this.#wasAnswered = true;
    this.#unanswered = Math.max(0, this.#unanswered - count);
    if (this.#unanswered > 0) this.#wait(ANSWER_MS_MAX);
    else clearTimeout(this.#patience);
  }

  /** Gives up after `ms`, unless a later call or an answer comes first. What has already arrived
   *  is read before, because it may be this process that paused. */
  #wait(ms: number) {
    clearTimeout(this.#patience);
    const patience = setTimeout(() => {
      setImmediate(() => {
        if (this.#patience === patience && this.#unanswered > 0) this.#end('unreachable');
      });
    }, ms);
    this.#patience = patience;
  }

  #end(why: Loss) {
    if (this.#hasEnded) return;
    this.drop();
    this.#ended(why, this.#wasAnswered);
  }
}

/** Whether one can connect to `to` at all. What a stranger announces may be anything. */
export const canConnectTo = ({ host, port }: Address): boolean =>
  isIP(host) !== 0 && Number.isInteger(port) && port > 0 && port <= 65_535;

const lossOf = (code: string | undefined): Loss => {
  if (code === 'ECONNREFUSED') return 'refused';
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'reset' : 'unreachable';
};
