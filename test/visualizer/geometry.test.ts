/** Signal heads stand where their traffic comes from, and the map moves as one expects. */
import { expect, test } from 'vitest';
import { town } from '../../simulation/town.ts';
import type { Streets } from '../../visualizer/picture.ts';
import { districtNamed } from '../../visualizer/sources/districts.ts';
import { fitted, panned, toPane, toStreets, zoomed } from '../../visualizer/views/map/camera.ts';
import { crossingsOf } from '../../visualizer/views/map/geometry.ts';
import { sidesOf } from '../../visualizer/views/map/parting.ts';
import { sceneOf } from '../../visualizer/views/map/scene.ts';

const side = ({ x, y }: { x: number; y: number }) =>
  Math.abs(x) > Math.abs(y) ? (x > 0 ? 'E' : 'W') : y > 0 ? 'N' : 'S';

const heads = ({ intersections, links }: Streets, id: string) => {
  const crossing = crossingsOf(intersections, links).find((one) => one.id === id);
  return (crossing?.heads ?? [])
    .filter(({ isLost }) => !isLost)
    .map(({ group, towards, lane }) => `${group} ${side(towards)}${lane}`)
    .sort();
};

test('groups that are named by the compass stand on the streets that lie there', () => {
  expect(heads(town(9), 'x5')).toEqual(['EW E0', 'EW W0', 'NS N0', 'NS S0']);
});

test('lanes of an approach stand from the middle of the street to the kerb: left, ahead, right', async () => {
  const placed = heads(await districtNamed('arterial'), 'a1');
  expect(placed.filter((head) => head.startsWith('W-'))).toEqual(['W-l W0', 'W-r W2', 'W-s W1']);
  expect(placed).toContain('N-ped N0');
});

test.each(['arterial', 'shared'] as const)('every group of %s has a head', async (name) => {
  const { intersections, links } = await districtNamed(name);
  for (const crossing of crossingsOf(intersections, links)) {
    const groups = intersections.find(({ id }) => id === crossing.id)?.groups ?? [];
    const shown = new Set(crossing.heads.map(({ group }) => group));
    expect(groups.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
  }
});

const size = { width: 800, height: 600 };

test('what is under the pointer stays there while one zooms', () => {
  const camera = { at: { x: 40, y: -10 }, scale: 0.7 };
  const pixel = { x: 123, y: 456 };
  const before = toStreets(camera, size, pixel);
  const after = toStreets(zoomed(camera, size, pixel, 2.5), size, pixel);
  expect(after.x).toBeCloseTo(before.x);
  expect(after.y).toBeCloseTo(before.y);
});

test('a point moves with the pointer that drags it, and north is up', () => {
  const camera = { at: { x: 0, y: 0 }, scale: 2 };
  const point = { x: 10, y: 10 };
  const [was, is] = [camera, panned(camera, 30, 20)].map((one) => toPane(one, size, point));
  expect([is!.x - was!.x, is!.y - was!.y]).toEqual([30, 20]);
  expect(was!.y).toBeLessThan(size.height / 2);
});

test('all streets fit, with room around them', () => {
  const { crossings, blockM } = sceneOf(town(200));
  const camera = fitted(
    crossings.map(({ at }) => at),
    size,
    blockM / 2,
  );
  for (const { at } of crossings) {
    const { x, y } = toPane(camera, size, at);
    expect(x > 20 && y > 20 && x < size.width - 20 && y < size.height - 20).toBe(true);
  }
});

test('a line across the map parts the nodes on its two sides', () => {
  const scene = sceneOf(town(4, { shape: 'line' }));
  const camera = fitted(
    scene.crossings.map(({ at }) => at),
    size,
    100,
  );
  const line = [
    { x: 400, y: 0 },
    { x: 400, y: 600 },
  ] as const;
  const sides = sidesOf(scene, { camera, size }, line).map((nodes) => nodes.join(' '));
  expect(sides.sort()).toEqual(['n1 n2', 'n3 n4']);
});
