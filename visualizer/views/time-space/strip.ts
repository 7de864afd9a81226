/**
 * A signal timing strip: what some groups of an intersection showed over a stretch of time, or what
 * the plan has them show. Times are the journal's. Pure.
 */
import { changeMs } from '../../../machines/sequence.ts';
import { splitsOf } from '../../../machines/splits.ts';
import type { Group, Intersection, Stage } from '../../../protocol/district.ts';
import type { Lamp, Lamps } from '../../../protocol/lamp.ts';
import type { Plan } from '../../../protocol/plan.ts';
import { litBy } from '../../../protocol/stage.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Interval extends Span {
  readonly lamp: Lamp;
}

/** What the lamps of an intersection were from an instant on; undefined: nobody has said. */
export interface Change {
  readonly atMs: number;
  readonly lamps: Lamps | undefined;
}

/** Of several groups the one that lets most traffic through is shown. */
const BY_RIGHT: readonly Lamp[] = [
  ...(['green', 'greenPermissive', 'amber', 'redAmber', 'flashingAmber'] as const),
  ...(['flashingRed', 'red', 'dark'] as const),
];

const bestOf = (lamps: readonly (Lamp | undefined)[]): Lamp | undefined =>
  BY_RIGHT.find((lamp) => lamps.includes(lamp));

/** What was shown, from changes in their order. */
export const shownStrip = (
  changes: readonly Change[],
  groups: readonly string[],
  { fromMs, toMs }: Span,
): Interval[] =>
  joined(
    changes.flatMap(({ atMs, lamps }, k): Interval[] => {
      const lamp = bestOf(groups.map((id) => lamps?.[id]));
      const untilMs = Math.min(changes[k + 1]?.atMs ?? toMs, toMs);
      return lamp ? [{ fromMs: Math.max(atMs, fromMs), toMs: untilMs, lamp }] : [];
    }),
  );

export interface Timetable {
  readonly plan: Plan;
  /** The group's time less the journal's. */
  readonly aheadMs: number;
}

/** What the plan asks for; empty where it says nothing of this intersection. */
export const plannedStrip = (
  intersection: Intersection,
  groups: readonly string[],
  { plan, aheadMs }: Timetable,
  { fromMs, toMs }: Span,
): Interval[] => {
  const own = plan.intersections.find(({ id }) => id === intersection.id);
  if (!own || !(toMs > fromMs)) return [];
  const cycleMs = plan.cycleS * 1000;
  const each = groups.flatMap((id) => intersection.groups.find((group) => group.id === id) ?? []);
  const cycles = each.map((group) => cycleOf(intersection, group, plan));
  const cuts = [...new Set(cycles.flat().flatMap((one) => [one.fromMs, one.toMs]))];
  const edges = [...cuts, 0, cycleMs].filter((ms) => ms >= 0 && ms <= cycleMs);
  const sorted = [...new Set(edges)].sort((a, b) => a - b);
  const cycle = sorted.slice(1).flatMap((untilMs, k): Interval[] => {
    const beginMs = sorted[k] as number;
    const lamp = bestOf(cycles.map((some) => lampAt(some, beginMs)));
    return lamp ? [{ fromMs: beginMs, toMs: untilMs, lamp }] : [];
  });
  const zeroMs = own.offsetS * 1000 - aheadMs;
  const first = Math.floor((fromMs - zeroMs) / cycleMs);
  const last = Math.floor((toMs - zeroMs) / cycleMs);
  const unrolled = Array.from(
    { length: last - first + 1 },
    (_, k) => zeroMs + (first + k) * cycleMs,
  )
    .flatMap((startMs) =>
      cycle.map((one) => ({ ...one, fromMs: startMs + one.fromMs, toMs: startMs + one.toMs })),
    )
    .map((one) => ({
      ...one,
      fromMs: Math.max(one.fromMs, fromMs),
      toMs: Math.min(one.toMs, toMs),
    }));
  return joined(unrolled);
};

/** A group's lit intervals from the beginning of the first stage; else it is red. */
const cycleOf = (intersection: Intersection, group: Group, plan: Plan): Interval[] => {
  const splits = splitsOf({ intersection, plan, offsetMs: 0, now: null, calls: [], walks: [] });
  const found: Interval[] = [];
  let startMs = 0;
  for (const [place, { stage, splitMs }] of splits.entries()) {
    const endMs = startMs + (splitMs ?? 0);
    const next = (splits[(place + 1) % splits.length] as (typeof splits)[number]).stage;
    if (litBy(stage).includes(group.id)) {
      const lamp = greenOf(stage, group.id);
      const offMs = endMs - changeMs(intersection, stage, next);
      found.push({ fromMs: startMs, toMs: offMs, lamp });
      if (litBy(next).includes(group.id)) {
        // Who stays lit is not interrupted, and yields while either stage has it yield.
        const kept = greenOf(next, group.id) === lamp ? lamp : 'greenPermissive';
        found.push({ fromMs: offMs, toMs: endMs, lamp: kept });
      } else {
        const redMs = Math.min(endMs, offMs + group.amberS * 1000);
        found.push({ fromMs: offMs, toMs: redMs, lamp: 'amber' });
      }
    }
    startMs = endMs;
  }
  return found;
};

const greenOf = (stage: Stage, group: string): Lamp =>
  stage.green.includes(group) ? 'green' : 'greenPermissive';

const lampAt = (intervals: readonly Interval[], atMs: number): Lamp =>
  intervals.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)?.lamp ?? 'red';

/** Without what has no length, and with equal neighbours as one. */
const joined = (intervals: readonly Interval[]): Interval[] => {
  const found: Interval[] = [];
  for (const one of intervals) {
    if (!(one.toMs > one.fromMs)) continue;
    const last = found.at(-1);
    if (last && last.lamp === one.lamp && one.fromMs - last.toMs < 1e-6) {
      found[found.length - 1] = { ...last, toMs: one.toMs };
    } else found.push(one);
  }
  return found;
};

/** When a driver may go: spans of green, protected or yielding. */
export const greensOf = (strip: readonly Interval[]): Span[] => {
  const greens = strip.filter(({ lamp }) => lamp === 'green' || lamp === 'greenPermissive');
  return joined(greens.map((one) => ({ ...one, lamp: 'green' as const }))).map(
    ({ fromMs, toMs }) => ({ fromMs, toMs }),
  );
};
