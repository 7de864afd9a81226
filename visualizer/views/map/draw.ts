/**
 * Draws the map: streets, signals, who leads, what is cut. Positions are to scale; signals are larger
 * than life, as large as the distance to the next ones allows.
 */
import type { Moment, Selection } from '../../desk.ts';
import { lampsOf } from '../../lamps-told.ts';
import { leaderOf, type NodePicture, roleOf } from '../../picture.ts';
import { drawBadge } from './badge.ts';
import { type Camera, type Size, toPane } from './camera.ts';
import { drawCuts } from './cuts.ts';
import type { Crossing, Head, Vector } from './geometry.ts';
import { drawLamp, isOn, lampColour } from './lamp-shape.ts';
import { drawMessages } from './messages.ts';
import { font, type Paint } from './paint.ts';
import type { Scene } from './scene.ts';
import { drawStreets } from './streets.ts';
import { drawTraffic } from './traffic.ts';

export interface Look {
  readonly scene: Scene;
  readonly moment: Moment;
  readonly camera: Camera;
  readonly size: Size;
  readonly paint: Paint;
  readonly selection: Selection;
  /** The line that is drawn to part the network. In pixels. */
  readonly line: readonly [Vector, Vector] | undefined;
  /** For flashing. */
  readonly nowMs: number;
}

/** How large things are at this zoom. In pixels. */
interface Measures {
  /** From the centre of a crossing to its stop lines. */
  readonly radius: number;
  readonly lamp: number;
  readonly street: number;
}

/** Below this radius names are left out, but for what is selected or leads. */
const NAMED_PX = 13;

export const measuresOf = ({ scene, camera }: { scene: Scene; camera: Camera }): Measures => {
  const block = scene.blockM * camera.scale;
  const radius = Math.min(88, Math.max(5, block * 0.21));
  return {
    radius,
    lamp: Math.min(13, Math.max(2.2, radius * 0.2)),
    street: Math.max(4, radius * 1.05),
  };
};

export const draw = (context: CanvasRenderingContext2D, look: Look): void => {
  const { size, paint, scene, moment } = look;
  const measures = measuresOf(look);
  context.fillStyle = paint.ground;
  context.fillRect(0, 0, size.width, size.height);
  drawStreets(context, look, measures);
  drawTraffic(context, look, measures);
  drawMessages(context, look);
  for (const crossing of scene.crossings) drawHeads(context, look, measures, crossing);
  drawCuts(context, look, measures.radius);
  const leader = leaderOf(moment.picture)?.node;
  for (const crossing of scene.crossings) drawNames(context, look, measures, { crossing, leader });
  if (look.line) drawLine(context, look.line, paint);
};

/** Whether anything of a crossing can be seen. */
const isSeen = ({ x, y }: Vector, { width, height }: Size, around: number): boolean =>
  x > -around && y > -around && x < width + around && y < height + around;

const drawHeads = (
  context: CanvasRenderingContext2D,
  look: Look,
  measures: Measures,
  crossing: Crossing,
): void => {
  const { camera, size, paint, moment, nowMs, scene } = look;
  const { radius, lamp: large } = measures;
  const centre = toPane(camera, size, crossing.at);
  if (!isSeen(centre, size, radius * 3)) return;
  const intersection = scene.intersections.get(crossing.id);
  if (!intersection) return;
  const { lamps, isTold } = lampsOf(moment.picture, intersection);
  const isLit = isOn(nowMs);
  for (const head of crossing.heads) {
    const lamp = lamps?.[head.group];
    const place = placeOf(head, centre, measures);
    if (head.kind === 'pedestrian' && !head.isLost) {
      drawStripes(context, { head, centre, measures, colour: lampColour(lamp, paint) });
    }
    const around = large * 1.55;
    context.fillStyle = paint.head;
    context.beginPath();
    context.roundRect(place.x - around, place.y - around, around * 2, around * 2, around * 0.5);
    context.fill();
    // What is only told is smaller: it may be amber by now.
    const lampSize = isTold ? large * 0.7 : large;
    drawLamp(context, place, { lamp, radius: lampSize, paint, isLit });
  }
};

