/**
 * φ of each node's silence, as the node that leads hears it, from the arrivals of beats that its
 * journal tells. Its own detector judges by the same arithmetic.
 */
import { arrivalsOf, phiAfter } from '../../../machines/phi.ts';
import type { History } from '../../history.ts';
import { leaderOf, type Picture } from '../../picture.ts';

/** Beats that φ is told from. In milliseconds and lines. */
const WINDOW_MS = 15_000;
const LINES_MAX = 20_000;
/** Arrivals of fewer beats tell nothing. */
const BEATS_MIN = 4;

/** A moment, as far as it is needed. */
interface Looked {
  readonly t: number;
  readonly picture: Picture;
  readonly history: History;
}

/** By node; the leader does not hear itself. */
export const silencesAt = ({ picture, history, t }: Looked): ReadonlyMap<string, number> => {
  const leader = leaderOf(picture)?.node;
  const arrivals = new Map<string, number[]>();
  for (const line of history.between(t - WINDOW_MS, t, LINES_MAX)) {
    if (line.kind !== 'heard' || line.node !== leader || line.type !== 'detector.beat') continue;
    const known = arrivals.get(line.peer);
    if (known) known.push(line.t);
    else arrivals.set(line.peer, [line.t]);
  }
  const silences = new Map<string, number>();
  for (const [node, times] of arrivals) {
    if (times.length < BEATS_MIN) continue;
    const intervalsMs = times.slice(1).map((at, k) => at - (times[k] ?? at));
    const sorted = intervalsMs.toSorted((a, b) => a - b);
    const usualMs = sorted[sorted.length >> 1] ?? 0;
    const usual = arrivalsOf(intervalsMs, { expectedMs: usualMs, floorMs: usualMs / 8 });
    silences.set(node, Math.max(0, phiAfter(t - (times.at(-1) ?? t), usual)));
  }
  return silences;
};
