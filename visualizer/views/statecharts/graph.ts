/**
 * A chart as a graph for the layout engine. What is inside a state is inside its node; transitions
 * with the same ends are one edge, whose label says them all, because that is how one asks: by what
 * does it go from here to there. What changes no state, or only enters the same one again, is a line
 * in the state's own box.
 *
 * A state whose transitions lead to states inside itself has a node for them inside (`any`): "from
 * whichever of these". The graph's root is invisible, so that the machine is a node like others.
 */
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import {
  type Chart,
  type ChartState,
  type ChartTransition,
  isWithin,
  triggerText,
} from './chart.ts';
import { extentOf, LINE_PX, wrapped } from './text-size.ts';

/** A line of text, and what it is, for its colour. */
export interface TextLine {
  readonly text: string;
  readonly kind: 'trigger' | 'guard' | 'actions' | 'note';
}

/** What is drawn at a node that the layout engine has placed. */
export type NodeFace =
  | { readonly kind: 'state'; readonly state: ChartState; readonly lines: readonly TextLine[] }
  | { readonly kind: 'initial'; readonly of: string }
  | { readonly kind: 'any'; readonly of: string };

export interface EdgeFace {
  readonly transitions: readonly ChartTransition[];
  readonly lines: readonly TextLine[];
}

export interface ChartGraph {
  readonly root: ElkNode;
  readonly nodes: ReadonlyMap<string, NodeFace>;
  readonly edges: ReadonlyMap<string, EdgeFace>;
}

export interface GraphOptions {
  /** Guards and actions are named; else events alone, which makes the chart smaller. */
  readonly isFull: boolean;
}

export const HEAD_PX = 26;
const PAD_PX = 12;
const LABEL_PAD_PX = 5;
const DOT_PX = 10;
const ANY_PX = 34;
/** Longer lines are broken. In letters. */
const BOX_LETTERS = 38;
const LABEL_LETTERS = 30;

/** For what is inside states as well; labels lie in their edges. */
export const LAYOUT = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.edgeLabels.inline': 'true',
  // From the states that are entered first: what leads back to them is turned round.
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.spacing.nodeNode': '22',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
};

export const idOf = (path: string): string => (path === '' ? '/' : path);

export const graphOf = (chart: Chart, { isFull }: GraphOptions): ChartGraph => {
  const nodes = new Map<string, NodeFace>();
  const edges = new Map<string, EdgeFace>();
  const elkEdges: ElkExtendedEdge[] = [];
  const moves = chart.transitions.filter(isMove);
  const stays = chart.transitions.filter((one) => !isMove(one));

  const connect = (from: string, to: string, transitions: readonly ChartTransition[]) => {
    const id = `${from} > ${to}`;
    const lines = transitions.flatMap((one) => labelOf(one, isFull));
    const texts = lines.map((line) => line.text);
    const { width, height } = extentOf(texts);
    // The engine places no label without a text, and does not measure those that have a size.
    const text = texts.join(' ');
    const size = { width: width + 2 * LABEL_PAD_PX, height: height + 2 * LABEL_PAD_PX };
    const labels = lines.length > 0 ? [{ id: `${id} label`, text, ...size }] : [];
    edges.set(id, { transitions, lines });
    elkEdges.push({ id, sources: [from], targets: [to], labels });
  };

  const nodeOf = (state: ChartState): ElkNode => {
    const { path, name, kind, initial, states } = state;
    const id = idOf(path);
    const lines = linesOf(state, stays, isFull);
    nodes.set(id, { kind: 'state', state, lines });
    const text = extentOf([`${name}    `, ...lines.map((line) => line.text)]);
    const width = text.width + 2 * PAD_PX;
    const body = lines.length === 0 ? 0 : lines.length * LINE_PX + PAD_PX / 2;
    const height = HEAD_PX + body;
    if (states.length === 0) return { id, width: Math.max(width, 64), height: height + 4 };
    const children = states.map(nodeOf);
    if (initial !== undefined) {
      const dot = `${id}#initial`;
      nodes.set(dot, { kind: 'initial', of: path });
      children.unshift({ id: dot, width: DOT_PX, height: DOT_PX });
      connect(dot, idOf(initial), []);
    }
    const inward = moves.some(({ from, to = '' }) => from === path && isWithin(to, path));
    if (inward) {
      nodes.set(`${id}#any`, { kind: 'any', of: path });
      children.push({ id: `${id}#any`, width: ANY_PX, height: 20 });
    }
    const top = height + (kind === 'parallel' ? 6 : 4);
    return {
      id,
      children,
      layoutOptions: {
        'elk.padding': `[top=${top},left=${PAD_PX},bottom=${PAD_PX},right=${PAD_PX}]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${width},${height})`,
      },
    };
  };

  const machine = nodeOf(chart.root);
  const done = new Set<ChartTransition>();
  for (const { from, to = '' } of moves) {
    const same = moves.filter((one) => one.from === from && one.to === to && !done.has(one));
    for (const one of same) done.add(one);
    const isInward = isWithin(to, from);
    if (same.length > 0) connect(isInward ? `${idOf(from)}#any` : idOf(from), idOf(to), same);
  }
  const root = { id: 'invisible', children: [machine], edges: elkEdges };
  return { root, nodes, edges };
};

/** Whether it leads to another state. */
const isMove = ({ from, to }: ChartTransition): boolean => to !== undefined && to !== from;

/** What stands in the box of a state. */
const linesOf = (
  { path, entry, exit, invokes }: ChartState,
  stays: readonly ChartTransition[],
  isFull: boolean,
): TextLine[] => {
  const lines = (text: string, kind: TextLine['kind']) =>
    wrapped(text, BOX_LETTERS, '  ').map((one) => ({ text: one, kind }));
  const done = (when: string, actions: readonly string[]) =>
    actions.length > 0 && isFull ? lines(`${when} / ${actions.join(', ')}`, 'actions') : [];
  const own = stays.filter(({ from }) => from === path);
  return [
    ...done('entry', entry),
    ...done('exit', exit),
    ...(invokes.length > 0 ? lines(`runs ${invokes.join(', ')}`, 'note') : []),
    ...(isFull
      ? own.flatMap((one) => lines(stayText(one), 'note'))
      : lines([...new Set(own.map((one) => `${again(one)}${triggerText(one)}`))].join(', '), 'note')
    ).filter(({ text }) => text !== ''),
  ];
};

const again = ({ to }: ChartTransition): string => (to === undefined ? '' : '↻ ');

const stayText = (one: ChartTransition): string => {
  const guard = one.guard === undefined ? '' : ` [${one.guard}]`;
  const actions = one.actions.length === 0 ? '' : ` / ${one.actions.join(', ')}`;
  return `${again(one)}${triggerText(one)}${guard}${actions}`;
};

const labelOf = (one: ChartTransition, isFull: boolean): TextLine[] => {
  const lines = (text: string, kind: TextLine['kind']) =>
    wrapped(text, LABEL_LETTERS, '  ').map((part) => ({ text: part, kind }));
  return [
    ...lines(triggerText(one), 'trigger'),
    ...(one.guard !== undefined && isFull ? lines(`[${one.guard}]`, 'guard') : []),
    ...(one.actions.length > 0 && isFull ? lines(`/ ${one.actions.join(', ')}`, 'actions') : []),
  ];
};