/** The heads of an approach stand side by side at its stop line; walkers' at the crossing's side. */
const placeOf = (
  { towards, lane, kind, isLost }: Head,
  centre: Vector,
  { radius, lamp }: Measures,
): Vector => {
  if (isLost) {
    const out = radius * 1.42 + lane * lamp * 3.3;
    return { x: centre.x + towards.x * out, y: centre.y - towards.y * out };
  }
  const isWalk = kind === 'pedestrian';
  const out = isWalk ? radius * 0.72 : radius * 1.12;
  const first = isWalk ? -lamp * 2.4 : lamp * 1.7;
  const aside = first - (isWalk ? lane : -lane) * lamp * 3.3;
  // Traffic keeps right: seen from the centre, the lanes that come in are on the left.
  return {
    x: centre.x + towards.x * out - towards.y * aside,
    y: centre.y - towards.y * out - towards.x * aside,
  };
};

interface Stripes {
  readonly head: Head;
  readonly centre: Vector;
  readonly measures: Measures;
  readonly colour: string;
}

const drawStripes = (
  context: CanvasRenderingContext2D,
  { head, centre, measures, colour }: Stripes,
): void => {
  const { radius, street } = measures;
  if (radius < NAMED_PX) return;
  const { x, y } = head.towards;
  const middle = { x: centre.x + x * radius * 0.72, y: centre.y - y * radius * 0.72 };
  const half = street * 0.45;
  context.strokeStyle = colour;
  context.globalAlpha = 0.55;
  context.lineWidth = radius * 0.16;
  context.setLineDash([2.5, 2.5]);
  context.beginPath();
  context.moveTo(middle.x - y * half, middle.y - x * half);
  context.lineTo(middle.x + y * half, middle.y + x * half);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
};

const drawNames = (
  context: CanvasRenderingContext2D,
  look: Look,
  { radius }: Measures,
  { crossing, leader }: { crossing: Crossing; leader: string | undefined },
): void => {
  const { camera, size, paint, moment, selection, scene } = look;
  const centre = toPane(camera, size, crossing.at);
  if (!isSeen(centre, size, radius * 3)) return;
  const nodes = scene.nodes.get(crossing.id) ?? [];
  const isChosen =
    selection.intersection === crossing.id ||
    (selection.node !== undefined && nodes.includes(selection.node));
  if (isChosen) drawRing(context, centre, radius, paint);
  const pictures = nodes.flatMap((node) => moment.picture.nodes.get(node) ?? []);
  const isTold = (node: NodePicture) =>
    radius >= NAMED_PX || isChosen || node.node === leader || roleOf(node) !== 'backup';
  // Beside the street, where no approach has its heads.
  const place = { x: centre.x + radius * 1.2, y: centre.y + radius * 0.62 };
  const told = pictures.filter(isTold);
  told.forEach((node, k) => {
    const isSmall = radius < NAMED_PX && !isChosen && node.node !== leader;
    const at = { x: place.x, y: place.y + 10 + k * 21 };
    drawBadge(context, at, { node, paint, isSmall, isLeader: node.node === leader });
  });
  if (radius < 24) return;
  context.font = font(11);
  context.fillStyle = paint.faint;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.fillText(crossing.id, place.x + 6, place.y + 2 + told.length * 21);
};

const drawRing = (
  context: CanvasRenderingContext2D,
  { x, y }: Vector,
  radius: number,
  paint: Paint,
): void => {
  context.strokeStyle = paint.accent;
  context.lineWidth = 2.5;
  context.beginPath();
  context.arc(x, y, radius * 1.5 + 4, 0, 2 * Math.PI);
  context.stroke();
};

const drawLine = (
  context: CanvasRenderingContext2D,
  [a, b]: readonly [Vector, Vector],
  paint: Paint,
): void => {
  context.strokeStyle = paint.bad;
  context.lineWidth = 2;
  context.setLineDash([8, 5]);
  context.beginPath();
  context.moveTo(a.x, a.y);
  context.lineTo(b.x, b.y);
  context.stroke();
  context.setLineDash([]);
};
