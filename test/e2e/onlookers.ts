/**
 * Those who look on at an inspector server, for tests: the package's own receiver, and sockets
 * that do what no receiver would.
 */
import { once } from 'node:events';
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import WebSocket from 'ws';

export type Told = StatelyInspectionEvent;
export type ToldOf<K extends Told['type']> = Extract<Told, { type: K }>;

/** Generous; every wait ends as soon as its message comes. */
const WAIT_MS = 30_000;

/** The package's receiver: it keeps what it hears. It lives until the server ends it. */
export class Receiver {
  readonly told: Told[] = [];
  #news: () => void = () => {};

  constructor(url: string) {
    createWebSocketReceiver({ server: url }).subscribe((message) => {
      this.told.push(message);
      this.#news();
    });
  }

  /** The first message, from the one at `from` on, of this type, that `is` accepts. */
  async until<K extends Told['type']>(
    type: K,
    is: (message: ToldOf<K>) => boolean = () => true,
    from = 0,
  ): Promise<ToldOf<K>> {
    const deadline = AbortSignal.timeout(WAIT_MS);
    for (let next = from; ; ) {
      for (; next < this.told.length; next += 1) {
        const message = this.told[next] as ToldOf<K>;
        if (message.type === type && is(message)) return message;
      }
      await new Promise<void>((resolve, reject) => {
        this.#news = resolve;
        deadline.onabort = () => reject(new Error(`waited in vain for ${type}: ${is}`));
      });
    }
  }

  toldOf<K extends Told['type']>(type: K): ToldOf<K>[] {
    return this.told.filter((message): message is ToldOf<K> => message.type === type);
  }
}

export const opened = async (
  url: string,
  options?: WebSocket.ClientOptions,
): Promise<WebSocket> => {
  const socket = new WebSocket(url, options);
  await once(socket, 'open');
  return socket;
};

/** With what status a connection is refused. */
export const refusedBy = async (url: string, options: WebSocket.ClientOptions): Promise<number> => {
  const socket = new WebSocket(url, options);
  socket.on('error', () => {});
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    { statusCode: number },
  ];
  socket.terminate();
  return response.statusCode;
};
