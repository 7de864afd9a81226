/** The two sides of a line that somebody draws across the map. */
import { type Camera, type Size, toPane } from './camera.ts';
import type { Vector } from './geometry.ts';
import type { Scene } from './scene.ts';

/** The nodes on the left of a line, and those on its right: by where their intersections are. */
export const sidesOf = (
  scene: Scene,
  { camera, size }: { camera: Camera; size: Size },
  [a, b]: readonly [Vector, Vector],
): [string[], string[]] => {
  const sides: [string[], string[]] = [[], []];
  for (const [node, crossing] of scene.crossingOf) {
    const { x, y } = toPane(camera, size, crossing.at);
    const isLeft = (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) < 0;
    sides[isLeft ? 0 : 1].push(node);
  }
  return sides;
};
