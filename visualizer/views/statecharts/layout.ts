/**
 * Has a chart laid out. The engine (ELK) is as large as the rest of the page several times over, so
 * it is loaded when the first chart is opened, and it works in a worker of its own: nothing stutters.
 */
import ElkEngine, {
  type ELK,
  type ElkExtendedEdge,
  type ElkNode,
  type ElkPoint,
} from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { Chart } from './chart.ts';
import { type EdgeFace, graphOf, LAYOUT, type NodeFace } from './graph.ts';
import type { Box } from './text-size.ts';

/** Width by height of a usual pane. */
const ASPECT = 1.2;

export interface PlacedNode extends Box {
  readonly id: string;
  readonly face: NodeFace;
}

export interface PlacedEdge {
  readonly id: string;
  readonly face: EdgeFace;
  /** Its start, its bends and its end. */
  readonly points: readonly ElkPoint[];
  readonly label: Box | undefined;
}

/** What is outside stands before what is inside. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

let engine: ELK | undefined;
const known = new Map<string, Promise<Layout>>();

/** A chart is laid out once. */
export const layoutOf = (chart: Chart, isFull: boolean): Promise<Layout> => {
  const key = `${chart.name} ${isFull}`;
  const layout = known.get(key) ?? laidOut(chart, isFull);
  known.set(key, layout);
  // What failed is tried again when it is asked for again.
  layout.catch(() => known.delete(key));
  return layout;
};

const laidOut = async (chart: Chart, isFull: boolean): Promise<Layout> => {
  engine ??= new ElkEngine({ workerFactory: () => new Worker(workerUrl) });
  const { root, nodes, edges } = graphOf(chart, { isFull });
  const shapes: ElkNode[] = [];
  for (const direction of ['RIGHT', 'DOWN']) {
    const layoutOptions = { ...LAYOUT, 'elk.direction': direction };
    shapes.push(await engine.layout(structuredClone(root), { layoutOptions }));
  }
  const [across, down] = shapes as [ElkNode, ElkNode];
  const placed = scaleOf(across) >= scaleOf(down) ? across : down;
  return {
    ...sizeOf(placed),
    nodes: inside(placed).flatMap((node) => {
      const face = nodes.get(node.id);
      return face ? [{ id: node.id, face, ...boxOf(node) }] : [];
    }),
    edges: (placed.edges ?? []).flatMap((edge) => {
      const face = edges.get(edge.id);
      const [label] = edge.labels ?? [];
      const points = pointsOf(edge);
      return face ? [{ id: edge.id, face, points, label: label && boxOf(label) }] : [];
    }),
  };
};

/** How large it can be drawn in a pane of the usual shape. */
const scaleOf = ({ width = 1, height = 1 }: ElkNode): number =>
  Math.min(ASPECT / width, 1 / height);

const inside = (node: ElkNode): ElkNode[] =>
  (node.children ?? []).flatMap((child) => [child, ...inside(child)]);

const sizeOf = ({ width = 0, height = 0 }: Partial<Box>) => ({ width, height });
const boxOf = ({ x = 0, y = 0, ...size }: Partial<Box>): Box => ({ x, y, ...sizeOf(size) });

const pointsOf = ({ sections = [] }: ElkExtendedEdge): ElkPoint[] =>
  sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
