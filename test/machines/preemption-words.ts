/** What the tests of calls are written with: who calls, and a driver that shows what it was sent. */
import type { Intersection } from '../../protocol/district.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import { crossroads, greensOf, type Playing, ready } from './phases-words.ts';
import { only } from './play.ts';

export const committed = <C>(command: C) =>
  ({ type: 'replica.committed', index: 9, term: 1, command }) as const;
export const place = (group: string) => ({ id: `c${group}`, intersection: 'x', group });
export const call = (group: string, rest: { afterS?: number; forS?: number } = {}) =>
  committed({ kind: 'preempt.call' as const, ...place(group), forS: 60, ...rest });
export const clear = (group: string) =>
  committed({ kind: 'preempt.clear' as const, id: `c${group}` });
export const priority = (group: string) =>
  committed({ kind: 'priority.call' as const, ...place(group), forS: 60 });
export const input = (group: string, active: boolean) =>
  ({ type: 'lamps.input', input: 'preempt', group, active }) as const;
export const button = (group: string) =>
  ({ type: 'lamps.input', input: 'call', group, active: true }) as const;

/** Lets time pass in which the driver shows what it was sent, as far as it has come. */
export const pass = (play: Playing, ms: number) => {
  const untilMs = play.nowMs + ms;
  while (play.nowMs < untilMs) {
    play.pass(Math.min(50, untilMs - play.nowMs));
    const show = only(
      play.told.map(({ event }) => event),
      'lamps.show',
    ).at(-1);
    const lamps: Lamps = {};
    for (const [group, steps] of Object.entries(show?.timelines ?? {})) {
      lamps[group] = steps.find((step) => step.untilMs > play.nowMs)?.lamp ?? 'red';
    }
    play.hear({ type: 'lamps.shown', lamps });
  }
};

/** In the first second of the green of `stage`. */
export const inGreenOf = (stage: string, intersection: Intersection = crossroads) => {
  const play = ready(intersection);
  for (let k = 0; k < 2000 && greensOf(play).at(-1)?.stage !== stage; k += 1) pass(play, 100);
  return { play, fromMs: greensOf(play).at(-1)?.fromMs ?? 0 };
};
export const lastShow = (play: Playing) =>
  only(
    play.told.map(({ event }) => event),
    'lamps.show',
  ).at(-1);
