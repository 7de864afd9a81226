/**
 * One who looks on at an inspector server: is sent all definitions, all last snapshots, and then
 * what is remembered, from the oldest on, until the present is reached.
 *
 * Nothing is kept for a viewer but a place in what the server remembers, and little is on its way
 * at a time; so one who does not read costs nothing more, and when what comes next for him is no
 * longer remembered he begins anew.
 */
import WebSocket from 'ws';
import type { History } from './inspect-history.ts';

/** Bytes on the way to a viewer: beyond, he has to read first. */
const UNREAD_BYTES_MAX = 2 ** 20;

type Part = { readonly id: string; readonly part: 'definition' | 'snapshot' };

export class Viewer {
  readonly #socket: WebSocket;
  readonly #history: History;
  readonly #dropped: (count: number) => void;
  #greeting: Part[] = [];
  #greeted = 0;
  /** Where the history ended when the greeting began. */
  #since = 0;
  #place = 0;
  #isWaiting = false;

  constructor(socket: WebSocket, history: History, dropped: (count: number) => void) {
    this.#socket = socket;
    this.#history = history;
    this.#dropped = dropped;
    this.#begin();
    this.pump();
  }

  /** Sends on, as far as the viewer reads. To be called when there is more to send. */
  pump(): void {
    if (this.#isWaiting || this.#socket.readyState !== WebSocket.OPEN) return;
    for (let next = this.#next(); next; next = this.#next()) {
      if (this.#socket.bufferedAmount + next.length > UNREAD_BYTES_MAX) {
        this.#isWaiting = true;
        this.#socket.send(next, { binary: false }, () => {
          this.#isWaiting = false;
          this.pump();
        });
        return;
      }
      this.#socket.send(next, { binary: false });
    }
  }

  #begin(): void {
    const actors = this.#history.actors();
    this.#greeting = [
      ...actors.map((id): Part => ({ id, part: 'definition' })),
      ...actors.map((id): Part => ({ id, part: 'snapshot' })),
    ];
    this.#greeted = 0;
    this.#since = this.#history.end;
  }

  #next(): Buffer | undefined {
    if (this.#greeting.length > 0) {
      const bytes = this.#nextGreeting();
      if (bytes) return bytes;
      this.#place = this.#history.first;
      // While he was greeted, all that there was then has been forgotten: it begins anew.
      if (this.#place > this.#since) return this.#anew(this.#place - this.#since);
    }
    const missed = this.#history.first - this.#place;
    if (missed > 0) return this.#anew(missed);
    const bytes = this.#history.at(this.#place);
    if (bytes) this.#place += 1;
    return bytes;
  }

  #anew(missed: number): Buffer | undefined {
    this.#dropped(missed);
    this.#begin();
    return this.#nextGreeting();
  }

  /** The next part of the greeting that still exists: an actor may have been forgotten meanwhile. */
  #nextGreeting(): Buffer | undefined {
    for (let part = this.#greeting[this.#greeted]; part; part = this.#greeting[this.#greeted]) {
      this.#greeted += 1;
      const bytes = this.#history.actor(part.id)?.[part.part];
      if (bytes) return bytes;
    }
    this.#greeting = [];
    return undefined;
  }
}
