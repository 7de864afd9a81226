/** Plans with hours, in whole nodes: by the wall clock of the leader's host, from the log to the lamps. */
import { expect, test } from 'vitest';
import { greenWave } from '../../machines/green-wave.ts';
import { createCity } from '../../simulation/city.ts';
import { town } from '../../simulation/town.ts';

const MINUTE_MS = 60_000;

test('a plan is followed in its hours, and given up after them, while leaders come and go', async () => {
  const place = town(3);
  const members = place.intersections.map((intersection) => ({
    ...{ node: intersection.node ?? '', store: 's', intersection, links: [] },
  }));
  const plan = greenWave({ voters: [], members }, 'early');
  // The wall clocks of a city begin at midnight.
  const hours = { from: '00:02', to: '00:05' };
  const longer = plan.intersections.map(({ splits, ...rest }) => ({
    ...rest,
    splits: splits.map((split, k) => (k === 0 ? { ...split, splitS: split.splitS + 7 } : split)),
  }));
  const filed = { ...plan, cycleS: plan.cycleS + 7, intersections: longer, hours };
  const city = createCity({ seed: 3, district: { ...place, plans: [filed] } });
  const followed = () =>
    place.intersections.map(({ node = '' }) => {
      const phases = city.place(node).stateOf('phases')?.context;
      return (phases as { plan: { id: string } | null } | undefined)?.plan?.id ?? '';
    });
  city.start();
  await city.run(1.9 * MINUTE_MS);
  for (const id of followed()) expect(id).toMatch(/^t\d+\.1$/);
  await city.run(3.2 * MINUTE_MS);
  for (const id of followed()) expect(id).toMatch(/^early\.t\d+\.\d+$/);
  const leader = place.intersections.find(
    ({ node = '' }) => city.place(node).stateOf('election')?.value === 'leader',
  )?.node;
  city.kill(leader ?? '');
  await city.run(4 * MINUTE_MS);
  city.restart(leader ?? '');
  for (const id of followed().filter((one) => one !== '')) expect(id).toMatch(/^early\.t\d+\.\d+$/);
  await city.run(6.5 * MINUTE_MS);
  for (const id of followed()) expect(id).toMatch(/^t\d+\.\d+$/);
  expect(city.violations).toEqual([]);
});
