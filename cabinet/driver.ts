/**
 * The lamp driver of one intersection: the last to decide, outside the nodes. It follows timed
 * sequences on its own clock, so that a node that dies, hangs or comes back with stale words
 * cannot leave a lamp stuck or light it again; and it lights nothing that the gate forbids, whoever
 * asks. Without a word from anyone it shows red, then flashes.
 *
 * Safety rests on `Heads` alone: it changes lamps by what they really showed and for how long.
 * Everything here decides only what is wanted of it, and when to look again. A judge who shares no
 * code with it sees every change before the lamps do; what he finds unsafe is not shown, and latches.
 */
import { type Intersection, isShared } from '../protocol/district.ts';
import { createJudge, type Judge } from '../protocol/judge.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { LampsSequence, Timeline } from '../protocol/lamp-line.ts';
import type { LastWord } from '../protocol/life.ts';
import { Alarm, type DriverClock } from './alarm.ts';
import { checkCourses } from './check-sequence.ts';
import { CommandPost } from './command-post.ts';
import { startUpMsOf } from './gate.ts';
import { Heads, type Want } from './heads.ts';
import type { Latch } from './latch.ts';
import { isOver, nextChangeMs, wantedAt } from './timeline.ts';

/**
 * A timer that comes later than this was not late but asleep: the host was suspended or the
 * process stopped. What nodes said before is then not believed any more.
 */
export const SLEEP_MS_MIN = 3_000;
/** How much minimum green is still given to a group when no sequence counts any more. */
export const END_GREEN_MS_MAX = 10_000;

export interface DriverOptions {
  readonly intersection: Intersection;
  readonly clock: DriverClock;
  readonly latch: Latch;
  /** Lights the lamps. Called at once with red, and at every change. */
  readonly show: (lamps: Lamps, nowMs: number) => void;
  /** Told what an operator should know: a latch, a sleep, a green that was left out. */
  readonly report: (message: string) => void;
  /** What is wrong with the lamps, where that is sensed: no latch is cleared over it. */
  readonly fault?: () => string | undefined;
}

/** What became of an operator's word to clear a latch. */
export interface Cleared {
  /** Why it was latched; absent when it was not. */
  readonly reason?: string;
  /** Why it stays latched. */
  readonly refused?: string;
}

/** What a node commands a driver to do; `lamps.sequence` without its envelope. */
export type Command = Omit<LampsSequence, 'type' | 'intersection'>;

export interface Driver {
  readonly intersection: Intersection;
  /** Follows the sequence, or says why not and goes on as before. Never throws. */
  accept(command: Command): { refused?: string };
  /** Accepts nothing more from this life of the node. What was accepted goes on to its end. */
  leave(node: string, incarnation: number): void;
  /** The last word that counted of a node: of a life that is not later, none counts any more. */
  lastWordOf(node: string): LastWord | undefined;
  /** What is shown. */
  lamps(): Lamps;
  /** Whether someone may be moving on these lamps, or may be let go by what was accepted. */
  isBusy(): boolean;
  /** What the lamps really show, where the cabinet can sense it. A clash latches. */
  sensed(lamps: Lamps): void;
  /** The lamps do not do as they are told: latches. */
  fail(reason: string): void;
  /** The host was asleep, and its monotonic clock with it: drops every sequence. */
  suspended(byMs: number): void;
  /** The operator has looked: ends a latch through steady red. */
  clear(): Cleared;
  /** Ends every green with its amber and clearance, accepts nothing more, then calls `ended`. */
  end(ended: () => void): void;
}

type Mode = 'steady' | 'flashing' | 'latched' | 'ending' | 'ended';

/** Starts with red. */
export const createDriver = (options: DriverOptions): Driver => new LampDriver(options);

class LampDriver implements Driver {
  readonly intersection: Intersection;
  readonly #clock: DriverClock;
  readonly #latch: Latch;
  readonly #show: DriverOptions['show'];
  readonly #report: DriverOptions['report'];
  readonly #fault: () => string | undefined;
  readonly #heads: Heads;
  readonly #post: CommandPost;
  readonly #alarm: Alarm;
  #judge: Judge;
  #mode: Mode = 'steady';
  /** Why it latched. */
  #reason = '';
  #timelines = new Map<string, Timeline>();
  /** No green before: start-up red. */
  #greenFromMs: number;
  #missed = new Set<string>();
  #ended: () => void = () => {};

