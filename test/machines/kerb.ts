/** An intersection whose sensors tell what comes, and whose lamps show what they were sent. */
import { expect } from 'vitest';
import { phasesMachine } from '../../machines/phases.ts';
import type { Control } from '../../protocol/control.ts';
import { createJudge } from '../../protocol/judge.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import { greensOf, timing } from './phases-words.ts';
import { Play } from './play.ts';
import { expecting, junction, type traffic } from './sensing-words.ts';

type Expecting = ReturnType<typeof traffic>;

/** A node with an obedient driver: what it sends is what its lamps show. */
export class Kerb {
  readonly play;
  readonly shown: { t: number; lamps: Lamps }[] = [];
  #timelines: Record<string, { lamp: Lamps[string]; untilMs: number }[]> = {};
  #read = 0;
  /** What else happens, ten times a second. */
  eachTenth = (): void => {};

  constructor(control?: Control, described = junction) {
    const intersection = { ...described, ...(control && { control }) };
    this.play = new Play(phasesMachine, { id: 'n1', timing, intersection }, { nowMs: 100_000 });
    this.play.hear({ type: 'lamps.shown', lamps: { a: 'red', b: 'red' } });
    this.play.hear({ type: 'lamps.ready' });
  }

  /** Seconds in which the sensors say what `expected` gives; undefined: nothing. */
  drive(seconds: number, expected: (second: number) => Expecting | undefined): this {
    for (let k = 0; k < seconds; k += 1) {
      for (let tenth = 0; tenth < 10; tenth += 1) {
        this.play.pass(100);
        this.#light();
        this.eachTenth();
      }
      const told = expected(k);
      if (told) this.play.hear(expecting(told));
      this.#light();
    }
    return this;
  }

  get stages() {
    return greensOf(this.play).map(({ stage }) => stage);
  }

  get modes() {
    return greensOf(this.play).map(({ mode }) => mode);
  }

  #light(): void {
    for (; this.#read < this.play.told.length; this.#read += 1) {
      const event = this.play.told[this.#read]?.event;
      if (event?.type !== 'lamps.show') continue;
      expect(event.notAfterMs).toBeGreaterThanOrEqual(this.play.nowMs);
      this.#timelines = event.timelines;
    }
    const lampOf = (id: string) =>
      this.#timelines[id]?.find(({ untilMs }) => untilMs > this.play.nowMs)?.lamp ?? 'red';
    const lamps = { a: lampOf('a'), b: lampOf('b') };
    const last = this.shown.at(-1)?.lamps;
    if (last && last['a'] === lamps.a && last['b'] === lamps.b) return;
    this.shown.push({ t: this.play.nowMs, lamps });
    this.play.hear({ type: 'lamps.shown', lamps });
  }
}

export const unsafeOf = ({ shown }: Kerb) => {
  const judge = createJudge([junction]);
  for (const { t, lamps } of shown) judge.see({ t, intersection: 'x', lamps });
  return judge.verdict().unsafe;
};
