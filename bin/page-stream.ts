/**
 * Streams a journal to pages. It keeps a bounded part of what was, so that who comes late can look
 * back; sends in batches; and gives up a page that does not keep up, because a page that is slow must
 * cost the district nothing.
 */
import { Compile } from 'typebox/compile';
import type { RawData, WebSocket } from 'ws';
import type { District } from '../protocol/check-district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { Deed, DeedKind } from '../visualizer/deed.ts';
import { History } from '../visualizer/history.ts';
import { type Downward, type Upward, upwardSchema } from '../visualizer/stream.ts';
import { isToken } from './page-server.ts';

/** Lines kept for pages that come late: about 15 MB, and some minutes of a small district. */
const LINES_MAX = 60_000;
/** Lines are sent so often at most. In milliseconds. */
const BATCH_MS = 40;
/** Lines of one message. */
const BATCH_LINES = 2_000;
/** What may wait for one page; beyond, it is given up. In bytes. */
const WAITING_BYTES_MAX = 32 * 1024 * 1024;
const PAGES_MAX = 16;
/** Deeds of one page a second. */
const DEEDS_A_SECOND = 10;

/** Codes of WebSocket (RFC 6455, section 7.4.1): a rule was broken; try again later. */
const BROKEN_RULE = 1008;
const LATER = 1013;

export interface Doing {
  readonly token: string;
  readonly can: readonly DeedKind[];
  /** Does it, or throws an error that says why not. */
  readonly act: (deed: Deed) => void | Promise<void>;
}

const isUpward = Compile(upwardSchema);

export class PageStream {
  readonly #history: History;
  readonly #doing: Doing | string;
  readonly #pages = new Set<WebSocket>();
  #waiting: JournalLine[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `doing`: what pages may do, or why they may do nothing. */
  constructor({ name, intersections, links }: District, doing: Doing | string) {
    const opening = { name, streets: { intersections, links } };
    this.#history = new History(opening, { linesMax: LINES_MAX });
    this.#doing = doing;
  }

  /** Pages that watch now. */
  get pages(): number {
    return this.#pages.size;
  }

  tell(line: JournalLine): void {
    this.#history.append([line]);
    if (this.#pages.size === 0) return;
    this.#waiting.push(line);
    this.#timer ??= setTimeout(this.#flush, BATCH_MS);
  }

  /** Tells a page everything that is kept, and what comes from now on. */
  join(page: WebSocket): void {
    if (this.#pages.size >= PAGES_MAX) {
      page.close(LATER, `${PAGES_MAX} pages watch already`);
      return;
    }
    // What waits for the others is in the history already.
    this.#flush();
    const { lines = [], ...opening } = this.#history.opening();
    const doing = this.#doing;
    const may = typeof doing === 'string' ? { can: [], readOnly: doing } : { can: doing.can };
    this.#send(page, { kind: 'began', opening, ...may });
    for (let from = 0; from < lines.length; from += BATCH_LINES) {
      this.#send(page, { kind: 'lines', lines: lines.slice(from, from + BATCH_LINES) });
    }
    this.#pages.add(page);
    page.on('close', () => this.#pages.delete(page));
    // An error is followed by its close.
    page.on('error', () => {});
    let deeds = 0;
    let second = 0;
    page.on('message', (data, isBinary) => {
      const now = Math.floor(performance.now() / 1000);
      deeds = now === second ? deeds + 1 : 1;
      second = now;
      if (deeds > DEEDS_A_SECOND) page.close(BROKEN_RULE, 'too many messages');
      else void this.#hear(page, data, isBinary);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const page of this.#pages) page.terminate();
  }

  #flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < lines.length; from += BATCH_LINES) {
      const word: Downward = { kind: 'lines', lines: lines.slice(from, from + BATCH_LINES) };
      const text = JSON.stringify(word);
      for (const page of this.#pages) this.#sendText(page, text);
    }
  };

  #send(page: WebSocket, word: Downward): void {
    this.#sendText(page, JSON.stringify(word));
  }

  #sendText(page: WebSocket, text: string): void {
    if (page.bufferedAmount > WAITING_BYTES_MAX) {
      // It would not hear a reason either.
      page.terminate();
      this.#pages.delete(page);
    } else page.send(text);
  }

  async #hear(page: WebSocket, data: RawData, isBinary: boolean): Promise<void> {
    const word = isBinary ? undefined : upwardIn(String(data));
    if (!word) {
      page.close(BROKEN_RULE, 'not a deed');
      return;
    }
    const problem = await this.#problemOf(word);
    const { ticket } = word;
    this.#send(page, { kind: 'acted', ticket, ...(problem !== undefined && { problem }) });
  }

  /** Does what was asked; gives why not, if not. */
  async #problemOf({ token, deed }: Upward): Promise<string | undefined> {
    const doing = this.#doing;
    if (typeof doing === 'string') return doing;
    if (!isToken(token, doing.token)) return 'the token that greenwave up printed is missing';
    if (!doing.can.includes(deed.kind)) return `${deed.kind} cannot be done to real processes`;
    try {
      await doing.act(deed);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

const upwardIn = (text: string): Upward | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isUpward.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
