/**
 * What faults of the network look like on the map: crosses where links are cut, dots where some is
 * lost, long dashes and a number where a link is slow.
 */
import type { Moment } from '../../desk.ts';
import { isCut } from '../../network-picture.ts';
import { toPane } from './camera.ts';
import type { Look } from './draw.ts';
import { type Crossing, direction, type Vector } from './geometry.ts';
import { font, type Paint } from './paint.ts';
import type { Scene } from './scene.ts';

type Faulty = Pick<Look, 'scene' | 'camera' | 'size' | 'paint' | 'moment'>;

/** Streets between intersections whose nodes cannot talk, with a cross in the middle. */
export const drawCuts = (
  context: CanvasRenderingContext2D,
  { scene, camera, size, paint, moment }: Faulty,
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
  drawSlow(context, { scene, camera, size, paint, moment }, radius);
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

/** Links that take longer, with how much. */
const drawSlow = (
  context: CanvasRenderingContext2D,
  { scene, camera, size, paint, moment }: Faulty,
  radius: number,
): void => {
  for (const [from, to, ms] of moment.picture.network.slow) {
    const [one, other] = [scene.crossingOf.get(from), scene.crossingOf.get(to)];
    // Both ways are slow alike: one is drawn.
    if (!one || !other || one === other || from > to) continue;
    const [a, b] = [toPane(camera, size, one.at), toPane(camera, size, other.at)];
    const away = direction(a, b);
    context.strokeStyle = paint.warn;
    context.lineWidth = 2;
    context.setLineDash([12, 4]);
    context.beginPath();
    context.moveTo(a.x + away.x * radius, a.y + away.y * radius);
    context.lineTo(b.x - away.x * radius, b.y - away.y * radius);
    context.stroke();
    context.setLineDash([]);
    drawLabel(context, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, { text: `+${ms} ms`, paint });
  }
};

const drawLabel = (
  context: CanvasRenderingContext2D,
  { x, y }: Vector,
  { text, paint }: { text: string; paint: Paint },
): void => {
  context.font = font(11, 600);
  const width = context.measureText(text).width + 10;
  context.fillStyle = paint.panel;
  context.strokeStyle = paint.warn;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x - width / 2, y - 9, width, 18, 9);
  context.fill();
  context.stroke();
  context.fillStyle = paint.warn;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x, y + 0.5);
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
