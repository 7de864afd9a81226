/**
 * Remembers what a port told its node, and lets a test wait for it: an event ends the wait, never
 * a guess at how long things take.
 */
import type { Address, Handlers, Loss, Origin } from '../../transport/transport.ts';

/** Only a broken transport waits so long; a busy machine does not. */
const WAIT_MS_MAX = 8000;

export interface Heard extends Origin {
  readonly text: string;
}

export class Ear implements Handlers {
  readonly all: Heard[] = [];
  readonly losses: { to: Address; why: Loss }[] = [];
  readonly troubles: string[] = [];
  #told = () => {};

  heard(bytes: Uint8Array, origin: Origin) {
    this.all.push({ ...origin, text: textOf(bytes) });
    this.#told();
  }

  lost(to: Address, why: Loss) {
    this.losses.push({ to, why });
    this.#told();
  }

  troubled(message: string) {
    this.troubles.push(message);
    this.#told();
  }

  /** What was heard, in order. */
  get texts(): string[] {
    return this.all.map(({ text }) => text);
  }

  /** Resolves as soon as `holds`, which is asked anew whenever the port tells something. */
  until(what: string, holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new Error(`never came: ${what}. Came: ${this.#summary()}`));
      const timer = setTimeout(giveUp, WAIT_MS_MAX);
      this.#told = () => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#told = () => {};
        resolve();
      };
      this.#told();
    });
  }

  async untilHeard(text: string): Promise<void> {
    await this.until(`hearing ${text.slice(0, 40)}`, () =>
      this.all.some((heard) => heard.text === text),
    );
  }

  /** Resolves when a loss of `to` is told; rejects when the first one has another reason. */
  async untilLost(to: Address, why: Loss): Promise<void> {
    const loss = () =>
      this.losses.find((each) => each.to.port === to.port && each.to.host === to.host);
    await this.until(`losing ${to.host}:${to.port} by ${why}`, () => loss() !== undefined);
    if (loss()?.why !== why) throw new Error(`lost by ${loss()?.why}, not by ${why}`);
  }

  #summary(): string {
    const { losses, troubles } = this;
    const texts = this.texts.map((text) => text.slice(0, 40));
    return JSON.stringify({ texts: texts.slice(-5), count: texts.length, losses, troubles });
  }
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
