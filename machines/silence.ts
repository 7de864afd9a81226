/**
 * The judgement of silence: when a peer's silence has its next consequence, and which. Pure
 * neighbour of `detector.ts`.
 */
import type { Emitted } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { type Arrivals, arrivalsOf, phiAfter, silenceUntil } from './phi.ts';

/** Failing a peer is planned this much before T_hb, so that a late timer still keeps the bound. */
const MARGIN_MS = 100;

export interface Watched {
  readonly incarnation: number;
  /** How often it should be heard. */
  readonly everyMs: number;
  /** When it was last heard on our clock, moved on by the time we stalled since. */
  readonly lastAt: number;
  readonly intervalsMs: readonly number[];
  readonly standing: 'trusted' | 'suspected';
  readonly probe: 'none' | 'direct' | 'indirect';
  /** `doubt`: it is watched only until it has shown once that it lives. */
  readonly why: 'duty' | 'doubt';
}

export const arrivalsAt = (timing: Timing, { intervalsMs, everyMs }: Watched): Arrivals => {
  const limits = { expectedMs: everyMs, floorMs: timing.deviationFloorMs };
  const { meanMs, deviationMs } = arrivalsOf(intervalsMs, limits);
  return { meanMs: meanMs + timing.acceptablePauseMs, deviationMs };
};

/** When each peer has to be looked at next, because that is asked more often than it changes. */
const looks = new WeakMap<Watched, number>();

/** When a peer's silence has its next consequence, if it stays silent. */
export const nextLookAt = (timing: Timing, watched: Watched): number => {
  const known = looks.get(watched);
  if (known !== undefined) return known;
  const { suspicionPhi, heartbeatTimeoutMs, probeTimeoutMs } = timing;
  const waits = [heartbeatTimeoutMs - MARGIN_MS];
  if (watched.standing === 'trusted') {
    waits.push(silenceUntil(suspicionPhi, arrivalsAt(timing, watched)));
  }
  if (watched.probe === 'none') waits.push(heartbeatTimeoutMs / 2);
  if (watched.probe === 'direct') waits.push(heartbeatTimeoutMs / 2 + probeTimeoutMs);
  const look = watched.lastAt + Math.min(...waits);
  looks.set(watched, look);
  return look;
};

type Said = Extract<Emitted, { type: 'detector.suspected' | 'detector.failed' | 'wire.send' }>;

/** A peer that is watched, and those who can probe it in our place. */
export interface Suspect {
  readonly peer: string;
  readonly watched: Watched;
  readonly helpers: () => readonly string[];
}

/** What the silence of a peer at `now` amounts to, and what is to be said about it. */
export const judge = (
  timing: Timing,
  { peer, watched, helpers }: Suspect,
  now: number,
): { next: Watched; says: Said[]; failed?: string } => {
  const { heartbeatTimeoutMs, probeTimeoutMs, suspicionPhi } = timing;
  const silenceMs = now - watched.lastAt;
  const says: Said[] = [];
  let next = watched;
  if (next.standing === 'trusted') {
    const arrivals = arrivalsAt(timing, next);
    const phi = phiAfter(silenceMs, arrivals);
    if (phi >= suspicionPhi - 1e-6) {
      next = { ...next, standing: 'suspected' };
      const reason = wordsFor(timing, { silenceMs, phi }, arrivals);
      says.push({ type: 'detector.suspected', peer, reason, phi });
    }
  }
  if (next.probe === 'none' && silenceMs >= heartbeatTimeoutMs / 2) {
    next = { ...next, probe: 'direct' };
    says.push({ type: 'wire.send', to: peer, message: { type: 'detector.probe' } });
  }
  if (next.probe === 'direct' && silenceMs >= heartbeatTimeoutMs / 2 + probeTimeoutMs) {
    next = { ...next, probe: 'indirect' };
    for (const helper of helpers()) {
      says.push({ type: 'wire.send', to: helper, message: { type: 'detector.ask', peer } });
    }
  }
  if (silenceMs < heartbeatTimeoutMs - MARGIN_MS) return { next, says };
  const silent = `silent for ${Math.round(silenceMs)} ms`;
  const failed = `${silent}; probes, direct and through peers, unanswered`;
  return { next, says, failed };
};

const wordsFor = (
  { acceptablePauseMs }: Timing,
  { silenceMs, phi }: { silenceMs: number; phi: number },
  { meanMs, deviationMs }: Arrivals,
): string => {
  const every = `every ${Math.round(meanMs - acceptablePauseMs)} ± ${Math.round(deviationMs)} ms`;
  return `silent for ${Math.round(silenceMs)} ms, expected ${every}, φ ${phi.toFixed(1)}`;
};
