/** The line of one node down a sequence diagram: whole while it is there, dotted while it is not. */
import type { Scene } from './scene.ts';
import type { Frame } from './sequence.tsx';

interface Props {
  readonly node: string;
  readonly scene: Scene;
  readonly frame: Frame;
}

export const Lifeline = ({ node, scene, frame }: Props) => {
  const x = frame.x(node);
  const { rows, began } = scene;
  const turns = scene.turns.filter((turn) => turn.node === node);
  const stretches = [
    { fromY: 0, isThere: began.has(node) },
    ...turns.map(({ atMs, isThere }) => ({ fromY: rows.at(atMs), isThere })),
  ];
  return (
    <g class="lifeline" data-node={node}>
      {stretches.map(({ fromY, isThere }, k) => (
        <line
          key={`${fromY} ${k}`}
          class={isThere ? 'there' : 'gone'}
          x1={x}
          x2={x}
          y1={fromY}
          y2={stretches[k + 1]?.fromY ?? frame.height}
        />
      ))}
      {turns.map(({ atMs, isThere }) => (
        <text
          key={`${atMs} ${isThere}`}
          class={isThere ? 'begins' : 'ends'}
          x={x}
          y={rows.at(atMs)}
        >
          {isThere ? '● starts' : '✕ ends'}
        </text>
      ))}
      {scene.marks
        .filter((mark) => mark.node === node)
        .map(({ atMs, text }) => (
          <text key={`${atMs} ${text}`} class="leads" x={x - 7} y={rows.at(atMs) + 16}>
            ★ {text}
          </text>
        ))}
    </g>
  );
};
