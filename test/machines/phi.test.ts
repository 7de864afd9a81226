/**
 * φ of a silence, and the silence of a φ. (Hayashibara, Défago, Yared, Katayama: "The φ accrual
 * failure detector", SRDS 2004, section IV.)
 */
import { describe, expect, test } from 'vitest';
import { arrivalsOf, phiAfter, silenceUntil } from '../../machines/phi.ts';

const arrivals = { meanMs: 1000, deviationMs: 100 };

test.each([
  // P(later) of a normal distribution: 50 %, 15.87 %, 2.275 %, 0.135 %, 3.2e-5.
  [1000, 0.301],
  [1100, 0.8],
  [1200, 1.643],
  [1300, 2.87],
  [1400, 4.5],
])('φ after %d ms is −log10 of the chance of a later beat: about %d', (silenceMs, phi) => {
  const error = phiAfter(silenceMs, arrivals) / phi - 1;
  expect(Math.abs(error)).toBeLessThan(0.06);
});

test('φ grows with the silence, and is a number for every silence and spread', () => {
  for (const deviationMs of [1, 10, 40, 1000]) {
    let before = 0;
    for (let silenceMs = 0; silenceMs <= 20_000; silenceMs += 50) {
      const phi = phiAfter(silenceMs, { meanMs: 2000, deviationMs });
      expect(phi).toBeGreaterThanOrEqual(before);
      expect(phi).toBeLessThanOrEqual(16);
      before = phi;
    }
    expect(before).toBeGreaterThan(8);
  }
});

test('the silence until a φ is the one after which φ is reached, and not before', () => {
  for (const phi of [1, 3, 8, 12, 15.9]) {
    for (const deviationMs of [1, 40, 400]) {
      const silenceMs = silenceUntil(phi, { meanMs: 620, deviationMs });
      expect(phiAfter(silenceMs, { meanMs: 620, deviationMs })).toBeCloseTo(phi, 6);
      expect(phiAfter(silenceMs - 1, { meanMs: 620, deviationMs })).toBeLessThan(phi);
    }
  }
});

describe('the arrivals', () => {
  const limits = { expectedMs: 320, floorMs: 40 };

  test('of few beats are taken as expected', () => {
    expect(arrivalsOf([], limits)).toEqual({ meanMs: 320, deviationMs: 80 });
    expect(arrivalsOf([900, 900, 900], limits)).toEqual({ meanMs: 320, deviationMs: 80 });
  });

  test('of many are measured: mean and standard deviation', () => {
    expect(arrivalsOf([200, 400, 200, 400], limits)).toEqual({ meanMs: 300, deviationMs: 100 });
  });

  test('of a calm network keep the floor, so that φ does not jump', () => {
    expect(arrivalsOf([320, 320, 320, 320], limits)).toEqual({ meanMs: 320, deviationMs: 40 });
  });
});
