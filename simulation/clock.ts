/**
 * The virtual clock: time jumps to the next deadline and never past it, so that years pass in
 * minutes and a seed gives the same run twice. A heap, because a city arms thousands of timers.
 */
import { assert } from '../protocol/assert.ts';

/** So many timers of one instant are a loop that lets no time pass, and would go on for ever. */
const AT_ONCE_MAX = 100_000;

interface Timer {
  readonly atMs: number;
  /** Timers of one instant fire in the order in which they were armed. */
  readonly order: number;
  readonly fire: () => void;
  isCleared: boolean;
}

/** XState's `Clock`, with `now` and the pump. Time starts at `startMs`. */
export class VirtualClock {
  #nowMs: number;
  #order = 0;
  #heap: Timer[] = [];
  /** Cleared timers stay in the heap until they are due or outnumber the others. */
  #cleared = 0;
  /** Timers that fired at this instant. */
  #atOnce = 0;

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now = (): number => this.#nowMs;

  setTimeout = (fire: () => void, ms: number): Timer => {
    const atMs = this.#nowMs + Math.max(0, ms);
    const timer: Timer = { atMs, order: this.#order++, fire, isCleared: false };
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return timer;
  };

  clearTimeout = (timer: Timer | undefined): void => {
    if (!timer || timer.isCleared) return;
    timer.isCleared = true;
    this.#cleared += 1;
    if (this.#cleared > 64 && this.#cleared * 2 > this.#heap.length) this.#sweep();
  };

  /** When the next timer is due; undefined when none is armed. */
  nextMs(): number | undefined {
    while (this.#heap[0]?.isCleared) this.#take();
    return this.#heap[0]?.atMs;
  }

  /** Fires every timer due up to and including `untilMs`, then rests there. */
  run(untilMs: number): void {
    while (this.step(untilMs)) {
      // Each step fires one timer.
    }
  }

  /** Fires the next timer due up to and including `untilMs`; false when none is, and rests there. */
  step(untilMs: number): boolean {
    const next = this.nextMs();
    if (next === undefined || next > untilMs) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    const timer = this.#take();
    this.#atOnce = timer.atMs > this.#nowMs ? 1 : this.#atOnce + 1;
    this.#nowMs = Math.max(this.#nowMs, timer.atMs);
    assert(this.#atOnce <= AT_ONCE_MAX, `timers ring on and on at ${this.#nowMs} ms`);
    timer.fire();
    return true;
  }

  /** Lets time pass without firing what falls due: a process that is stopped, or a busy one. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }

  #take(): Timer {
    const first = this.#heap[0] as Timer;
    const last = this.#heap.pop() as Timer;
    if (first !== last) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    if (first.isCleared) this.#cleared -= 1;
    // A timer cleared after it fired must not be counted.
    first.isCleared = true;
    return first;
  }

  #sweep(): void {
    // A sorted list is a heap.
    this.#heap = this.#heap.filter(({ isCleared }) => !isCleared).sort(order);
    this.#cleared = 0;
  }

  #rise(place: number): void {
    for (let child = place; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfLater(parent, child)) return;
      child = parent;
    }
  }

  #sink(place: number): void {
    for (let parent = place; ; ) {
      const left = parent * 2 + 1;
      const right = left + 1;
      const sooner = this.#isSooner(right, left) ? right : left;
      if (sooner >= this.#heap.length || !this.#swapIfLater(parent, sooner)) return;
      parent = sooner;
    }
  }

  #isSooner(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    return first !== undefined && second !== undefined && order(first, second) < 0;
  }

  #swapIfLater(parent: number, child: number): boolean {
    if (!this.#isSooner(child, parent)) return false;
    const moved = this.#heap[parent] as Timer;
    this.#heap[parent] = this.#heap[child] as Timer;
    this.#heap[child] = moved;
    return true;
  }
}

const order = (a: Timer, b: Timer): number => a.atMs - b.atMs || a.order - b.order;
