/** Axes of a diagram: round values, and the time of day. */
import { element, line, words } from './svg.ts';

export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export type Scale = (value: number) => number;

/** From values to pixels; `reversed` has them grow upwards. */
export const scaleOf =
  ([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale =>
  (value) =>
    start + ((value - from) / (to - from || 1)) * (end - start);

const SECONDS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600];
const ROUND = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

const ticksOf = (from: number, to: number, steps: readonly number[], most: number): number[] => {
  const step = steps.find((one) => (to - from) / one <= most) ?? (to - from) / most;
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, k) => (first + k) * step);
};

/** `16:05:30`, of seconds after midnight. */
export const clockText = (timeS: number): string =>
  [timeS / 3600, (timeS / 60) % 60, timeS % 60]
    .map((part) => `${Math.floor(part)}`.padStart(2, '0'))
    .join(':');

/** The axis of time, in seconds after midnight, below a plot. */
export const timeAxis = (
  [fromS, toS]: readonly [number, number],
  x: Scale,
  { left, right, top, bottom }: Plot,
): string[] => [
  ...ticksOf(fromS, toS, SECONDS, (right - left) / 75).flatMap((timeS) => [
    line([x(timeS), top], [x(timeS), bottom + 4], 'grid'),
    words(clockText(timeS), {
      x: x(timeS),
      y: bottom + 17,
      class: 'tick',
      'text-anchor': 'middle',
    }),
  ]),
  line([left, bottom], [right, bottom], 'axis'),
];

export const timeAxisTitle = ({ left, right, bottom }: Plot): string =>
  words('time of day in the scenario (h:min:s)', {
    ...{ x: (left + right) / 2, y: bottom + 34, class: 'small', 'text-anchor': 'middle' },
  });

interface Upright {
  readonly values: readonly [number, number];
  readonly y: Scale;
  readonly title: string;
  /** Pixels between two labels at least. */
  readonly roomPx: number;
}

/** An axis of round values, left of a plot, with its title along it. */
export const uprightAxis = (
  { values: [from, to], y, title, roomPx }: Upright,
  { left, right, top, bottom }: Plot,
): string[] => [
  ...ticksOf(from, to, ROUND, (bottom - top) / roomPx).flatMap((value) => [
    line([left, y(value)], [right, y(value)], 'grid'),
    words(`${value}`, { x: left - 6, y: y(value) + 4, class: 'tick', 'text-anchor': 'end' }),
  ]),
  line([left, top], [left, bottom], 'axis'),
  element('g', { transform: `translate(${left - 40} ${(top + bottom) / 2}) rotate(-90)` }, [
    words(title, { x: 0, y: 0, class: 'small', 'text-anchor': 'middle' }),
  ]),
];
