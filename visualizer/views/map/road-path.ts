/**
 * Where somebody on a road is seen. Intersections are drawn larger than life, so roads have less room
 * than their length: the beginning of a road is the way over the intersection behind it, from stop
 * line to exit, and the rest is to scale between there and the next stop line. Pure, in pixels.
 */
import type { RoadTold } from '../../../protocol/traffic.ts';
import { BEGINNING } from '../../traffic-seen.ts';
import { type Camera, type Size, toPane } from './camera.ts';
import { direction, type Vector } from './geometry.ts';
import type { Scene } from './scene.ts';

/** From the centre, in radii of an intersection: its stop lines, behind the signals, and exits. */
export const STOP = 1.5;
const EXIT = 0.9;
/** What the way over an intersection takes of a road, of what it is drawn as. */
const CROSSING = 0.5;
const CROSSING_M_MIN = 15;

/** A place on the pane, and which way one drives there. */
export interface Seen extends Vector {
  readonly ahead: Vector;
}

export interface RoadPath {
  /** Along the straight part. In pixels a metre. */
  readonly scale: number;
  /** Of one lane. In pixels. */
  readonly laneWidth: number;
  readonly crossingM: number;
  /** On the straight part. */
  at(lane: number, m: number): Seen;
  /** The stop line of a lane; where lanes begin, beyond the intersection. */
  stop(lane: number): Seen;
  exit(lane: number): Seen;
}

interface View {
  readonly scene: Scene;
  readonly camera: Camera;
  readonly size: Size;
  readonly radius: number;
  readonly street: number;
}

/** The path of a road, if both its ends are on the map. */
export const pathOf = (road: RoadTold, view: View): RoadPath | undefined => {
  const { scene, camera, size, radius, street } = view;
  const centreOf = (id: string | undefined) => {
    const crossing = id === undefined ? undefined : scene.byId.get(id);
    return crossing && toPane(camera, size, crossing.at);
  };
  const [from, to] = [centreOf(road.from), centreOf(road.to)];
  const [x = 0, y = 0] = road.towards ?? [];
  const out: Vector = { x, y: -y };
  const edge = road.lengthM * camera.scale;
  const ahead = from && to ? direction(from, to) : to ? { x: -out.x, y: -out.y } : out;
  const centre = from ?? to;
  if (!centre) return undefined;
  const first = from
    ? moved(from, ahead, radius * EXIT)
    : moved(centre, ahead, -radius * STOP - edge);
  const last = to ? moved(to, ahead, -radius * STOP) : moved(centre, ahead, radius * EXIT + edge);
  const pixels = Math.max(0, (last.x - first.x) * ahead.x + (last.y - first.y) * ahead.y);
  const inside = ((STOP + EXIT) * radius * CROSSING) / camera.scale;
  const crossingM = from ? Math.min(road.lengthM * BEGINNING, Math.max(CROSSING_M_MIN, inside)) : 0;
  const scale = pixels / (road.lengthM - crossingM);
  const laneWidth = street / 2 / Math.max(1, road.lanes.length);
  const aside = (at: Vector, lane: number): Seen => {
    // Traffic keeps right.
    const by = (lane + 0.5) * laneWidth;
    return { x: at.x - ahead.y * by, y: at.y + ahead.x * by, ahead };
  };
  return {
    ...{ scale, laneWidth, crossingM },
    at: (lane, m) => aside(moved(first, ahead, Math.max(0, m - crossingM) * scale), lane),
    stop: (lane) => aside(last, lane),
    exit: (lane) => aside(first, lane),
  };
};

const moved = ({ x, y }: Vector, by: Vector, pixels: number): Vector => ({
  x: x + by.x * pixels,
  y: y + by.y * pixels,
});

/** On the way over an intersection, from a stop line to an exit: part 0 to 1 of it. */
export const crossing = (from: Seen, to: Seen, part: number): Seen => {
  const bend = bendOf(from, to);
  const [a, b, c] = [(1 - part) ** 2, 2 * part * (1 - part), part ** 2];
  const at = { x: a * from.x + b * bend.x + c * to.x, y: a * from.y + b * bend.y + c * to.y };
  const towards = {
    x: (1 - part) * (bend.x - from.x) + part * (to.x - bend.x),
    y: (1 - part) * (bend.y - from.y) + part * (to.y - bend.y),
  };
  return { ...at, ahead: direction({ x: 0, y: 0 }, towards) };
};

/** Where the two ways meet; in the middle, where they do not. */
const bendOf = (from: Seen, to: Seen): Vector => {
  const cross = from.ahead.x * to.ahead.y - from.ahead.y * to.ahead.x;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const along = (dx * to.ahead.y - dy * to.ahead.x) / cross;
  const back = (dx * from.ahead.y - dy * from.ahead.x) / cross;
  if (Math.abs(cross) < 0.2 || along < 0 || back > 0) {
    return { x: from.x + dx / 2, y: from.y + dy / 2 };
  }
  return moved(from, from.ahead, along);
};
