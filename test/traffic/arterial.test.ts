/** Proves that the district that is shipped is sound, and its plan a green wave. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readDistrict } from '../../bin/read-district.ts';
import { conflictsOf, stageSecondsMin } from '../../protocol/check-district.ts';
import { litBy } from '../../protocol/stage.ts';

const district = readDistrict(
  fileURLToPath(new URL('../../districts/arterial.json', import.meta.url)),
);

/** Where a movement crosses the edge of a junction, clockwise: arms N, E, S, W, each in then out. */
const chord = (from: string, to: string): [number, number] => {
  const arm = (name: string) => 'NESW'.indexOf(name.at(-1) ?? '');
  return [arm(from) * 2, arm(to) * 2 + 1];
};

const cross = (a: [number, number], b: [number, number]): boolean => {
  if (a[0] === b[0]) return false;
  if (a[1] === b[1]) return true;
  const isBetween = (point: number) => point > Math.min(...a) && point < Math.max(...a);
  return isBetween(b[0]) !== isBetween(b[1]);
};

describe('the arterial', () => {
  test('has six intersections in a row, served by six nodes, linked both ways', () => {
    expect(district.intersections.map(({ id, node }) => `${id} ${node}`)).toEqual(
      [1, 2, 3, 4, 5, 6].map((k) => `a${k} n${k}`),
    );
    expect(district.expect).toBe(6);
    expect(district.links).toHaveLength(10);
    for (const { from, to, lengthM } of district.links) {
      const [x = 0, y = 0] = [from, to].map(
        (end) => district.intersections.find(({ id }) => id === end)?.position[0],
      );
      expect(lengthM).toBe(Math.abs(x - y));
    }
  });

  test('lists as conflicts exactly the groups whose ways cross, as drawn', () => {
    for (const { groups, conflicts } of district.intersections) {
      const ways = groups.map(({ id, kind, movements = [] }) => ({ id, kind, movements }));
      const expected = ways.flatMap((a, k) =>
        ways.slice(k + 1).flatMap((b) => {
          const meets = a.movements.some((m) =>
            b.movements.some((n) => {
              const walks = [a, b].filter(({ kind }) => kind === 'pedestrian').length;
              if (walks === 2) return false;
              if (walks === 0) return cross(chord(m.from, m.to), chord(n.from, n.to));
              const [walk, drive] = a.kind === 'pedestrian' ? [m, n] : [n, m];
              const arm = walk.from.replace('-walk', '');
              return drive.from === arm || drive.to === arm;
            }),
          );
          return meets ? [[a.id, b.id]] : [];
        }),
      );
      expect(conflicts).toEqual(expected);
    }
  });

  test('lights no two conflicting groups, and every group in some stage', () => {
    for (const intersection of district.intersections) {
      const table = conflictsOf(intersection);
      for (const stage of intersection.stages) {
        const lit = litBy(stage);
        const isPermissive = (id: string) => stage.permissive?.includes(id) ?? false;
        for (const a of lit) {
          for (const b of lit) {
            if (a === b) continue;
            expect(table.allows(a, isPermissive(a), b, isPermissive(b))).toBe(true);
            const isFoe = intersection.conflicts.some(
              (pair) => pair.includes(a) && pair.includes(b),
            );
            expect(isFoe && !isPermissive(a) && !isPermissive(b)).toBe(false);
          }
        }
      }
      const served = new Set(intersection.stages.flatMap(litBy));
      expect(served.size).toBe(intersection.groups.length);
    }
  });

  test('has a plan whose greens reach each intersection when the platoon does', () => {
    const [plan] = district.plans;
    expect(plan?.cycleS).toBe(70);
    for (const intersection of district.intersections) {
      const planned = plan?.intersections.find(({ id }) => id === intersection.id);
      const arrivalS = (intersection.position[0] / 13.9) % 70;
      expect(Math.abs((planned?.offsetS ?? -9) - arrivalS)).toBeLessThanOrEqual(1);
      for (const { stage, splitS } of planned?.splits ?? []) {
        const found = intersection.stages.find(({ id }) => id === stage);
        expect(found && splitS >= stageSecondsMin(intersection, found)).toBe(true);
      }
    }
  });
});
