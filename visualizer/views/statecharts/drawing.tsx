/** A chart that was laid out: states as boxes, transitions as lines, and what is lit in them. */
import type { ChartTransition } from './chart.ts';
import { type Covered, worstOf } from './coverage.ts';
import type { TextLine } from './graph.ts';
import { HEAD_PX } from './graph.ts';
import type { Layout, PlacedEdge, PlacedNode } from './layout.ts';
import { pathThrough } from './path.ts';
import { LINE_PX } from './text-size.ts';

interface Props {
  readonly layout: Layout;
  readonly active: ReadonlySet<string>;
  readonly taken: readonly ChartTransition[];
  /** Coloured by what tests go through, when that is asked for. */
  readonly covered: Covered | undefined;
}

export const Drawing = ({ layout, active, taken, covered }: Props) => {
  const isTaken = ({ face }: PlacedEdge) => face.transitions.some((one) => taken.includes(one));
  // What was taken lies above the others.
  const edges = layout.edges.toSorted((a, b) => Number(isTaken(a)) - Number(isTaken(b)));
  return (
    <>
      <Arrow id="arrow" />
      <Arrow id="arrow-taken" />
      {layout.nodes.map((node) => (
        <Node key={node.id} node={node} active={active} covered={covered} />
      ))}
      {edges.map((edge) => (
        <path
          key={edge.id}
          class={`edge ${isTaken(edge) ? 'taken' : (worstOf(covered, edge.face.transitions) ?? '')}`}
          d={pathThrough(edge.points)}
          marker-end={`url(#${isTaken(edge) ? 'arrow-taken' : 'arrow'})`}
        />
      ))}
      {edges.map((edge) => (
        <Label key={edge.id} edge={edge} taken={taken} />
      ))}
    </>
  );
};

const Arrow = ({ id }: { id: string }) => (
  <marker
    id={id}
    class={id}
    viewBox="0 0 8 8"
    refX="7.5"
    refY="4"
    markerWidth="8"
    markerHeight="8"
    markerUnits="userSpaceOnUse"
    orient="auto"
  >
    <path d="M0 0.5 L8 4 L0 7.5 z" />
  </marker>
);

interface NodeProps extends Pick<Props, 'active' | 'covered'> {
  readonly node: PlacedNode;
}

const Node = ({ node, active, covered }: NodeProps) => {
  const { face, x, y, width, height } = node;
  if (face.kind === 'initial') {
    return <circle class="initial" cx={x + width / 2} cy={y + height / 2} r={width / 2} />;
  }
  if (face.kind === 'any') {
    return (
      <g class="any" transform={`translate(${x} ${y})`}>
        <rect width={width} height={height} rx={height / 2} />
        <text x={width / 2} y={height / 2 + 4} text-anchor="middle">
          any
        </text>
      </g>
    );
  }
  const { state, lines } = face;
  const isActive = active.has(state.path);
  const standing = covered?.states.get(state.path);
  const count = covered?.told.counts[state.path];
  // States that have others inside are of two shades in turn, so that one sees what is in what.
  const depth = state.path === '' ? 0 : state.path.split('.').length;
  const shade = state.states.length > 0 && depth % 2 === 1 ? 'box outer' : 'box';
  return (
    <g
      class={`state ${state.kind} ${isActive ? 'active' : ''} ${standing ?? ''}`}
      transform={`translate(${x} ${y})`}
      data-state={state.path}
      data-active={isActive}
    >
      <rect class={shade} width={width} height={height} rx="8" />
      {state.kind === 'final' && (
        <rect class="inner" x="3" y="3" width={width - 6} height={height - 6} rx="6" />
      )}
      {isActive && <circle class="light" cx="13" cy={HEAD_PX / 2} r="4.5" />}
      <text class="name" x={isActive ? 23 : 12} y={HEAD_PX / 2 + 4.5}>
        {state.name}
      </text>
      {count !== undefined && (
        <text class="count" x={width - 8} y={HEAD_PX / 2 + 4} text-anchor="end">
          {count}
        </text>
      )}
      <Text lines={lines} x={12} y={HEAD_PX} />
    </g>
  );
};

const Label = ({ edge, taken }: { edge: PlacedEdge; taken: readonly ChartTransition[] }) => {
  const { face, label } = edge;
  if (!label) return null;
  const { x, y, width, height } = label;
  const isTaken = face.transitions.some((one) => taken.includes(one));
  return (
    <g class={`edge-label ${isTaken ? 'taken' : ''}`} transform={`translate(${x} ${y})`}>
      <rect width={width} height={height} rx="6" />
      <Text lines={face.lines} x={5} y={5} />
    </g>
  );
};

const Text = ({ lines, x, y }: { lines: readonly TextLine[]; x: number; y: number }) => (
  <>
    {lines.map(({ text, kind }, k) => (
      <text key={k} class={kind} x={x} y={y + k * LINE_PX + 11}>
        {text}
      </text>
    ))}
  </>
);