  constructor(options: DriverOptions) {
    const { intersection, clock, latch, show, report, fault = () => undefined } = options;
    this.intersection = intersection;
    this.#clock = clock;
    this.#latch = latch;
    this.#show = show;
    this.#report = report;
    this.#fault = fault;
    this.#judge = createJudge([intersection]);
    const nowMs = clock.now();
    this.#heads = new Heads(intersection, nowMs);
    this.#post = new CommandPost(intersection);
    this.#alarm = new Alarm(clock, (atMs) => this.#step(atMs));
    this.#greenFromMs = nowMs + startUpMsOf(intersection);
    const reason = latch.read();
    if (reason !== undefined) {
      this.#mode = 'latched';
      this.#reason = reason;
      this.#heads.flash(nowMs, 'red');
      report(`still latched to flashing: ${reason}; ${this.#remedy}`);
    }
    this.#light(nowMs);
    this.#arm(nowMs);
  }

  accept(command: Command): { refused?: string } {
    const nowMs = this.#clock.now();
    this.#step(nowMs);
    const refused = this.#refusal(command, nowMs);
    if (refused !== undefined) return { refused };
    this.#post.accepted(command);
    for (const [group, timeline] of Object.entries(command.timelines)) {
      this.#timelines.set(group, timeline);
    }
    if (this.#mode === 'flashing') this.#startUp(nowMs);
    this.#step(nowMs);
    return {};
  }

  leave(node: string, incarnation: number): void {
    this.#post.left(node, incarnation);
  }

  lastWordOf(node: string): LastWord | undefined {
    return this.#post.lastWordOf(node);
  }

  lamps(): Lamps {
    return this.#heads.lamps();
  }

  isBusy(): boolean {
    const nowMs = this.#clock.now();
    const isMoving = this.#mode === 'steady' || this.#mode === 'ending';
    return isMoving && !(this.#isOut(nowMs) && this.#heads.isSettled(nowMs));
  }

  sensed(lamps: Lamps): void {
    const clash = this.#heads.clash(lamps);
    if (clash) this.#latchTo(`sensed ${clash}`, this.#clock.now());
  }

  fail(reason: string): void {
    if (this.#mode === 'latched') this.#report(`while latched: ${reason}`);
    else this.#latchTo(reason, this.#clock.now());
  }

  suspended(byMs: number): void {
    const nowMs = this.#clock.now();
    this.#drop(`slept with its host for ${Math.round(byMs)} ms`, nowMs);
    this.#step(nowMs);
  }

  clear(): Cleared {
    if (this.#mode !== 'latched') return {};
    const reason = this.#reason;
    const fault = this.#fault();
    if (fault !== undefined) return { reason, refused: `still wrong: ${fault}` };
    const trouble = this.#latch.write(undefined);
    if (trouble !== undefined) {
      this.#latch.write(reason);
      return { reason, refused: `the latch cannot be cleared: ${trouble}` };
    }
    this.#report(`an operator cleared the latch: ${reason}`);
    const nowMs = this.#clock.now();
    this.#timelines.clear();
    this.#judge = createJudge([this.intersection]);
    this.#startUp(nowMs);
    this.#step(nowMs);
    return { reason };
  }

  end(ended: () => void): void {
    const nowMs = this.#clock.now();
    this.#step(nowMs);
    this.#ended = ended;
    if (this.#mode === 'ending') return;
    if (this.#mode !== 'steady') {
      this.#finish();
      return;
    }
    this.#mode = 'ending';
    this.#greenFromMs = Number.POSITIVE_INFINITY;
    this.#timelines = this.#heads.farewell(nowMs + END_GREEN_MS_MAX);
    this.#step(nowMs);
  }

  #refusal(command: Command, nowMs: number): string | undefined {
    if (this.#mode === 'latched') return `latched to flashing: ${this.#reason}`;
    if (this.#mode === 'ending' || this.#mode === 'ended') return 'the driver is ending';
    if (!(nowMs <= command.notAfterMs)) {
      return `too late: not after ${Math.round(command.notAfterMs)} ms, now ${Math.round(nowMs)} ms`;
    }
    const misplaced = this.#post.refusal(command);
    if (misplaced) return misplaced;
    const courses = this.#heads.courses(command.timelines, this.#timelines);
    return checkCourses(this.#heads.table, courses, nowMs);
  }

  /** Brings the lamps to where the clock stands. */
  #step(nowMs: number): void {
    const lateMs = this.#alarm.lateMs(nowMs);
    if (lateMs > SLEEP_MS_MIN) this.#drop(`slept ${Math.round(lateMs)} ms`, nowMs);
    if (this.#mode !== 'steady' && this.#mode !== 'ending') return;
    const want: Want = (group) => wantedAt(this.#timelines.get(group), nowMs);
    while (this.#heads.pass(nowMs, want, this.#greenFromMs)) {
      const clash = this.#heads.clash(this.lamps());
      if (clash) {
        this.#latchTo(`about to show ${clash}`, nowMs);
        return;
      }
      if (!this.#light(nowMs)) return;
    }
    if (this.#mode === 'steady') this.#tellMissed(this.#heads.missed(nowMs, want));
    if (this.#isOut(nowMs) && this.#heads.isSettled(nowMs)) this.#rest(nowMs);
    this.#arm(nowMs);
  }

  /** Nothing is wanted any more, and the road is clear. */
  #rest(nowMs: number): void {
    if (this.#mode === 'ending') {
      this.#finish();
    } else if (nowMs >= this.#greenFromMs) {
      this.#mode = 'flashing';
      this.#heads.flash(nowMs, 'described');
      this.#light(nowMs);
    }
  }

  /** Lights what the heads show, unless the judge finds it unsafe. False when it has latched. */
  #light(nowMs: number): boolean {
    const lamps = this.lamps();
    if (this.#mode === 'latched') {
      this.#show(lamps, nowMs);
      return false;
    }
    const { id } = this.intersection;
    this.#judge.see({ t: nowMs, intersection: id, lamps });
    const [unsafe] = this.#judge.verdict().unsafe;
    if (unsafe) this.#latchTo(`about to show ${unsafe.message}`, nowMs);
    else this.#show(lamps, nowMs);
    // Whoever shows lamps may find that they do not do as they are told.
    return !this.#isLatched();
  }

  #isLatched(): boolean {
    return this.#mode === 'latched';
  }

  get #remedy(): string {
    return `once it is mended: greenwave clear ${this.intersection.id}`;
  }

  #isOut(nowMs: number): boolean {
    return [...this.#timelines.values()].every((timeline) => isOver(timeline, nowMs));
  }

  /** Believes nothing any more that was said before: ends every green, and starts up anew. */
  #drop(why: string, nowMs: number): void {
    this.#report(`${why}; dropped every sequence`);
    this.#alarm.clear();
    if (isShared(this.intersection) && this.#mode !== 'ended' && !this.#isLatched()) {
      this.#giveWay(nowMs);
    }
    if (this.#mode !== 'steady') return;
    this.#timelines = this.#heads.farewell(nowMs + END_GREEN_MS_MAX);
    this.#greenFromMs = nowMs + startUpMsOf(this.intersection);
  }

  /**
   * Flashes red at once. While it slept, the right to what it shows may have run out, and another
   * driver, which cannot be seen from here, may have lit what conflicts: there is no time for amber.
   */
  #giveWay(nowMs: number): void {
    this.#timelines.clear();
    this.#judge = createJudge([this.intersection]);
    this.#mode = 'flashing';
    this.#heads.flash(nowMs, 'red');
    this.#light(nowMs);
  }

  #tellMissed(missed: readonly string[]): void {
    for (const group of missed) {
      if (this.#missed.has(group)) continue;
      this.#report(`${group} stays red: too late for its minimum green`);
    }
    this.#missed = new Set(missed);
  }

  /** Steady red out of flashing. */
  #startUp(nowMs: number): void {
    this.#mode = 'steady';
    this.#greenFromMs = nowMs + startUpMsOf(this.intersection);
    this.#heads.unflash(nowMs);
    this.#light(nowMs);
  }

  #latchTo(reason: string, nowMs: number): void {
    if (this.#mode === 'latched') return;
    const wasEnding = this.#mode === 'ending';
    this.#mode = 'latched';
    this.#reason = reason;
    this.#heads.flash(nowMs, 'red');
    this.#light(nowMs);
    this.#arm(nowMs);
    const trouble = this.#latch.write(reason);
    this.#report(`latched to flashing: ${reason}; ${this.#remedy}`);
    if (trouble !== undefined) this.#report(`the latch is not durable: ${trouble}`);
    if (wasEnding) this.#ended();
  }

  #finish(): void {
    this.#mode = 'ended';
    this.#arm(this.#clock.now());
    this.#ended();
  }

  #arm(nowMs: number): void {
    const timelines = [...this.#timelines.values()];
    const isMoving = this.#mode === 'steady' || this.#mode === 'ending';
    if (!isMoving) this.#alarm.clear();
    else {
      this.#alarm.set(nowMs, [
        ...timelines.map((timeline) => nextChangeMs(timeline, nowMs)),
        this.#heads.nextMs(nowMs),
        this.#greenFromMs,
      ]);
    }
  }
}
