/**
 * Traffic on the map: a bar for each vehicle, blue while it drives and orange while it stands, so
 * that a queue is a row of orange bars behind its stop line.
 */
import { type Driver, driversAt } from '../../traffic-seen.ts';
import type { Look } from './draw.ts';
import { crossing, pathOf, type RoadPath, type Seen } from './road-path.ts';

/** A car, and what it takes of a queue. In metres. */
const CAR_M = 4.8;
/** Whatever the zoom: who is thinner or shorter is not seen. In pixels. */
const LENGTH_PX_MIN = 3.6;
const WIDTH_PX_MIN = 4.5;
/** Its width, of its length. */
const SLIM = 0.55;

interface Measures {
  readonly radius: number;
  readonly street: number;
}

interface LanePlace {
  readonly path: RoadPath;
  /** From the middle of the street to the kerb. */
  readonly lane: number;
}

export const drawTraffic = (
  context: CanvasRenderingContext2D,
  look: Look,
  measures: Measures,
): void => {
  const { moment, paint, size } = look;
  const { traffic } = moment.picture;
  if (!traffic) return;
  const lanes: (LanePlace | undefined)[] = [];
  for (const road of traffic.roads) {
    const path = pathOf(road, { ...look, ...measures });
    road.lanes.forEach((index, lane) => {
      lanes[index] = path && { path, lane };
    });
  }
  const [moving, standing] = [new Path2D(), new Path2D()];
  for (const driver of driversAt(traffic, moment.t)) {
    const place = lanes[driver.lane];
    if (!place) continue;
    const seen = seenAt(driver, place, lanes);
    if (seen.x < -9 || seen.y < -9 || seen.x > size.width + 9 || seen.y > size.height + 9) continue;
    addBar(driver.stands ? standing : moving, seen, place.path);
  }
  context.fillStyle = paint.accent;
  context.fill(moving);
  context.fillStyle = paint.warn;
  context.fill(standing);
};

const seenAt = (
  { from, m }: Driver,
  { path, lane }: LanePlace,
  lanes: readonly (LanePlace | undefined)[],
): Seen => {
  if (m >= path.crossingM) return path.at(lane, m);
  const before = from === undefined ? undefined : lanes[from];
  const exit = path.exit(lane);
  if (!before) return exit;
  return crossing(before.path.stop(before.lane), exit, m / path.crossingM);
};

const addBar = (bars: Path2D, { x, y, ahead }: Seen, { scale, laneWidth }: RoadPath): void => {
  const length = Math.max(LENGTH_PX_MIN, CAR_M * scale);
  const half = Math.min(laneWidth * 0.55, Math.max(WIDTH_PX_MIN, length * SLIM)) / 2;
  const [backX, backY] = [x - ahead.x * length, y - ahead.y * length];
  const [asideX, asideY] = [-ahead.y * half, ahead.x * half];
  bars.moveTo(x + asideX, y + asideY);
  bars.lineTo(x - asideX, y - asideY);
  bars.lineTo(backX - asideX, backY - asideY);
  bars.lineTo(backX + asideX, backY + asideY);
  bars.closePath();
};
