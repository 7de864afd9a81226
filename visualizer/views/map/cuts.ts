/** What faults of the network look like on the map: crosses where links are cut, dots where some is lost. */
import type { Moment } from '../../desk.ts';
import { isCut } from '../../picture.ts';
import { toPane } from './camera.ts';
import type { Look } from './draw.ts';
import { type Crossing, direction } from './geometry.ts';
import type { Scene } from './scene.ts';

/** Streets between intersections whose nodes cannot talk, with a cross in the middle. */
export const drawCuts = (
  context: CanvasRenderingContext2D,
  { scene, camera, size, paint, moment }: Look,
  radius: number,
): void => {
  const { network } = moment.picture;
  const cross = Math.max(4, radius * 0.22);
  context.strokeStyle = paint.bad;
  for (const { from, to } of pairsOf(scene, moment)) {
    const [a, b] = [toPane(camera, size, from.at), toPane(camera, size, to.at)];
    const away = direction(a, b);
    context.lineWidth = 2;
    context.setLineDash([5, 4]);
    context.beginPath();
    context.moveTo(a.x + away.x * radius, a.y + away.y * radius);
    context.lineTo(b.x - away.x * radius, b.y - away.y * radius);
    context.stroke();
    context.setLineDash([]);
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(middle.x - cross, middle.y - cross);
    context.lineTo(middle.x + cross, middle.y + cross);
    context.moveTo(middle.x + cross, middle.y - cross);
    context.lineTo(middle.x - cross, middle.y + cross);
    context.stroke();
  }
  if (network.lossRatio <= 0) return;
  context.strokeStyle = paint.warn;
  context.lineWidth = 2;
  context.setLineDash([1, 7]);
  context.beginPath();
  for (const { from, to } of scene.streets) {
    const [a, b] = [toPane(camera, size, from.at), toPane(camera, size, to.at)];
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
  }
  context.stroke();
  context.setLineDash([]);
};

/** Neighbours that a partition parts, and any two nodes between which a link is cut. */
const pairsOf = (scene: Scene, { picture }: Moment): { from: Crossing; to: Crossing }[] => {
  const { network } = picture;
  const pairs: { from: Crossing; to: Crossing }[] =
    network.sides.length === 0
      ? []
      : scene.streets.filter(({ from, to }) => {
          const [a, b] = [scene.nodes.get(from.id) ?? [], scene.nodes.get(to.id) ?? []];
          return a.some((one) => b.some((other) => isCut(network, one, other)));
        });
  for (const [from, to] of network.cuts) {
    const [a, b] = [scene.crossingOf.get(from), scene.crossingOf.get(to)];
    if (a && b && a !== b) pairs.push({ from: a, to: b });
  }
  return pairs;
};
