/** The streets of the map, as grey bands, and those that lead out of the district. */
import type { RoadTold } from '../../../protocol/traffic.ts';
import { toPane } from './camera.ts';
import type { Look } from './draw.ts';
import { STOP } from './road-path.ts';

/** How long the roads at the edge are. In metres; 0 where nobody tells of any. */
export const edgeOf = (roads: readonly RoadTold[]): number =>
  roads.reduce((most, { towards, lengthM }) => (towards ? Math.max(most, lengthM) : most), 0);

export const drawStreets = (
  context: CanvasRenderingContext2D,
  { scene, camera, size, paint, moment }: Look,
  { radius, street }: { readonly radius: number; readonly street: number },
): void => {
  const path = new Path2D();
  // Roads at the edge are as long as their traffic needs them, where there is any.
  const edgeM = edgeOf(moment.picture.traffic?.roads ?? []);
  const out = Math.max(radius * 2, edgeM > 0 ? radius * STOP + edgeM * camera.scale : 0);
  for (const { from, to } of scene.streets) {
    const [a, b] = [toPane(camera, size, from.at), toPane(camera, size, to.at)];
    path.moveTo(a.x, a.y);
    path.lineTo(b.x, b.y);
  }
  for (const { at, stubs } of scene.crossings) {
    const centre = toPane(camera, size, at);
    for (const { x, y } of stubs) {
      path.moveTo(centre.x, centre.y);
      path.lineTo(centre.x + x * out, centre.y - y * out);
    }
  }
  context.lineCap = 'butt';
  context.strokeStyle = paint.kerb;
  context.lineWidth = street + 2;
  context.stroke(path);
  context.strokeStyle = paint.street;
  context.lineWidth = street;
  context.stroke(path);
  const squares = new Path2D();
  for (const { at } of scene.crossings) {
    const { x, y } = toPane(camera, size, at);
    squares.moveTo(x, y);
    squares.arc(x, y, radius * 0.86, 0, 2 * Math.PI);
  }
  if (street >= 10) {
    context.strokeStyle = paint.kerb;
    context.lineWidth = 1;
    context.setLineDash([6, 6]);
    context.stroke(path);
    context.setLineDash([]);
  }
  context.fillStyle = paint.street;
  context.fill(squares);
};
