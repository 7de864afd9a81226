/**
 * What a node knows of a timescale: how far it is from the node's own clock, and how far that may be
 * off. Pure neighbour of `timekeeper.ts` and of all that keeps an estimate.
 */
import type { Timing } from '../protocol/timing.ts';
import { driftMs } from './rights.ts';

export interface Sample {
  /** The timescale less our clock. */
  readonly offsetMs: number;
  readonly boundMs: number;
  /** When it was taken, on our clock. */
  readonly takenMs: number;
}

export interface Estimate extends Sample {
  /** Of which timescale. */
  readonly term: number;
  /** Whether that is our own clock, so that nothing drifts. */
  readonly isOwn: boolean;
}

/** Timescales remembered: rights reach a horizon ahead, and when leaders follow each other every few
 *  seconds, a green outlives many of them. */
const ESTIMATES_MAX = 16;

/** How far an estimate may be off at an instant of our clock: both clocks may drift. */
export const boundAt = (
  { boundMs, takenMs, isOwn = false }: Sample & { readonly isOwn?: boolean },
  atMs: number,
  { clockDriftPpmMax }: Pick<Timing, 'clockDriftPpmMax'>,
): number => boundMs + (isOwn ? 0 : driftMs(atMs - takenMs, clockDriftPpmMax));

/** With another estimate of its timescale, or of a new one; the oldest is forgotten. */
export const withEstimate = (estimates: readonly Estimate[], added: Estimate): Estimate[] =>
  [...estimates.filter(({ term }) => term !== added.term), added].slice(-ESTIMATES_MAX);
