/**
 * Proves on seven real networks that no imported stage lights two foes unless one of them is
 * permissive and must yield, judged by a second reading of the network that shares no code.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkDistrict, conflictsOf } from '../../protocol/check-district.ts';
import type { Intersection } from '../../protocol/district.ts';
import { filteredPairs, rawLights } from './raw-network.ts';
import {
  hasScenarios,
  importText,
  SCENARIOS,
  type Scenario,
  scenarioFile,
  tellLeftOut,
} from './read-fixture.ts';

tellLeftOut('the import of the seven scenarios against their raw matrices');

/** Pairs of foes that are `G` with a yielding `g`, as the scenarios’ own description counts them. */
const FILTERED: Record<Scenario, number> = {
  arterial4x4: 32,
  cologne1: 16,
  cologne3: 38,
  cologne8: 73,
  grid4x4: 0,
  ingolstadt1: 3,
  ingolstadt7: 27,
};

const known = new Map<Scenario, ReturnType<typeof bothWays>>();

const bothWays = async (name: Scenario) => {
  const text = readFileSync(scenarioFile(name), 'utf8');
  return { lights: rawLights(text), ...(await importText(text)) };
};

/** The network as imported, and as read by the other code; each is read once. */
const imported = (name: Scenario) => {
  const reading = known.get(name) ?? bothWays(name);
  known.set(name, reading);
  return reading;
};

/** Each signal index, with its group. */
const groupsByLink = ({ groups }: Intersection): Map<number, string> =>
  new Map(groups.flatMap(({ id, movements = [] }) => movements.map(({ link }) => [link, id])));

describe.skipIf(!hasScenarios).each(SCENARIOS)('%s', (name) => {
  test('makes a district that passes every check, without a warning', async () => {
    const { district, warnings, lights } = await imported(name);
    expect(checkDistrict(district)).toHaveProperty('district');
    expect(warnings).toEqual([]);
    expect(district.intersections.map(({ id }) => id)).toEqual([...lights.keys()]);
  });

  test('lights two foes only where one is permissive and must yield', async () => {
    const { district, lights } = await imported(name);
    for (const intersection of district.intersections) {
      const raw = lights.get(intersection.id);
      expect(raw?.foes.size).toBeGreaterThan(0);
      for (const { id, green, permissive = [] } of intersection.stages) {
        const linksOf = (groups: string[]) =>
          [...groupsByLink(intersection)].filter(([, group]) => groups.includes(group));
        const protectedLinks = linksOf(green).map(([link]) => link);
        const permissiveLinks = linksOf(permissive).map(([link]) => link);
        const place = `${intersection.id} ${id}`;
        for (const a of [...protectedLinks, ...permissiveLinks]) {
          for (const b of raw?.foes.get(a) ?? []) {
            expect(protectedLinks.includes(a) && protectedLinks.includes(b), place).toBe(false);
            const isHeld = (x: number, y: number) =>
              permissiveLinks.includes(x) && raw?.response.get(x)?.has(y);
            const isLit = protectedLinks.includes(b) || permissiveLinks.includes(b);
            expect(!isLit || isHeld(a, b) || isHeld(b, a), `${place}: ${a} and ${b}`).toBe(true);
          }
        }
      }
    }
  });

  test('lists every pair of foes as a conflict, and no other', async () => {
    const { district, lights } = await imported(name);
    for (const intersection of district.intersections) {
      const groups = groupsByLink(intersection);
      const pair = (a: string | undefined, b: string | undefined) => [a, b].sort().join(' ');
      const expected = [...(lights.get(intersection.id)?.foes ?? [])].flatMap(([a, others]) =>
        [...others].map((b) => pair(groups.get(a), groups.get(b))),
      );
      const found = intersection.conflicts.map(([a, b]) => pair(a, b));
      expect(found.sort()).toEqual([...new Set(expected)].sort());
    }
  });

  test('keeps each filter turn of the network, as a yield of its groups', async () => {
    const { district, lights } = await imported(name);
    let count = 0;
    for (const intersection of district.intersections) {
      const raw = lights.get(intersection.id);
      const groups = groupsByLink(intersection);
      const table = conflictsOf(intersection);
      for (const [a, b] of raw ? filteredPairs(raw) : []) {
        count++;
        expect(table.yields(groups.get(a) ?? '', groups.get(b) ?? '')).toBe(true);
      }
    }
    expect(count).toBe(FILTERED[name]);
  });

  test('shows each state of the network without yellow as a stage', async () => {
    const { district, lights } = await imported(name);
    for (const intersection of district.intersections) {
      const groups = [...groupsByLink(intersection)];
      const as = (state: string, letter: string) =>
        [...new Set(groups.flatMap(([link, id]) => (state[link] === letter ? [id] : [])))].sort();
      const states = lights.get(intersection.id)?.states.filter((state) => !/y/i.test(state)) ?? [];
      const wanted = states.map((state) => JSON.stringify([as(state, 'G'), as(state, 'g')]));
      const stages = intersection.stages.map(({ green, permissive = [] }) =>
        JSON.stringify([[...green].sort(), [...permissive].sort()]),
      );
      expect(stages.sort()).toEqual([...new Set(wanted)].sort());
      expect(intersection.programs).toHaveLength(1);
    }
  });
});

describe.skipIf(!hasScenarios)('gneJ210 of ingolstadt7', () => {
  test('lists the lanes that leave one edge and merge, and lights them together', async () => {
    const { district, lights } = await imported('ingolstadt7');
    const junction = district.intersections.find(({ id }) => id === 'gneJ210');
    if (!junction) throw new Error('no gneJ210');
    expect([...(lights.get('gneJ210')?.sameEdge ?? [])].sort(([a], [b]) => a - b)).toEqual([
      [6, new Set([8])],
      [7, new Set([9])],
      [8, new Set([6])],
      [9, new Set([7])],
    ]);
    const groups = groupsByLink(junction);
    expect(junction.merges).toEqual([[groups.get(6), groups.get(8)]]);
    expect([groups.get(6), groups.get(8)]).toEqual([groups.get(7), groups.get(9)]);
    expect(junction.conflicts).not.toContainEqual([groups.get(6), groups.get(8)]);
    const together = junction.stages.filter(
      ({ green }) => green.includes(groups.get(6) ?? '') && green.includes(groups.get(8) ?? ''),
    );
    expect(together).toHaveLength(1);
  });
});

describe.skipIf(!hasScenarios)('grid4x4', () => {
  test('notes on every right turn that it may turn after a stop', async () => {
    const { district } = await imported('grid4x4');
    for (const { groups } of district.intersections) {
      for (const { movements = [] } of groups) {
        for (const { direction, stopThenTurn = false } of movements) {
          expect(stopThenTurn).toBe(direction === 'r');
        }
      }
    }
  });

  test('links each intersection with its neighbours, both ways', async () => {
    const { district } = await imported('grid4x4');
    expect(district.links).toHaveLength(48);
    for (const { lengthM } of district.links ?? []) expect(lengthM).toBeCloseTo(300, 0);
  });
});
