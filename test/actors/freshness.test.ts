/** Freshness: each message of a life is heard once, however the network orders and repeats. */
import { expect, test } from 'vitest';
import { Freshness } from '../../actors/freshness.ts';
import { seeded } from '../transport/seeded.ts';

test('each counter of a life is fresh once, in whatever order within the window', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const random = seeded(seed);
    const freshness = new Freshness(() => 0);
    const sent = Array.from({ length: 5000 }, (_, counter) => counter);
    const order = sent
      .flatMap((counter) => (random() < 0.3 ? [counter, counter] : [counter]))
      .map((counter) => ({ counter, at: counter + random() * 800 }))
      .sort((a, b) => a.at - b.at);
    const heard = order.filter(({ counter }) => freshness.isFresh('n2 1', counter));
    expect(heard.map(({ counter }) => counter).sort((a, b) => a - b)).toEqual(sent);
  }
});

test('what is older than the window is never fresh, although it is not remembered', () => {
  const freshness = new Freshness(() => 0);
  expect(freshness.isFresh('n2 1', 10_000)).toBe(true);
  expect(freshness.isFresh('n2 1', 10_000 - 1024)).toBe(false);
  expect(freshness.isFresh('n2 1', 10_000 - 1023)).toBe(true);
  expect(freshness.isFresh('n2 1', 0)).toBe(false);
});

test('lives do not disturb each other', () => {
  const freshness = new Freshness(() => 0);
  for (const life of ['n2 1', 'n2 2', 'n3 1']) {
    expect(freshness.isFresh(life, 7)).toBe(true);
    expect(freshness.isFresh(life, 7)).toBe(false);
  }
});

test('the life heard longest ago is forgotten first', () => {
  const freshness = new Freshness(() => 0);
  for (let k = 0; k < 2000; k += 1) freshness.isFresh(`n${k}`, 1);
  freshness.isFresh('n0', 2);
  freshness.isFresh('one more', 1);
  expect(freshness.isFresh('n0', 1)).toBe(false);
  expect(freshness.isFresh('n1', 1)).toBe(true);
});
