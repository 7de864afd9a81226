/**
 * What is held up on its way to one peer, in order: by slowness until it is due, by a cut until that
 * is mended or patience runs out.
 */
import { QUEUE_BYTES_MAX, QUEUE_SPARE_BYTES_MAX } from './limits.ts';
import type { Loss } from './transport.ts';

/** How long something is held up by a cut before it is given up; as a connection does. */
const UNREACHABLE_MS = 3000;

/** Time for what is late. */
export interface Timers {
  now(): number;
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

interface HeldUpOptions {
  readonly clock: Timers;
  readonly isCut: boolean;
  readonly pass: (bytes: Uint8Array) => void;
  /** Nothing is held up any more; with a reason, what was is dropped, and that is to be told. */
  readonly ended: (why?: Loss) => void;
}

/** What is held up on its way to one peer, in order. */
export class HeldUp {
  readonly #options: HeldUpOptions;
  #held: { readonly bytes: Uint8Array; readonly dueMs: number }[] = [];
  #heldBytes = 0;
  #isCut: boolean;
  /** The connection is lost, and that cannot be known through a cut. */
  #lost: Loss | undefined;
  #timer: unknown;
  #patience: unknown;

  constructor(options: HeldUpOptions) {
    this.#options = options;
    this.#isCut = options.isCut;
  }

  send(bytes: Uint8Array, lateMs: number, isSpare: boolean) {
    if (isSpare && this.#heldBytes + bytes.length >= QUEUE_SPARE_BYTES_MAX) return;
    if (this.#heldBytes + bytes.length >= QUEUE_BYTES_MAX) return this.#end('overflow');
    const dueMs = Math.max(this.#options.clock.now() + lateMs, this.#held.at(-1)?.dueMs ?? 0);
    this.#held.push({ bytes, dueMs });
    this.#heldBytes += bytes.length;
    this.#go();
  }

  lose(why: Loss): void {
    this.#lost ??= why;
    this.#go();
  }

  changed(isCut: boolean): void {
    if (isCut === this.#isCut) return;
    this.#isCut = isCut;
    this.#go();
  }

  close(): void {
    this.#stop();
    if (!this.#isCut && !this.#lost) for (const { bytes } of this.#held) this.#options.pass(bytes);
  }

  #go = (): void => {
    const { clock, pass } = this.#options;
    clock.clearTimeout(this.#timer);
    if (this.#isCut) {
      this.#patience ??= clock.setTimeout(() => this.#end('unreachable'), UNREACHABLE_MS);
      return;
    }
    clock.clearTimeout(this.#patience);
    this.#patience = undefined;
    if (this.#lost) {
      this.#end(this.#lost);
      return;
    }
    const nowMs = clock.now();
    for (let [first] = this.#held; first && first.dueMs <= nowMs; [first] = this.#held) {
      this.#held.shift();
      this.#heldBytes -= first.bytes.length;
      pass(first.bytes);
    }
    const [next] = this.#held;
    if (next) this.#timer = clock.setTimeout(this.#go, Math.max(1, next.dueMs - nowMs));
    else this.#end();
  };

  #stop(): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#timer);
    clock.clearTimeout(this.#patience);
  }

  #end(why?: Loss): void {
    this.#stop();
    this.#held = [];
    this.#options.ended(why);
  }
}
