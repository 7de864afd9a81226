/**
 * Plays scripts: generators that yield what they wait for. They are looked at whenever something is
 * heard, and when their time is over, so that they run on a virtual clock as on a host's.
 */
import type { Clock } from '../actors/clock.ts';

/** What a script waits for: that something is so, or that the time is over. */
export interface Wait {
  readonly untilMs: number;
  readonly is: () => boolean;
}
export type Script<T = void> = Generator<Wait, T, void>;

export class Director {
  readonly #clock: Clock;
  #script: Script | undefined;
  #wait: Wait | undefined;
  #timer: unknown;
  #ended: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the script has come to its end; rejects with what it throws. */
  play(script: Script): Promise<void> {
    this.#script = script;
    return new Promise((resolve, reject) => {
      this.#ended = { resolve, reject };
      this.#step();
    });
  }

  /** Something has happened. */
  look(): void {
    const wait = this.#wait;
    if (wait?.is()) this.#step();
  }

  /** Waits; whether it came to be in time. */
  *until(ms: number, is: () => boolean): Script<boolean> {
    yield { untilMs: this.#clock.now() + ms, is };
    return is();
  }

  *pause(ms: number): Script {
    yield* this.until(ms, () => false);
  }

  #step(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#wait = undefined;
    try {
      const next = this.#script?.next();
      if (!next || next.done) {
        this.#ended?.resolve();
        return;
      }
      this.#wait = next.value;
      const ms = Math.max(0, next.value.untilMs - this.#clock.now());
      // Then the time is over, whatever the clock says: timers of hosts ring up to a millisecond early.
      this.#timer = this.#clock.setTimeout(() => this.#step(), ms);
    } catch (error) {
      this.#ended?.reject(error);
    }
  }
}
