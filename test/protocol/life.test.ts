/** The numbers of lives: what a process takes for its own, whatever its clock says. */
import { expect, test } from 'vitest';
import { isLater, LIFE_DRAW, LIFE_STEP_MAX, nextLife } from '../../protocol/life.ts';

const NOW_MS = Date.UTC(2026, 10, 28);

test.each([
  ['a new store goes by the time of day', { wallMs: NOW_MS }, NOW_MS],
  ['a store counts on, though the clock was set back', { stored: NOW_MS, wallMs: 7 }, NOW_MS + 1],
  ['a clock that was set forward counts', { stored: 7, wallMs: NOW_MS }, NOW_MS],
  ['what others know is exceeded', { wallMs: 7, known: NOW_MS }, NOW_MS + 1],
  ['what others know may be less than we are', { wallMs: NOW_MS, known: 7 }, NOW_MS],
  ['a clock before 1970 says nothing', { wallMs: -7 }, 0],
  [
    'a clock of a far future says less than others may not believe',
    { wallMs: 8e15 },
    LIFE_STEP_MAX,
  ],
])('%s', (_, origin, life) => {
  expect(nextLife({ ...origin, draw: 0 })).toBe(life);
});

test('two lives that are told the same hardly ever take one number', () => {
  const lives = [0, 0.25, 0.5, 0.999_999].map((draw) => nextLife({ wallMs: 7, known: 9, draw }));
  expect(new Set(lives).size).toBe(4);
  expect(Math.min(...lives)).toBe(10);
  expect(Math.max(...lives)).toBeLessThan(10 + LIFE_DRAW);
});

test('a host that has forgotten everything is believed by whoever knows any clock', () => {
  const farthest = nextLife({ wallMs: 8e15, draw: 0 });
  expect(farthest - nextLife({ wallMs: 0, draw: 0 })).toBeLessThanOrEqual(LIFE_STEP_MAX);
});

test('it takes more than a thousand steps to use the numbers up', () => {
  expect(Number.MAX_SAFE_INTEGER / (LIFE_STEP_MAX + LIFE_DRAW)).toBeGreaterThan(1_000);
});

test.each([
  [{ incarnation: 2, counter: 0 }, { incarnation: 1, counter: 9 }, true],
  [{ incarnation: 1, counter: 9 }, { incarnation: 2, counter: 0 }, false],
  [{ incarnation: 1, counter: 2 }, { incarnation: 1, counter: 1 }, true],
  [{ incarnation: 1, counter: 1 }, { incarnation: 1, counter: 1 }, false],
])('whether %j is later than %j: %s', (a, b, expected) => {
  expect(isLater(a, b)).toBe(expected);
});
