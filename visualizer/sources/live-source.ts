/**
 * A live district, streamed by `greenwave up` or `greenwave watch`. A connection that is lost is
 * tried again, and what is known then takes the place of what was.
 */
import type { Deed, DeedKind } from '../deed.ts';
import { type Downward, STREAM_PATH, type Upward } from '../stream.ts';
import type { Sink, Source } from './source.ts';

/** How long until a lost connection is tried again. In milliseconds. */
const AGAIN_MS = 1_000;
const NO_TOKEN = 'open the page by the address that greenwave up printed: it carries the token';

export class LiveSource implements Source {
  readonly kind = 'live';
  readonly #host: string;
  readonly #token: string | undefined;
  readonly #waiting = new Map<number, (problem: string | undefined) => void>();
  #socket: WebSocket | undefined;
  #can: ReadonlySet<DeedKind> = new Set();
  #readOnly: string | undefined;
  #tickets = 0;
  #isClosed = false;

  constructor(host: string, token: string | undefined) {
    this.#host = host;
    this.#token = token;
  }

  get title(): string {
    return `live at ${this.#host}`;
  }

  get readOnly(): string | undefined {
    return this.#readOnly ?? (this.#token === undefined ? NO_TOKEN : undefined);
  }

  open(sink: Sink): void {
    sink.link({ state: 'connecting' });
    const socket = new WebSocket(`ws://${this.#host}${STREAM_PATH}`);
    this.#socket = socket;
    socket.addEventListener('message', ({ data }: MessageEvent<string>) =>
      this.#hear(JSON.parse(data) as Downward, sink),
    );
    socket.addEventListener('close', ({ code, reason }) => {
      for (const answer of this.#waiting.values()) answer('the connection was lost');
      this.#waiting.clear();
      if (this.#isClosed) return;
      const why = reason === '' ? `nobody answers at ${this.#host} (${code})` : reason;
      sink.link({ state: 'lost', why });
      setTimeout(() => this.#isClosed || this.open(sink), AGAIN_MS);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
  }

  can(kind: DeedKind): boolean {
    return this.#can.has(kind);
  }

  act(deed: Deed): Promise<void> {
    const { readOnly } = this;
    if (this.#readOnly !== undefined) return Promise.reject(new Error(readOnly));
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Error('not connected'));
    const ticket = ++this.#tickets;
    // Without a token the server is asked all the same: it is the one that refuses.
    const word: Upward = { kind: 'act', ticket, token: this.#token ?? '', deed };
    socket.send(JSON.stringify(word));
    return new Promise((resolve, reject) => {
      this.#waiting.set(ticket, (problem) => {
        if (problem === undefined) resolve();
        else reject(new Error(problem));
      });
    });
  }

  #hear(word: Downward, sink: Sink): void {
    switch (word.kind) {
      case 'began':
        this.#can = new Set(word.can);
        this.#readOnly = word.readOnly;
        sink.began(word.opening);
        sink.link({ state: 'open' });
        return;
      case 'lines':
        sink.lines(word.lines);
        return;
      case 'acted':
        this.#waiting.get(word.ticket)?.(word.problem);
        this.#waiting.delete(word.ticket);
        return;
    }
  }
}
