/** The part of the streets that is seen: which point is in the middle, and how large a metre is. */
import type { Vector } from './geometry.ts';

export interface Camera {
  /** In the middle of the pane. In metres. */
  readonly at: Vector;
  /** Pixels a metre. */
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const SCALE_MIN = 0.005;
const SCALE_MAX = 8;
/** Room around the streets, for names; below more, for the legend. In pixels. */
const MARGIN = 28;
const LEGEND = 40;

/** All points with so many metres around them, as large as they fit. */
export const fitted = (
  points: readonly Vector[],
  { width, height }: Size,
  aroundM: number,
): Camera => {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  if (points.length === 0) return { at: { x: 0, y: 0 }, scale: 1 };
  const room = (pixels: number) => Math.max(pixels - 2 * MARGIN, pixels / 3);
  const scale = bounded(
    Math.min(
      room(width) / (right - left + 2 * aroundM),
      room(height - LEGEND) / (high - low + 2 * aroundM),
    ),
  );
  const at = { x: (left + right) / 2, y: (low + high) / 2 - LEGEND / 2 / scale };
  return { at, scale };
};

/** Where a point is seen. North is up. */
export const toPane = ({ at, scale }: Camera, { width, height }: Size, point: Vector): Vector => ({
  x: width / 2 + (point.x - at.x) * scale,
  y: height / 2 - (point.y - at.y) * scale,
});

export const toStreets = ({ at, scale }: Camera, size: Size, pixel: Vector): Vector => ({
  x: at.x + (pixel.x - size.width / 2) / scale,
  y: at.y - (pixel.y - size.height / 2) / scale,
});

/** Larger or smaller; what is seen at `pixel` stays there. */
export const zoomed = (camera: Camera, size: Size, pixel: Vector, times: number): Camera => {
  const scale = bounded(camera.scale * times);
  const held = toStreets(camera, size, pixel);
  const moved = toStreets({ at: camera.at, scale }, size, pixel);
  const at = { x: camera.at.x + held.x - moved.x, y: camera.at.y + held.y - moved.y };
  return { at, scale };
};

/** Moved by so many pixels. */
export const panned = ({ at, scale }: Camera, dx: number, dy: number): Camera => ({
  at: { x: at.x - dx / scale, y: at.y + dy / scale },
  scale,
});

const bounded = (scale: number): number => Math.min(SCALE_MAX, Math.max(SCALE_MIN, scale));
