/**
 * Tells what code has run since it was asked last, by the engine's own counts of blocks: what a fuzzer
 * follows. It needs no instrumented build and no native module.
 */
import { Session } from 'node:inspector';

export class Coverage {
  readonly #session = new Session();
  readonly #known = new Set<string>();

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Blocks of our code that ran for the first time since this was called last. */
  fresh(): string[] {
    const fresh = [...this.ran()].filter((block) => !this.#known.has(block));
    for (const block of fresh) this.#known.add(block);
    return fresh;
  }

  /** Blocks of our code that ran since either was called last. */
  ran(): Set<string> {
    const ran = new Set<string>();
    this.#session.post('Profiler.takePreciseCoverage', (_, taken) => {
      for (const { url, functions } of taken?.result ?? []) {
        if (!url.includes('/dist/')) continue;
        for (const { ranges } of functions) {
          for (const { startOffset, endOffset, count } of ranges) {
            if (count > 0) ran.add(`${url}:${startOffset}:${endOffset}`);
          }
        }
      }
    });
    return ran;
  }

  close(): void {
    this.#session.disconnect();
  }
}
