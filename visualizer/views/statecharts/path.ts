/** The line of a transition: straight between its bends, which are round. */

interface Point {
  readonly x: number;
  readonly y: number;
}

const ROUND_PX = 7;

export const pathThrough = (points: readonly Point[]): string => {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = rest.map((point, k) => {
    const next = rest[k + 1];
    if (!next) return `L${at(point)}`;
    const [before, after] = [toward(point, points[k] ?? point), toward(point, next)];
    return `L${at(before)} Q${at(point)} ${at(after)}`;
  });
  return [`M${at(first)}`, ...parts].join(' ');
};

/** A little way from a bend, at most half of what there is. */
const toward = (bend: Point, other: Point): Point => {
  const length = Math.hypot(other.x - bend.x, other.y - bend.y);
  const part = length === 0 ? 0 : Math.min(ROUND_PX, length / 2) / length;
  return { x: bend.x + (other.x - bend.x) * part, y: bend.y + (other.y - bend.y) * part };
};

const at = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;
const round = (value: number): number => Math.round(value * 10) / 10;
