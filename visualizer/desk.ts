/**
 * The desk at which somebody looks at a district: its journal, which moment of it is looked at, and
 * what is selected. Views read the moment and nothing else of the district, so that all of them
 * show one instant, live or long past.
 *
 * The moment is made anew at most once a frame, and only when something has changed.
 */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { JournalLine } from '../protocol/journal.ts';
import type { Deed } from './deed.ts';
import { History } from './history.ts';
import type { Opening } from './opening.ts';
import type { Picture } from './picture.ts';
import type { Link, Sink, Source } from './sources/source.ts';

/** An instant of the journal, and everything as it was then. */
export interface Moment {
  readonly t: number;
  readonly picture: Picture;
  readonly history: History;
  /** It is the present, and goes on. */
  readonly isLive: boolean;
}

/** `still`: one instant; `replay`: what was goes on until it reaches the present. */
export type Mode =
  | { readonly kind: 'live' }
  | { readonly kind: 'still' | 'replay'; readonly atMs: number };

export interface Selection {
  readonly node?: string;
  readonly intersection?: string;
}

export interface Notice {
  readonly text: string;
  readonly isBad: boolean;
}

/** For tables and texts: nobody reads faster. In milliseconds. */
const SLOW_MS = 200;
/** One step forward of a city that stands at its present. In virtual milliseconds. */
const STEP_MS = 100;

export class Desk implements Sink {
  readonly source: Source;
  readonly linked: Signal<Link> = signal<Link>({ state: 'connecting' });
  readonly mode: Signal<Mode> = signal<Mode>({ kind: 'live' });
  readonly speed: Signal<number> = signal(1);
  readonly selection: Signal<Selection> = signal<Selection>({});
  readonly notice: Signal<Notice | undefined> = signal<Notice | undefined>(undefined);
  readonly #moment = signal<Moment | undefined>(undefined);
  readonly #slow = signal<Moment | undefined>(undefined);
  #history: History | undefined;
  #reachedMs = 0;
  #isStale = true;
  #slowAtMs = 0;
  #frameMs = 0;
  #isClosed = false;

  constructor(source: Source, { stillMs }: { stillMs?: number | undefined } = {}) {
    this.source = source;
    if (stillMs !== undefined) this.mode.value = { kind: 'still', atMs: stillMs };
    this.source.pump?.setSpeed(stillMs === undefined ? 1 : 0);
    source.open(this);
    requestAnimationFrame(this.#frame);
  }

  /** The moment that is looked at: changes with every frame in which something happened. */
  get moment(): ReadonlySignal<Moment | undefined> {
    return this.#moment;
  }

  /** The same, a few times a second: for what is read and not watched. */
  get slow(): ReadonlySignal<Moment | undefined> {
    return this.#slow;
  }

  close(): void {
    this.#isClosed = true;
    this.source.close();
  }

  began(opening: Opening): void {
    this.#history = new History(opening);
    this.#reachedMs = this.#history.lastMs;
    this.#isStale = true;
  }

  lines(lines: readonly JournalLine[]): void {
    this.#history?.append(lines);
    this.#isStale = true;
  }

  reached(atMs: number): void {
    this.#reachedMs = atMs;
    this.#isStale = true;
  }

  /** The latest instant that there is. */
  get endMs(): number {
    return Math.max(this.#reachedMs, this.#history?.lastMs ?? 0);
  }

  live(): void {
    this.#go({ kind: 'live' });
  }

  /** Stands still at an instant, now by default. */
  pause(atMs: number = this.#moment.value?.t ?? this.endMs): void {
    const first = this.#history?.firstMs ?? 0;
    this.#go({ kind: 'still', atMs: Math.min(Math.max(atMs, first), this.endMs) });
  }

  /** Goes on from where it stands. */
  play(): void {
    const { value: mode } = this.mode;
    if (mode.kind !== 'still') return;
    if (mode.atMs >= this.endMs) this.live();
    else this.#go({ kind: 'replay', atMs: mode.atMs });
  }

  toggle(): void {
    if (this.mode.value.kind === 'still') this.play();
    else this.pause();
  }

  /** To the next thing that happened, or the one before. */
  step(isBack: boolean): void {
    const atMs = this.#moment.value?.t ?? this.endMs;
    this.pause(atMs);
    const next = this.#history?.timeOf(isStep, atMs, isBack);
    if (next !== undefined) this.pause(next);
    else if (!isBack && this.source.pump) {
      this.source.pump.step(STEP_MS);
      this.mode.value = { kind: 'still', atMs: atMs + STEP_MS };
    }
  }

  setSpeed(times: number): void {
    this.speed.value = times;
    this.#go(this.mode.value);
  }

  /** Does it, and tells what became of it. */
  async act(deed: Deed, done: string): Promise<void> {
    try {
      await this.source.act(deed);
      this.notice.value = { text: done, isBad: false };
    } catch (error) {
      this.notice.value = { text: `Refused: ${(error as Error).message}`, isBad: true };
    }
  }

  link(link: Link): void {
    this.linked.value = link;
  }

  #go(mode: Mode): void {
    this.mode.value = mode;
    // A city in the page waits while somebody looks back.
    this.source.pump?.setSpeed(mode.kind === 'live' ? this.speed.value : 0);
    this.#isStale = true;
  }

  #frame = (nowMs: number): void => {
    if (this.#isClosed) return;
    requestAnimationFrame(this.#frame);
    const passedMs = Math.min(250, nowMs - this.#frameMs);
    this.#frameMs = nowMs;
    const { value: mode } = this.mode;
    if (mode.kind === 'replay') {
      const atMs = mode.atMs + passedMs * this.speed.value;
      if (atMs >= this.endMs) this.live();
      else this.#go({ kind: 'replay', atMs });
    }
    if (this.#isStale) this.#look();
    const isDue = nowMs - this.#slowAtMs >= SLOW_MS || this.mode.value.kind === 'still';
    if (isDue && this.#slow.value !== this.#moment.value) {
      this.#slowAtMs = nowMs;
      this.#slow.value = this.#moment.value;
    }
  };

  #look(): void {
    const history = this.#history;
    if (!history) return;
    this.#isStale = false;
    const { value: mode } = this.mode;
    const isLive = mode.kind === 'live';
    const t = isLive ? this.endMs : mode.atMs;
    this.#moment.value = { t, picture: history.at(t), history, isLive };
  }
}

/** What one steps to: what changes the picture, not each sign of life. */
const isStep = (line: JournalLine): boolean => {
  if (/^(said|heard|roads|traffic)$/.test(line.kind)) return false;
  return line.kind !== 'fact' || !/^(timekeeper|lease)\./.test(line.event.type);
};
