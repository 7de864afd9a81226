/**
 * Makes sure, where there are keys, that a life that nothing is remembered of speaks now and is no
 * recording: it is asked, by multicast, to say something that nobody could know before. Who is asked
 * says so to all, and announces himself again, since what he said before was not heard.
 *
 * Everything here is bounded, because whoever can repeat old messages can cause questions.
 */
import { type Message, NONCES_MAX } from '../protocol/event.ts';
import type { Clock } from './clock.ts';

/** How long an answer may take. Longer would let a recording of an answer count. */
const ANSWER_MS_MAX = 5_000;
/** Between two questions, whoever they are for. */
const ASK_MS_MIN = 200;
/** A life that does not answer is asked for ever more rarely, up to this. */
const ASK_MS_MAX = 5_000;
/** Who has not answered when it is asked for so rarely does not speak now, or does not hear us. */
const STUBBORN_MS = 1_600;
/** Lives that are asked for; beyond, the one doubted first is forgotten. */
const DOUBTED_MAX = 500;
/** Questions are collected for so long before they are answered together. */
const COLLECT_MS = 10;
/** Between two answers. */
const ANSWER_MS_MIN = 100;

export interface ProofOptions {
  readonly district: string;
  readonly clock: Clock;
  readonly nonce: () => string;
  readonly say: (message: Message) => void;
  /** To be said again after an answer. */
  readonly announcement: () => Message | undefined;
}

interface Doubt {
  waitMs: number;
  dueMs: number;
}

export class Proof {
  readonly #options: ProofOptions;
  readonly #doubts = new Map<string, Doubt>();
  /** Our own questions that may still be answered, with their ends. */
  readonly #asked = new Map<string, number>();
  readonly #unanswered = new Set<string>();
  #askedMs = Number.NEGATIVE_INFINITY;
  #answeredMs = Number.NEGATIVE_INFINITY;
  #asking: unknown;
  #answering: unknown;
  #announcing: unknown;

  constructor(options: ProofOptions) {
    this.#options = options;
  }

  /** Something was heard of a life that nothing is remembered of. Whether it was asked in vain before. */
  doubt(life: string): boolean {
    const { clock } = this.#options;
    const nowMs = clock.now();
    const known = this.#doubts.get(life);
    const isStubborn = known !== undefined && known.waitMs >= STUBBORN_MS;
    if (known && nowMs < known.dueMs) return isStubborn;
    const waitMs = Math.min(ASK_MS_MAX, (known?.waitMs ?? ASK_MS_MIN / 2) * 2);
    const [first] = this.#doubts.keys();
    if (!known && this.#doubts.size >= DOUBTED_MAX && first !== undefined) {
      this.#doubts.delete(first);
    }
    this.#doubts.set(life, { waitMs, dueMs: nowMs + waitMs });
    if (this.#asking !== undefined) return isStubborn;
    const soonMs = this.#askedMs + ASK_MS_MIN - nowMs;
    if (soonMs <= 0) this.#ask();
    else this.#asking = clock.setTimeout(this.#ask, soonMs);
    return isStubborn;
  }

  /** Somebody with the key asks whether we speak now. */
  asked(nonce: string): void {
    if (this.#unanswered.size >= NONCES_MAX) return;
    this.#unanswered.add(nonce);
    if (this.#answering !== undefined) return;
    const { clock } = this.#options;
    const soonMs = Math.max(COLLECT_MS, this.#answeredMs + ANSWER_MS_MIN - clock.now());
    this.#answering = clock.setTimeout(this.#answer, soonMs);
  }

  /** Whether these answer a question of ours: then this life speaks now. */
  proves(life: string, nonces: readonly string[]): boolean {
    const nowMs = this.#options.clock.now();
    const isOurs = nonces.some((nonce) => nowMs <= (this.#asked.get(nonce) ?? -1));
    if (isOurs) this.#doubts.delete(life);
    return isOurs;
  }

  close(): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#asking);
    clock.clearTimeout(this.#answering);
    clock.clearTimeout(this.#announcing);
  }

  readonly #ask = (): void => {
    this.#asking = undefined;
    const { clock, nonce, say, district } = this.#options;
    const nowMs = clock.now();
    this.#askedMs = nowMs;
    for (const [old, untilMs] of this.#asked) if (untilMs < nowMs) this.#asked.delete(old);
    const fresh = nonce();
    this.#asked.set(fresh, nowMs + ANSWER_MS_MAX);
    say({ type: 'wire.challenge', district, nonce: fresh });
  };

  readonly #answer = (): void => {
    this.#answering = undefined;
    const { clock, say, district, announcement } = this.#options;
    this.#answeredMs = clock.now();
    const nonces = [...this.#unanswered];
    this.#unanswered.clear();
    say({ type: 'wire.proof', district, nonces });
    // Not at once, as networks mix up what is close together, and unproven it would not be heard.
    this.#announcing = clock.setTimeout(() => {
      const again = announcement();
      if (again) say(again);
    }, COLLECT_MS);
  };
}
