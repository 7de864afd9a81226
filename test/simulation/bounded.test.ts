/**
 * What a node holds does not grow with the time that it runs: `npm run soak -- --only heap` looks at
 * the heap for days of a city's life, and here the contexts of all machines are looked at for less.
 */
import { expect, test } from 'vitest';
import { everyday, heldBy } from '../../simulation/everyday.ts';

const MINUTE = 60_000;

test('no machine holds more after twenty minutes of plans, calls and crashes than after eight', async () => {
  const city = everyday(51, 3, 1_000);
  const most = new Map<string, number>();
  const look = async (untilMinute: number) => {
    most.clear();
    while (city.now() < untilMinute * MINUTE) {
      await city.run(city.now() + MINUTE / 2);
      for (const id of city.running()) {
        for (const [concern, chars] of Object.entries(heldBy(city, id))) {
          most.set(concern, Math.max(most.get(concern) ?? 0, chars));
        }
      }
    }
    return new Map(most);
  };
  // Until the second snapshot the log grows.
  const early = await look(8);
  const late = await look(20);
  const grown = [...late].filter(
    ([concern, chars]) => chars > 1.2 * (early.get(concern) ?? 0) + 200,
  );
  expect(grown).toEqual([]);
  expect(city.counts.crashes).toBeGreaterThan(1);
  expect(city.violations).toEqual([]);
});
