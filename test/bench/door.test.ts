/** What the door costs: who sends what is refused makes nobody work more than who is heard. */
import { expect, test } from 'vitest';
import { doorCosts } from '../../bench/door.ts';
import { spreadOf } from '../../bench/statistics.ts';

/** Each of them is a batch of each kind, in another order. */
const TURNS = 300;

test('what is refused costs less than twice as much as what is heard, with keys and without', () => {
  const costs = doorCosts(TURNS).map(({ values, ...kind }) => ({
    ...kind,
    median: spreadOf(values).median,
  }));
  for (const { what, isRefused, hasKeys, median } of costs) {
    if (!isRefused) continue;
    const heard = costs.find((one) => !one.isRefused && one.hasKeys === hasKeys)?.median ?? 0;
    expect({ what, hasKeys, isCheap: median < 2 * heard }).toMatchObject({ isCheap: true });
  }
});
