/**
 * A sequence diagram: a line down the page for each node, and an arrow for each message from where it
 * was said to where it was taken. What was lost ends in a cross, what came twice in two heads.
 */
import { Arrow } from './arrow.tsx';
import { Lifeline } from './lifeline.tsx';
import type { Scene } from './scene.ts';

/** For the times on the left. */
export const LEFT_PX = 78;
/** For the names of what the last node says. */
const RIGHT_PX = 44;
const COLUMN_PX_MIN = 74;

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Where a node's line is. */
  readonly x: (node: string) => number;
}

export const frameOf = ({ columns, rows }: Scene, roomPx: number): Frame => {
  const count = Math.max(1, columns.length);
  const stepPx = Math.max(COLUMN_PX_MIN, (roomPx - LEFT_PX - RIGHT_PX) / count);
  const place = new Map(columns.map((node, k) => [node, LEFT_PX + (k + 0.5) * stepPx]));
  return {
    width: LEFT_PX + stepPx * count + RIGHT_PX,
    height: Math.max(120, rows.height),
    x: (node) => place.get(node) ?? 0,
  };
};

interface Props {
  readonly scene: Scene;
  readonly frame: Frame;
  readonly chosen: string | undefined;
  readonly timeText: (ms: number) => string;
}

export const Sequence = ({ scene, frame, chosen, timeText }: Props) => {
  const { columns, exchanges, rows, chain } = scene;
  return (
    <svg
      class={`sequence ${chain ? 'following' : ''}`}
      width={frame.width}
      height={frame.height}
      aria-hidden="true"
    >
      <Heads />
      {rows.instants.map(({ y, atMs }, k) => (
        <Instant
          key={atMs}
          {...{ y, atMs, timeText, width: frame.width }}
          beforeMs={rows.instants[k - 1]?.atMs}
        />
      ))}
      {columns.map((node) => (
        <Lifeline key={node} {...{ node, scene, frame }} />
      ))}
      {exchanges.map((exchange) => (
        <Arrow
          key={exchange.key}
          {...{ exchange, rows, frame }}
          isChosen={exchange.key === chosen}
          isOfChain={chain?.has(exchange.key) ?? false}
        />
      ))}
    </svg>
  );
};

const Heads = () => (
  <defs>
    <marker
      id="message-head"
      viewBox="0 0 8 8"
      refX="7.5"
      refY="4"
      markerWidth="8"
      markerHeight="8"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path d="M0 0.8L8 4L0 7.2z" />
    </marker>
    <marker
      id="message-again"
      viewBox="0 0 14 8"
      refX="13.5"
      refY="4"
      markerWidth="14"
      markerHeight="8"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path d="M0 0.8L7 4L0 7.2zM6.5 0.8L13.5 4L6.5 7.2z" />
    </marker>
  </defs>
);

interface InstantProps {
  readonly y: number;
  readonly atMs: number;
  readonly beforeMs: number | undefined;
  readonly width: number;
  readonly timeText: (ms: number) => string;
}

/** Its time; before it, how long nothing was said, where that was long. */
const Instant = ({ y, atMs, beforeMs, width, timeText }: InstantProps) => {
  const silenceMs = atMs - (beforeMs ?? atMs);
  const isLong = silenceMs >= 1000;
  return (
    <g class="instant">
      <text class="at" x={LEFT_PX - 10} y={y + 4} text-anchor="end">
        {timeText(atMs)}
      </text>
      {isLong && (
        <>
          <line class="silence" x1={0} x2={width} y1={y - 22} y2={y - 22} />
          <text class="passed" x={LEFT_PX - 10} y={y - 18} text-anchor="end">
            {(silenceMs / 1000).toFixed(1)} s
          </text>
        </>
      )}
    </g>
  );
};
