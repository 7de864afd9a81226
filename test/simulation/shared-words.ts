/** Words for tests of cities with shared intersections: where their clocks and groups come apart. */
import { settlingMs } from '../../machines/rights.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import { lan } from '../../protocol/timing.ts';
import type * as Cities from '../../simulation/city.ts';
import { leaderOf } from '../../simulation/load.ts';
import { sharedTown } from '../../simulation/shared-town.ts';

type Making = Pick<typeof Cities, 'createCity'>;

/** When a city founded by fresh nodes shows its first greens: they have settled, and were granted. */
export const LIT_MS = settlingMs(lan()) + 25_000;
const OFFSET_MS_MAX = 100_000_000;

/** Three of the four nodes of one intersection lose their disks, and found a group of their own,
 *  while the others of the district go on without knowing. */
export const movedApart = async ({ createCity }: Making) => {
  const { expect: _, ...district } = sharedTown([4, 4]);
  const clocks = { offsetMsMax: OFFSET_MS_MAX, driftPpmMax: lan().clockDriftPpmMax };
  const city = createCity({ seed: 63, district, clocks });
  city.start();
  // When the node that stays has a green before it, and those that go are granted theirs elsewhere.
  await city.run(2 * LIT_MS + 8_000);
  const moved = ['n1e', 'n1s', 'n1w'];
  for (const id of moved) city.kill(id);
  city.partition([moved]);
  for (const id of moved) city.restart(id, { wipe: true });
  return { city, moved };
};

/** Two intersections; the nodes of the second see a leader at the first late or early by half of so
 *  much, those of one street the other way than those of the other. */
export const skewed = async ({ createCity }: Making, ms: number) => {
  const clockDriftPpmMax = 100;
  const district = { ...sharedTown([4, 4]), timing: { ...lan(), clockDriftPpmMax } };
  const clocks = { offsetMsMax: OFFSET_MS_MAX, driftPpmMax: clockDriftPpmMax };
  const city = createCity({ seed: 64, district, clocks });
  for (const leader of ['n1e', 'n1n', 'n1s', 'n1w']) {
    for (const id of ['n2n', 'n2s']) city.network.delay(leader, id, ms);
    for (const id of ['n2e', 'n2w']) city.network.delay(id, leader, ms);
  }
  city.start();
  await city.run(LIT_MS + 60_000);
  return city;
};

/** Somebody calls for one green after the other, and leaders die. */
export const busy = async ({ createCity }: Making) => {
  const city = createCity({ seed: 65, district: sharedTown([4]) });
  city.start();
  await city.run(LIT_MS);
  for (const group of ['E', 'N', 'W', 'S']) {
    const [asked = ''] = city.running();
    const call = { id: group, intersection: 'x1', group, forS: 10 };
    city.place(asked).propose({ kind: 'preempt.call', ...call });
    // While much is granted, so that a leader that is cut off has something on its way.
    await city.run(city.now() + 4_500);
    const leader = leaderOf(city);
    if (leader === undefined) continue;
    city.partition([[leader]]);
    await city.run(city.now() + 15_000);
    city.heal();
  }
  return city;
};

/** The host of one node sleeps until shortly before its green, which its driver lights late, after
 *  red of start-up; and when that has hardly begun, somebody calls for the green of another. */
export const litLate = async ({ createCity }: Making) => {
  let lamps: Lamps = {};
  const city = createCity({
    seed: 66,
    district: sharedTown([4]),
    journal: (line) => {
      if (line.kind === 'lamps') lamps = line.lamps;
    },
  });
  const until = async (group: string) => {
    const limitMs = city.now() + 60_000;
    while (lamps[group] !== 'green' && city.now() < limitMs) await city.run(city.now() + 50);
  };
  city.start();
  await city.run(LIT_MS);
  await until('E');
  await city.run(city.now() + 3_000);
  const [group, id] = leaderOf(city) === 'n1n' ? ['S', 'n1s'] : ['N', 'n1n'];
  city.suspend(id, 4_800);
  await until(group);
  // So late that it lets go before the schedule stops waiting for it.
  await city.run(city.now() + 2_800);
  const call = { id: 'fire', intersection: 'x1', group: 'E', forS: 30 };
  city.place(id).propose({ kind: 'preempt.call', ...call });
  await city.run(city.now() + 20_000);
  return city;
};
