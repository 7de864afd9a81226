/** One message of a sequence diagram: its name where it is said, and an arrow to each who took it. */
import type { Exchange } from './exchange.ts';
import { heardKey, type Rows } from './rows.ts';
import type { Frame } from './sequence.tsx';

interface Props {
  readonly exchange: Exchange;
  readonly rows: Rows;
  readonly frame: Frame;
  readonly isChosen: boolean;
  readonly isOfChain: boolean;
}

/** How much lower a message ends that nobody took. */
const LOST_PX = 14;
const CROSS_PX = 4.5;

export const Arrow = ({ exchange, rows, frame, isChosen, isOfChain }: Props) => {
  const { key, type, from, taken, repeated, missed, isOver } = exchange;
  const y = rows.said.get(key) ?? 0;
  const x = frame.x(from);
  const again = new Set(repeated.map(({ node }) => node));
  const classes = ['message', `of-${type.slice(0, type.indexOf('.'))}`];
  if (isChosen) classes.push('chosen');
  if (isOfChain) classes.push('of-chain');
  const lines = taken.map(({ node }) => ({
    node,
    to: { x: frame.x(node), y: rows.heard.get(heardKey(key, node)) ?? y },
  }));
  return (
    <g class={classes.join(' ')} data-key={key}>
      {lines.map(({ node, to }) => (
        <g key={node}>
          <line class="reach" x1={x} y1={y} x2={to.x} y2={to.y} />
          <line
            class="way"
            x1={x}
            y1={y}
            x2={to.x}
            y2={to.y}
            marker-end={`url(#message-${again.has(node) ? 'again' : 'head'})`}
          />
        </g>
      ))}
      {missed.map((node) => (
        <Lost
          key={node}
          from={{ x, y }}
          to={{ x: frame.x(node), y: y + LOST_PX }}
          {...{ isOver }}
        />
      ))}
      <circle class="said" cx={x} cy={y} r={3.2} />
      <text x={x + 7} y={y - 4}>
        {type}
      </text>
    </g>
  );
};

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Two thirds of the way, and there a cross; a dotted line while it may still come. */
const Lost = ({ from, to, isOver }: { from: Point; to: Point; isOver: boolean }) => {
  const at = { x: from.x + (to.x - from.x) * 0.68, y: from.y + (to.y - from.y) * 0.68 };
  if (!isOver) return <line class="under-way" x1={from.x} y1={from.y} x2={at.x} y2={at.y} />;
  const { x, y } = at;
  const cross = `M${x - CROSS_PX} ${y - CROSS_PX}l${2 * CROSS_PX} ${2 * CROSS_PX}m0 ${-2 * CROSS_PX}l${-2 * CROSS_PX} ${2 * CROSS_PX}`;
  return (
    <g class="lost">
      <line x1={from.x} y1={from.y} x2={x} y2={y} />
      <path d={cross} />
    </g>
  );
};
