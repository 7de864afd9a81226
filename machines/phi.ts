/**
 * Arithmetic of the φ-accrual failure detector: φ = -log10 of the probability that a beat comes
 * later still (Hayashibara, Défago, Yared, Katayama: "The φ accrual failure detector", SRDS 2004,
 * section IV). The normal distribution's tail is approximated by a logistic curve.
 *
 * It is solved for the silence at which φ reaches the threshold, so that a timer is armed once
 * instead of φ being polled.
 */

export interface Arrivals {
  readonly meanMs: number;
  readonly deviationMs: number;
}

/** Mean and standard deviation of the intervals; `expectedMs` stands in while there are few. */
export const arrivalsOf = (
  intervalsMs: readonly number[],
  { expectedMs, floorMs }: { expectedMs: number; floorMs: number },
): Arrivals => {
  if (intervalsMs.length < 4)
    return { meanMs: expectedMs, deviationMs: Math.max(floorMs, expectedMs / 4) };
  const meanMs = intervalsMs.reduce((sum, ms) => sum + ms, 0) / intervalsMs.length;
  const variance =
    intervalsMs.reduce((sum, ms) => sum + (ms - meanMs) ** 2, 0) / intervalsMs.length;
  return { meanMs, deviationMs: Math.max(floorMs, Math.sqrt(variance)) };
};

const LARGEST = 16;

/** For every number, even one whose exponential is too large or too small for one. */
const phiOfDeviations = (y: number): number =>
  Math.min(LARGEST, Math.log10(1 + Math.exp(y * (1.5976 + 0.070566 * y * y))));

/** φ after `silenceMs` without a beat. */
export const phiAfter = (silenceMs: number, { meanMs, deviationMs }: Arrivals): number =>
  phiOfDeviations((silenceMs - meanMs) / deviationMs);

/** The deviations from the mean at which φ reaches `phi`. */
const deviationsAt = (phi: number): number => {
  let low = 0;
  let high = 20;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (phiOfDeviations(middle) < phi) low = middle;
    else high = middle;
  }
  return high;
};

/** The last threshold solved for: a contract has one. */
let solved = { phi: 0, deviations: 0 };

/** The silence (ms) after which φ reaches `phi`. */
export const silenceUntil = (phi: number, { meanMs, deviationMs }: Arrivals): number => {
  if (solved.phi !== phi) solved = { phi, deviations: deviationsAt(phi) };
  return meanMs + solved.deviations * deviationMs;
};
