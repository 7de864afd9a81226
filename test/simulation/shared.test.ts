/** Shared intersections in whole cities: leaders that die, groups that part, nodes that move. */
import { expect, test } from 'vitest';
import { type GrantRights, tailMs } from '../../machines/granting.ts';
import { settlingMs } from '../../machines/rights.ts';
import type { Group } from '../../protocol/district.ts';
import { lan } from '../../protocol/timing.ts';
import { type City, createCity } from '../../simulation/city.ts';
import { leaderOf, load } from '../../simulation/load.ts';
import { type Sharers, sharedTown } from '../../simulation/shared-town.ts';
import { LIT_MS, movedApart } from './shared-words.ts';

const MINUTE_MS = 60_000;

const shared = (mix: readonly Sharers[], seed: number): City => {
  const clocks = { offsetMsMax: 100_000_000, driftPpmMax: lan().clockDriftPpmMax };
  const city = createCity({ seed, district: sharedTown(mix), clocks });
  city.start();
  load(city, 3_000);
  return city;
};

const greensOf = (city: City) => city.invariants.streets.counts.greens;

test('the death of a leader at any moment costs no green of those who live', async () => {
  const city = shared([4, 4], 61);
  await city.run(LIT_MS);
  expect(greensOf(city)).toBeGreaterThan(0);
  const draw = city.random('deaths');
  for (let k = 0; k < 6; k += 1) {
    await city.run(city.now() + draw.between(5_000, 25_000));
    const before = greensOf(city);
    const leader = leaderOf(city) as string;
    city.kill(leader, { silent: draw.chance(0.5) });
    await city.run(city.now() + 20_000);
    city.restart(leader);
    // 'greens are kept' watches that none is cut short; and new ones come meanwhile.
    expect(city.violations).toEqual([]);
    expect(greensOf(city)).toBeGreaterThan(before);
  }
}, 120_000);

test('fresh nodes show red until no right of a former group can be lit any more', async () => {
  const city = shared([4], 62);
  await city.run(settlingMs(lan()));
  expect(greensOf(city)).toBe(0);
  await city.run(LIT_MS);
  expect(greensOf(city)).toBeGreaterThan(0);
  expect(city.violations).toEqual([]);
}, 60_000);

test('the first stage after flashing is lit from the start of its right to the end', async () => {
  const lit: { group: string; lamp: string; t: number }[] = [];
  const grants: GrantRights[] = [];
  const city = createCity({
    seed: 66,
    district: sharedTown([4]),
    journal: (line) => {
      if (line.kind === 'lamps') {
        const all = Object.entries(line.lamps).map(([group, lamp]) => ({ group, lamp, t: line.t }));
        lit.push(...all);
      }
      if (line.kind !== 'fact' || line.event.type !== 'replica.committed') return;
      if (line.event.command.kind === 'right.grant') grants.push(line.event.command);
    },
  });
  city.start();
  await city.run(LIT_MS);
  const [first] = grants;
  for (const { group, fromMs } of first?.grants ?? []) {
    const own = lit.filter((one) => one.group === group);
    const green = own.findIndex(({ lamp }) => lamp === 'green');
    const amber = own.findIndex(({ lamp }, k) => k > green && lamp === 'amber');
    const rights = grants.flatMap(({ grants: all }) => all).filter((one) => one.group === group);
    const ends = rights.filter((one) => one.fromMs === fromMs).map(({ untilMs }) => untilMs);
    const described = sharedTown([4]).intersections[0]?.groups.find(({ id }) => id === group);
    const grantedMs = Math.max(...ends) - fromMs - tailMs(described as Group);
    const lastedMs = (own[amber]?.t ?? 0) - (own[green]?.t ?? 0);
    expect(Math.abs(lastedMs - grantedMs)).toBeLessThan(100);
  }
  expect(first?.grants.length).toBeGreaterThan(0);
}, 60_000);

test('two groups never both serve an intersection, though one does not know of the other', async () => {
  const { city, moved } = await movedApart({ createCity });
  // The former group goes on as was granted, then nobody serves; then the other has settled.
  await city.run(city.now() + 20_000);
  const left = greensOf(city);
  await city.run(city.now() + settlingMs(lan()) + 40_000);
  expect(city.violations).toEqual([]);
  expect(greensOf(city)).toBeGreaterThan(left);
  city.heal();
  await city.run(city.now() + 2 * MINUTE_MS);
  expect(city.violations).toEqual([]);
  const groups = moved.map((id) => city.place(id).stateOf('membership')?.context);
  expect(new Set(groups.map((known) => (known as { group: string }).group)).size).toBe(1);
  const healed = greensOf(city);
  await city.run(city.now() + MINUTE_MS);
  expect(greensOf(city)).toBeGreaterThan(healed);
}, 120_000);
