/** Charts as graphs, and how the layout engine that the page loads lays them out. */
import Engine from 'elkjs/lib/elk.bundled.js';
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import { describe, expect, test } from 'vitest';
import { type Chart, statesIn } from '../../visualizer/views/statecharts/chart.ts';
import { charts } from '../../visualizer/views/statecharts/definitions.ts';
import { graphOf, idOf, LAYOUT } from '../../visualizer/views/statecharts/graph.ts';
import { pathThrough } from '../../visualizer/views/statecharts/path.ts';
import { wrapped } from '../../visualizer/views/statecharts/text-size.ts';
import { fitted, panned, readable, zoomed } from '../../visualizer/views/statecharts/viewport.ts';

const within = (node: ElkNode): ElkNode[] =>
  (node.children ?? []).flatMap((child) => [child, ...within(child)]);
const chartNamed = (name: string): Chart => charts.find((one) => one.name === name) as Chart;

describe('a chart as a graph', () => {
  test.each(charts.map((chart) => [chart.name, chart] as const))(
    '%s has every state as a node and every move in one edge',
    (_, chart) => {
      const { root, edges } = graphOf(chart, { isFull: true });
      const ids = within(root).map(({ id }) => id);
      expect(ids).toEqual(
        expect.arrayContaining(statesIn(chart.root).map(({ path }) => idOf(path))),
      );
      expect(new Set(ids).size).toBe(ids.length);
      const moves = chart.transitions.filter(({ from, to }) => to !== undefined && to !== from);
      const drawn = [...edges.values()].flatMap(({ transitions }) => transitions);
      expect(drawn).toHaveLength(moves.length);
      expect(new Set(drawn)).toEqual(new Set(moves));
      for (const { sources, targets } of root.edges ?? []) {
        expect(ids).toEqual(expect.arrayContaining([...sources, ...targets]));
      }
    },
  );

  test('says what changes no state in the box, and what leads inside from a node for any of it', () => {
    const { nodes, edges } = graphOf(chartNamed('election'), { isFull: true });
    const face = nodes.get('leader');
    const lines = face?.kind === 'state' ? face.lines.map(({ text }) => text) : [];
    expect(lines).toContain('entry / lead, askForQuorumCheck');
    expect(lines).toContain('replica.drained / handOver');
    const inward = edges.get('/#any > follower.following')?.lines.map(({ text }) => text);
    expect(inward?.slice(0, 3)).toEqual([
      'detector.beat',
      '[isFromLeader]',
      '/ advance, noteLeader',
    ]);
  });

  test('is smaller when events alone are named', () => {
    const { edges } = graphOf(chartNamed('election'), { isFull: false });
    const texts = [...edges.values()].flatMap(({ lines }) => lines);
    expect(new Set(texts.map(({ kind }) => kind))).toEqual(new Set(['trigger']));
  });
});

test.each(charts.map((chart) => [chart.name, chart] as const))(
  'the chart of %s is laid out: states are inside each other, and none lies on another',
  async (_, chart) => {
    const engine = new Engine.default();
    const { root } = graphOf(chart, { isFull: true });
    const layoutOptions = { ...LAYOUT, 'elk.direction': 'RIGHT' };
    const placed: ElkNode = await engine.layout(root, { layoutOptions });
    const isApart = (a: Required<Box>, b: Required<Box>) =>
      a.x + a.width <= b.x ||
      b.x + b.width <= a.x ||
      a.y + a.height <= b.y ||
      b.y + b.height <= a.y;
    for (const node of within(placed)) {
      const box = boxOf(node);
      const children = (node.children ?? []).map(boxOf);
      for (const [k, child] of children.entries()) {
        expect(child.x).toBeGreaterThan(box.x);
        expect(child.x + child.width).toBeLessThan(box.x + box.width);
        expect(child.y).toBeGreaterThan(box.y);
        expect(child.y + child.height).toBeLessThan(box.y + box.height);
        expect(children.slice(k + 1).every((other) => isApart(child, other))).toBe(true);
      }
    }
    const labels = (placed.edges ?? []).flatMap((edge) => edge.labels ?? []).map(boxOf);
    for (const [k, label] of labels.entries()) {
      expect(labels.slice(k + 1).every((other) => isApart(label, other))).toBe(true);
    }
  },
);

type Box = Pick<ElkNode, 'x' | 'y' | 'width' | 'height'>;
const boxOf = ({ x = 0, y = 0, width = 0, height = 0 }: Box) => ({ x, y, width, height });

describe('what is seen of a chart', () => {
  const pane = { width: 800, height: 600 };
  const nowhere = { x: 0, y: 0, width: 0, height: 0 };

  test('is all of it in the middle, if that can be read', () => {
    const { x, y, scale } = readable({ width: 400, height: 300 }, pane, nowhere);
    expect(scale).toBe(1.25);
    expect([x, y]).toEqual([150, 112.5]);
  });

  test('is else what is active, as large as can be read, and never past the edge', () => {
    const chart = { width: 4000, height: 500 };
    const around = { x: 1900, y: 100, width: 200, height: 50 };
    const { x, scale } = readable(chart, pane, around);
    expect(x + 2000 * scale).toBeCloseTo(400);
    expect(readable(chart, pane, nowhere).x).toBeGreaterThanOrEqual(0);
    expect(fitted(chart, pane).scale).toBeLessThan(scale);
  });

  test('stays under the pointer while it grows', () => {
    const view = zoomed({ x: 10, y: 20, scale: 1 }, { x: 110, y: 220 }, 2);
    expect(view).toEqual({ x: -90, y: -180, scale: 2 });
    expect(panned(view, 5, -5)).toEqual({ x: -85, y: -185, scale: 2 });
  });
});

test('a line goes straight between bends, which are round and never longer than half the way', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 100, y: 0 },
    { x: 100, y: 6 },
  ];
  expect(pathThrough(points)).toBe('M0 0 L93 0 Q100 0 100 3 L100 6');
  expect(pathThrough([])).toBe('');
});

test('a long text is broken at spaces, and a long word is not', () => {
  expect(wrapped('[isA and isB and isC]', 10, '  ')).toEqual(['[isA and', '  isB and', '  isC]']);
  expect(wrapped('election.somethingLong', 5)).toEqual(['election.somethingLong']);
});
