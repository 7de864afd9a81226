/**
 * Keeps the lamps of a node as a search needs them: when each group is lit from now on, by the
 * sequence that was sent last, whatever becomes of the node. It is accepted at once; what a real
 * driver would refuse is shown all the same, which is more than it would allow.
 */
import type { BusEvent, Show } from '../../../protocol/event.ts';
import type { Aside } from '../node.ts';

/** From when until when something is lit, from now. */
export type Lit = readonly (readonly [fromMs: number, untilMs: number])[];
export type Lamps = Readonly<Record<string, Lit>>;

/** Each driver's clock is off from its node's by as much, and always so. */
export const lampsOf = (skewOf: Readonly<Record<string, number>>): Aside => ({
  hears: ['lamps.show'],
  first: {},
  take: (aside, heard, node) => {
    if (heard.type !== 'lamps.show') return { aside, says: [] };
    const { ticket } = heard;
    const says = ticket === undefined ? [] : [{ type: 'lamps.accepted' as const, ticket }];
    return { aside: litBy(heard, skewOf[node] ?? 0), says };
  },
  later: (aside, by) => moved(aside as Lamps, -by),
});

const litBy = ({ timelines, at }: BusEvent & Show, skewMs: number): Lamps =>
  moved(
    Object.fromEntries(
      Object.entries(timelines).map(([group, steps]) => {
        let fromMs = Number.NEGATIVE_INFINITY;
        const lit: [number, number][] = [];
        for (const { lamp, untilMs } of steps) {
          if (lamp !== 'red') lit.push([fromMs, untilMs]);
          fromMs = untilMs;
        }
        return [group, lit];
      }),
    ),
    skewMs - at,
  );

/** By `byMs` later; what is over is gone, and what is lit is lit from now. */
const moved = (lamps: Lamps, byMs: number): Lamps =>
  Object.fromEntries(
    Object.entries(lamps).flatMap(([group, lit]) => {
      const rest = joined(lit.map(([fromMs, untilMs]) => [fromMs + byMs, untilMs + byMs]));
      return rest.length === 0 ? [] : [[group, rest]];
    }),
  );

/** Amber goes on from green. */
const joined = (lit: readonly (readonly [number, number])[]): Lit => {
  const result: [number, number][] = [];
  for (const [fromMs, untilMs] of lit) {
    const last = result.at(-1);
    if (last && last[1] === fromMs) last[1] = untilMs;
    else if (untilMs > 0) result.push([Math.max(0, fromMs), untilMs]);
  }
  return result;
};

/** What is lit before `ms` from now are over. */
export const litWithin = (lamps: Lamps, ms: number): Lit =>
  Object.values(lamps).flatMap((lit) =>
    lit
      .filter(([fromMs]) => fromMs < ms)
      .map(([fromMs, untilMs]) => [fromMs, Math.min(ms, untilMs)] as const),
  );

/** Whether two are lit at one instant, when the second one's clock runs `rate` times as fast. */
export const overlap = (some: Lit, others: Lit, rate: number): boolean =>
  some.some(([fromMs, untilMs]) =>
    others.some(([from, until]) => Math.max(fromMs, from / rate) < Math.min(untilMs, until / rate)),
  );
