/** The ways of vehicles in the diagram: all of one way are one path, so that it is quick to draw. */
import type { Lines } from './trajectories.ts';

interface Props {
  readonly driven: readonly Lines[];
  readonly x: (ms: number) => number;
  readonly y: (distanceM: number) => number;
}

export const Driven = ({ driven, x, y }: Props) => (
  <g>
    {driven.map((lines, way) => {
      const points = lines.flatMap((line) =>
        line.map(({ ms, m }, k) => `${k > 0 ? 'L' : 'M'}${x(ms).toFixed(1)} ${y(m).toFixed(1)}`),
      );
      const side = way === 0 ? 'up' : 'down';
      return (
        <path key={side} class={`driven ${side}`} data-count={lines.length} d={points.join('')} />
      );
    })}
  </g>
);
