/** Lamps as bulbs, and the order in which bulbs are switched. */
import { describe, expect, test } from 'vitest';
import {
  type Bulb,
  type Bulbs,
  bulbsFor,
  isFlashing,
  lampOf,
  switchesFor,
} from '../../cabinet/bulbs.ts';
import { claimOf } from '../../cabinet/gate.ts';
import type { Group } from '../../protocol/district.ts';
import type { Lamp } from '../../protocol/lamp.ts';
import { crossing } from './crossing.ts';

const vehicle = { kind: 'vehicle' } as const;
const pedestrian = { kind: 'pedestrian' } as const;
const LAMPS: readonly Lamp[] = [
  ...(['red', 'redAmber', 'green', 'greenPermissive'] as const),
  ...(['amber', 'flashingAmber', 'flashingRed', 'dark'] as const),
];

test.each([
  ['red', 'red', 'red', 'red', 'red'],
  ['redAmber', 'red amber', 'red amber', 'red', 'red'],
  ['green', 'green', 'green', 'green', 'green'],
  ['greenPermissive', 'green', 'green', 'green', 'green'],
  ['amber', 'amber', 'amber', 'green', ''],
  ['flashingAmber', 'amber', '', '', ''],
  ['flashingRed', 'red', '', 'red', ''],
  ['dark', '', '', '', ''],
] as const)('%s shines %s then %s; to pedestrians %s then %s', (lamp, light, dark, walk, wait) => {
  expect(bulbsFor(lamp, vehicle, true).join(' ')).toBe(light);
  expect(bulbsFor(lamp, vehicle, false).join(' ')).toBe(dark);
  expect(bulbsFor(lamp, pedestrian, true).join(' ')).toBe(walk);
  expect(bulbsFor(lamp, pedestrian, false).join(' ')).toBe(wait);
  expect(isFlashing(lamp, vehicle)).toBe(light !== dark);
  if (lamp !== 'flashingAmber') expect(isFlashing(lamp, pedestrian)).toBe(walk !== wait);
});

test('nobody takes bulbs for less than the lamp that was meant, but for those that flash dark', () => {
  for (const lamp of LAMPS) {
    const taken = lampOf(bulbsFor(lamp, vehicle, true));
    if (claimOf(lamp) !== 'none') expect(claimOf(taken)).not.toBe('none');
    else expect(claimOf(taken)).toBe('none');
  }
});

describe('switches of three groups', () => {
  const heads = crossing()
    .groups.slice(0, 3)
    .map((group, k): Group => (k === 2 ? { ...group, kind: 'pedestrian' } : group));
  const bulbs = (lamps: readonly Lamp[]): Bulbs =>
    Object.fromEntries(heads.map((head, k) => [head.id, bulbsFor(lamps[k] ?? 'red', head, true)]));
  const lets = (on: ReadonlySet<string>, id: string) =>
    on.has(`${id} green`) || on.has(`${id} amber`);

  /** The lamps that may follow each, itself among them. */
  const NEXT: Partial<Record<Lamp, readonly Lamp[]>> = {
    red: ['red', 'redAmber', 'green'],
    redAmber: ['redAmber', 'green', 'red'],
    green: ['green', 'amber'],
    amber: ['amber', 'red'],
  };
  const all = Object.keys(NEXT) as Lamp[];
  const changes = all.flatMap((a) =>
    all.flatMap((b) =>
      (NEXT[a] ?? []).flatMap((nextA) =>
        (NEXT[b] ?? []).map((nextB) => [[a, b, 'red'] as const, [nextA, nextB, 'red'] as const]),
      ),
    ),
  );
  const names = (of: Bulbs) =>
    Object.entries(of).flatMap(([id, list]) => list.map((bulb: Bulb) => `${id} ${bulb}`));

  test('end whatever ends before anything begins, and leave no head dark, wherever they stop', () => {
    expect(changes).toHaveLength(100);
    for (const [before, after] of changes) {
      const on = new Set(names(bulbs(before ?? [])));
      const wanted = bulbs(after ?? []);
      const begins = heads.filter(({ id }) => !lets(on, id) && wanted[id]?.join() !== 'red');
      const ends = heads.filter(({ id }) => lets(on, id) && wanted[id]?.join() === 'red');
      for (const { group, bulb, isOn } of switchesFor(heads, wanted)) {
        if (isOn) on.add(`${group} ${bulb}`);
        else on.delete(`${group} ${bulb}`);
        const dark = heads.filter(({ id }) => ![...on].some((name) => name.startsWith(id)));
        expect({ before, after, dark }).toEqual({ before, after, dark: [] });
        const hasBegun = begins.some(({ id }) => lets(on, id));
        if (hasBegun) expect(ends.filter(({ id }) => lets(on, id))).toEqual([]);
      }
      expect([...on].sort()).toEqual(names(wanted).sort());
    }
  });
});
