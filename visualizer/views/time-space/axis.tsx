/** The axis of time: round seconds, where the cycles of the plan begin, and the moment looked at. */
import { timeText } from '../../words.ts';
import type { Span } from './strip.ts';

/** Between two labels at least. In pixels. */
const LABEL_PX = 64;
const STEPS_S = [5, 10, 20, 30, 60, 120, 300];

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** From instants to pixels. */
export const scaleOf =
  ({ width, left, right }: Frame, { fromMs, toMs }: Span) =>
  (ms: number): number =>
    left + ((ms - fromMs) / (toMs - fromMs)) * (width - left - right);

interface Props {
  readonly frame: Frame;
  readonly span: Span;
  readonly cycleStarts: readonly number[];
}

export const TimeAxis = ({ frame, span, cycleStarts }: Props) => {
  const x = scaleOf(frame, span);
  const pixelsPerS = (x(span.toMs) - x(span.fromMs)) / ((span.toMs - span.fromMs) / 1000);
  const stepS = STEPS_S.find((step) => step * pixelsPerS >= LABEL_PX) ?? 600;
  const stepMs = stepS * 1000;
  const first = Math.ceil(span.fromMs / stepMs);
  const count = Math.max(0, Math.floor(span.toMs / stepMs) - first + 1);
  const ticks = Array.from({ length: count }, (_, k) => (first + k) * stepMs);
  const foot = frame.height - frame.bottom;
  return (
    <g class="axis">
      {ticks
        .filter((ms) => ms >= 0)
        .map((ms) => (
          <g key={ms}>
            <line x1={x(ms)} x2={x(ms)} y1={frame.top} y2={foot + 4} />
            {x(ms) < frame.width - LABEL_PX / 3 && (
              <text x={x(ms)} y={foot + 18} text-anchor="middle">
                {timeText(ms).slice(0, -4)}
              </text>
            )}
          </g>
        ))}
      {cycleStarts.map((ms) => (
        <g key={ms} class="cycle-start">
          <line x1={x(ms)} x2={x(ms)} y1={frame.top} y2={foot} />
          <path d={`M${x(ms) - 4} ${frame.top - 7}h8l-4 7z`} />
        </g>
      ))}
    </g>
  );
};

export const NowLine = ({ frame, x }: { frame: Frame; x: number }) => (
  <g class="now">
    <line x1={x} x2={x} y1={frame.top - 8} y2={frame.height - frame.bottom} />
    <text x={x - 5} y={frame.top - 9} text-anchor="end">
      shown
    </text>
    <text x={x + 5} y={frame.top - 9}>
      planned
    </text>
  </g>
);
