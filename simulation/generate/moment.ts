/**
 * A machine at one moment of virtual time: its snapshot, the delays that run, and the instants it
 * asked to be woken at. Time is a move like any other: it passes until the next of these is due.
 */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { canonicalText } from '../search/interner.ts';
import { type Deed, Probe, type Stepped } from './probe.ts';

export type Said = EventObject & Readonly<Record<string, unknown>>;

/** What can happen to a machine: it hears an event, or time passes, with or without what is due. */
export type Move =
  | {
      readonly type: 'hear';
      readonly event: Said;
      /** In which fields it is other than an ordinary event of its type; or which example it is. */
      readonly varies?: readonly string[];
    }
  /** Until the next delay or wake is due, which happens. */
  | { readonly type: 'wait' }
  /** The process stood still: all that fell due in between is late. */
  | { readonly type: 'stall'; readonly ms: number };

interface Alarm {
  readonly id: string;
  readonly atMs: number;
  readonly event: Said;
}

export interface Moment {
  readonly snapshot: AnyMachineSnapshot;
  readonly nowMs: number;
  /** Delays of the machine's own, and wakes it asked for; in the order in which they were armed. */
  readonly alarms: readonly Alarm[];
  /** Of these, by their ids, what the last move armed, anew or again. */
  readonly armed: readonly string[];
  /** What the last move made it say. */
  readonly says: readonly Said[];
  /** What the last move went through. */
  readonly marks: readonly string[];
  /** What the machine threw at the last move: nothing comes after it. */
  readonly throws?: string;
}

/** A wake is asked for in words, and so answered by whoever plays the clock. */
const wakeOf = (event: Said): Alarm | undefined => {
  if (event.type !== 'clock.wake') return undefined;
  const { id, atMs } = event as unknown as { id: string; atMs: number };
  return { id: `wake ${id}`, atMs, event: { type: 'clock.due', id, atMs } };
};

const alarmsAfter = (before: readonly Alarm[], deeds: readonly Deed[], nowMs: number): Alarm[] => {
  let alarms = [...before];
  const arm = (alarm: Alarm) => {
    alarms = [...alarms.filter(({ id }) => id !== alarm.id), alarm];
  };
  for (const deed of deeds) {
    if (deed.kind === 'disarm') alarms = alarms.filter(({ id }) => id !== deed.id);
    if (deed.kind === 'arm') {
      arm({ id: deed.id, atMs: nowMs + deed.delayMs, event: deed.event as Said });
    }
    const wake = deed.kind === 'emit' ? wakeOf(deed.event as Said) : undefined;
    if (wake) arm(wake);
  }
  return alarms;
};

const armedIn = (deeds: readonly Deed[]): string[] =>
  deeds.flatMap((deed) => (deed.kind === 'arm' ? [deed.id] : []));

const saidIn = (deeds: readonly Deed[]): Said[] =>
  deeds.flatMap((deed) => {
    if (deed.kind === 'emit') return [deed.event as Said];
    return deed.kind === 'act' ? [{ type: 'acts', action: deed.name }] : [];
  });

export class Player {
  readonly probe: Probe;
  readonly #input: unknown;

  constructor(machine: AnyStateMachine, input: unknown, options = { isMarked: true }) {
    this.#input = input;
    this.probe = new Probe(machine, options);
  }

  begin(): Moment {
    return momentOf({ nowMs: 0, alarms: [] }, this.probe.begin(this.#input));
  }

  after(moment: Moment, move: Move): Moment {
    if (move.type === 'stall') return { ...idle(moment), nowMs: moment.nowMs + move.ms };
    if (move.type === 'hear') return this.#step(moment, move.event);
    const next = nextOf(moment);
    if (!next) return idle(moment);
    const nowMs = Math.max(moment.nowMs, next.atMs);
    const alarms = moment.alarms.filter((alarm) => alarm !== next);
    return this.#step({ ...moment, nowMs, alarms }, next.event);
  }

  #step(moment: Moment, event: Said): Moment {
    const { nowMs } = moment;
    let stepped: Stepped;
    try {
      stepped = this.probe.step(moment.snapshot, { ...event, at: nowMs } as EventObject);
    } catch (error) {
      const throws = error instanceof Error ? error.message : String(error);
      return { ...idle(moment), throws };
    }
    return momentOf(moment, stepped);
  }
}

const momentOf = (
  { nowMs, alarms }: Pick<Moment, 'nowMs' | 'alarms'>,
  { snapshot, deeds, marks }: Stepped,
): Moment => ({
  ...{ snapshot, nowMs, alarms: alarmsAfter(alarms, deeds, nowMs) },
  ...{ armed: armedIn(deeds), says: saidIn(deeds), marks },
});

const idle = ({ snapshot, nowMs, alarms }: Moment): Moment => ({
  ...{ snapshot, nowMs, alarms, armed: [], says: [], marks: [] },
});

/** What is due first; of two at once, the one that was armed first. */
export const nextOf = ({ alarms }: Pick<Moment, 'alarms'>): Alarm | undefined =>
  alarms.reduce<Alarm | undefined>((a, b) => (a && a.atMs <= b.atMs ? a : b), undefined);

/** Equal for moments that differ in nothing but what was said on the way. */
export const momentText = ({ snapshot, nowMs, alarms, throws }: Moment): string => {
  const { timing: _, ...context } = snapshot.context as Record<string, unknown>;
  const left = alarms.map(({ id, atMs }) => [id, atMs - nowMs]);
  return canonicalText([snapshot.value, context, left, throws ?? '']);
};
