/**
 * Counts what is refused, by reason and source, and tells of each reason at most once a second: a log
 * that strangers can flood hides what matters, and telling must not cost more than refusing.
 */

import type { Fault } from '../protocol/codec.ts';

/** Why a message is not heard. A few words, so that counts have an end. */
export type Refusal =
  | 'too long'
  | 'unsealed'
  | 'sealed'
  | 'unknown key'
  | 'forged'
  | Fault
  | 'another district'
  | 'said before'
  | 'unproven'
  | 'too many'
  | 'term ahead'
  | 'entry ahead'
  | 'no operator';

const TELL_MS_MIN = 1000;
/** Sources counted for each reason; all others are counted together. */
const SOURCES_MAX = 100;
const OTHERS = 'others';

export interface Refused {
  readonly why: Refusal;
  /** Who sent it: a host, or a node when that is known for sure. */
  readonly source: string;
  /** For people; worked out only when it is told. */
  readonly detail: () => string;
}

export interface RefusalsOptions {
  readonly now: () => number;
  readonly tell: (reason: string, source: string) => void;
}

interface Told {
  atMs: number;
  untold: number;
}

export class Refusals {
  readonly #options: RefusalsOptions;
  readonly #counts = new Map<Refusal, Map<string, number>>();
  readonly #told = new Map<Refusal, Told>();

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  add({ why, source, detail }: Refused): void {
    this.#count(why, source);
    const { now, tell } = this.#options;
    const nowMs = now();
    const told = this.#told.get(why);
    if (told && nowMs - told.atMs < TELL_MS_MIN) {
      told.untold += 1;
      return;
    }
    const more = told?.untold ?? 0;
    this.#told.set(why, { atMs: nowMs, untold: 0 });
    tell(more > 0 ? `${detail()} (and ${more} more like it since)` : detail(), source);
  }

  /** How many were refused so far, by reason and source. */
  counts(): { readonly why: Refusal; readonly source: string; readonly count: number }[] {
    return [...this.#counts].flatMap(([why, sources]) =>
      [...sources].map(([source, count]) => ({ why, source, count })),
    );
  }

  #count(why: Refusal, source: string): void {
    let sources = this.#counts.get(why);
    if (!sources) {
      sources = new Map();
      this.#counts.set(why, sources);
    }
    const known = sources.has(source) || sources.size < SOURCES_MAX ? source : OTHERS;
    sources.set(known, (sources.get(known) ?? 0) + 1);
  }
}
