/**
 * Starts nodes of `greenwave up` again that have died by themselves: ever more rarely while they go
 * on dying, and not all at one moment, but never given up. What somebody ended on purpose stays
 * ended, unless that was asked for.
 */
import { Option } from 'commander';
import type { Ended } from './child.ts';
import { seconds } from './options.ts';

/** Before the first start after a crash; doubled with each. In milliseconds. */
const FIRST_MS = 500;
/** No longer than that is waited, however often it crashed. */
const MOST_MS = 30_000;
/** Who has run for so long has not crashed at once: waiting begins anew. */
const STEADY_MS = 60_000;

/** By these an operator ends a process, and a page does. */
const ON_PURPOSE: readonly (NodeJS.Signals | null)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'];
/** The operator's mistake, and another node with this id: another start would end alike. */
const IN_VAIN = [2, 3];

/** After how many seconds whatever died is started again; false: nothing is, undefined: what crashed. */
export type RestartAfter = number | false | undefined;

export const restartOptions = (): readonly [Option, Option] => [
  new Option(
    '--restart <seconds>',
    'start a node again so long after it died, also when it was killed (default: soon after a crash, later after each that follows)',
  ).argParser(seconds),
  new Option('--no-restart', 'leave a node that crashed as it is'),
];

export interface RevivalOptions {
  readonly after: RestartAfter;
  readonly start: (node: string) => void;
  /** At least 0, less than 1. */
  readonly random: () => number;
  readonly now: () => number;
  readonly later: (act: () => void, ms: number) => void;
}

/** The host's own; a start that is to come keeps no process alive. */
export const realChance: Pick<RevivalOptions, 'random' | 'now' | 'later'> = {
  random: Math.random,
  now: () => performance.now(),
  later: (act, ms) => void setTimeout(act, ms).unref(),
};

export class Revival {
  readonly #options: RevivalOptions;
  readonly #startedMs = new Map<string, number>();
  /** How often each has crashed without having run steadily in between. */
  readonly #crashes = new Map<string, number>();
  #isOver = false;

  constructor(options: RevivalOptions) {
    this.#options = options;
  }

  started(node: string): void {
    this.#startedMs.set(node, this.#options.now());
  }

  /** Sees to it that a node that ended is started again, if it is to be; says so. */
  ended(end: Ended): string | undefined {
    const waitMs = this.#isOver ? undefined : this.#waitMs(end);
    if (waitMs === undefined) return undefined;
    const start = () => {
      if (!this.#isOver) this.#options.start(end.name);
    };
    this.#options.later(start, waitMs);
    return `it is started again in ${(waitMs / 1000).toFixed(1)} s`;
  }

  /** Nothing is started any more. */
  stop(): void {
    this.#isOver = true;
  }

  #waitMs({ name, code, signal }: Ended): number | undefined {
    const { after, now, random } = this.#options;
    if (after === false || (code !== null && IN_VAIN.includes(code))) return undefined;
    if (after !== undefined) return after * 1000;
    if (code === 0 || ON_PURPOSE.includes(signal)) return undefined;
    const ranMs = now() - (this.#startedMs.get(name) ?? 0);
    const crashes = (ranMs >= STEADY_MS ? 0 : (this.#crashes.get(name) ?? 0)) + 1;
    this.#crashes.set(name, crashes);
    // Half of it by lot, so that what brought several down at once does not meet them all again.
    return Math.min(MOST_MS, FIRST_MS * 2 ** (crashes - 1)) * (1 - random() / 2);
  }
}
