/** The part of a chart that is seen. Pure: pixels of the pane and pixels of the chart. */
import type { Box, Extent } from './text-size.ts';

/** Where the chart's corner is in the pane, and how large a pixel of it is. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const SCALE_MIN = 0.1;
const SCALE_MAX = 3;
/** A small chart is not blown up beyond this when it is fitted. */
const FITTED_MAX = 1.25;
/** Smaller than this a whole chart is no use: then a part is shown, with what is active in it. */
const WHOLE_MIN = 0.55;
/** How large the part is. */
const READABLE = 0.75;
/** Room around it. In pixels of the pane. */
const MARGIN = 10;

export const fitted = (chart: Extent, pane: Extent): Viewport => {
  const scale = bounded(
    Math.min(
      FITTED_MAX,
      (pane.width - 2 * MARGIN) / chart.width,
      (pane.height - 2 * MARGIN) / chart.height,
    ),
  );
  return {
    x: (pane.width - chart.width * scale) / 2,
    y: (pane.height - chart.height * scale) / 2,
    scale,
  };
};

/** All of it, if that can be read; else as much as can be, around what is active. */
export const readable = (chart: Extent, pane: Extent, around: Box): Viewport => {
  const whole = fitted(chart, pane);
  if (whole.scale >= WHOLE_MIN) return whole;
  const along = (paneSize: number, chartSize: number, middle: number) => {
    const room = paneSize - chartSize * READABLE;
    if (room >= 0) return room / 2;
    return Math.min(MARGIN, Math.max(room - MARGIN, paneSize / 2 - middle * READABLE));
  };
  return {
    x: along(pane.width, chart.width, around.x + around.width / 2),
    y: along(pane.height, chart.height, around.y + around.height / 2),
    scale: READABLE,
  };
};

/** Larger or smaller; what is seen at `at` stays there. */
export const zoomed = (
  { x, y, scale }: Viewport,
  at: { readonly x: number; readonly y: number },
  times: number,
): Viewport => {
  const next = bounded(scale * times);
  const ratio = next / scale;
  return { x: at.x - (at.x - x) * ratio, y: at.y - (at.y - y) * ratio, scale: next };
};

export const panned = ({ x, y, scale }: Viewport, dx: number, dy: number): Viewport => ({
  x: x + dx,
  y: y + dy,
  scale,
});

const bounded = (scale: number): number => Math.min(SCALE_MAX, Math.max(SCALE_MIN, scale));
