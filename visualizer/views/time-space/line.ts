/** The line of one vehicle in a time-space diagram: no more points than it needs. Pure. */

/** A point of a line: when, and how far along the corridor. */
export interface Point {
  readonly ms: number;
  readonly m: number;
}

/** A vehicle that was not told of for longer has another line when it comes back. */
export const GONE_MS = 10_000;
/** Points that the line between their neighbours misses by less are left out. In metres. */
const STRAIGHT_M = 1.5;

/** The line goes on; a point on the way from the one before is not needed any more. */
export const extend = (line: Point[], point: Point): void => {
  const [first, last] = [line.at(-2), line.at(-1)];
  if (first && last) {
    const part = (last.ms - first.ms) / (point.ms - first.ms || 1);
    const missedM = first.m + (point.m - first.m) * part - last.m;
    if (Math.abs(missedM) < STRAIGHT_M && point.ms - first.ms < GONE_MS) line.pop();
  }
  line.push(point);
};
