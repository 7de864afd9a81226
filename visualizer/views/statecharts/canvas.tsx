/** The pane in which a chart can be moved and made larger, by wheel, fingers, buttons and keys. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Gestures } from '../map/gestures.ts';
import type { ChartTransition } from './chart.ts';
import type { Covered } from './coverage.ts';
import { Drawing } from './drawing.tsx';
import type { Layout } from './layout.ts';
import type { Box } from './text-size.ts';
import { fitted, panned, readable, type Viewport, zoomed } from './viewport.ts';

interface Props {
  /** Whose chart it is: of another one begins with what is active there. */
  readonly node: string;
  readonly title: string;
  readonly layout: Layout;
  readonly active: ReadonlySet<string>;
  readonly taken: readonly ChartTransition[];
  readonly covered: Covered | undefined;
}

const STEP = 1.25;
const PAN_PX = 60;

export const Canvas = ({ node, title, layout, active, taken, covered }: Props) => {
  const pane = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<Viewport>();
  const shown = useRef(active);
  shown.current = active;

  useLayoutEffect(() => {
    const { current: element } = pane;
    if (!element) return;
    const begin = () =>
      setView(readable(layout, sizeOf(element), innermost(layout, shown.current)));
    const resized = new ResizeObserver(begin);
    resized.observe(element);
    return () => resized.disconnect();
  }, [layout, node]);

  const change = (to: (now: Viewport) => Viewport) => setView((now) => now && to(now));
  const zoom = (times: number) => {
    const { width, height } = sizeOf(pane.current);
    change((now) => zoomed(now, { x: width / 2, y: height / 2 }, times));
  };
  const fit = () => setView(fitted(layout, sizeOf(pane.current)));

  useEffect(() => {
    if (!pane.current) return;
    // It is a picture that is moved by keys, so it takes the focus.
    pane.current.tabIndex = 0;
    const move = (dx: number, dy: number) => () => change((now) => panned(now, dx, dy));
    const gestures = new Gestures(pane.current, {
      keys: {
        '+': () => zoom(STEP),
        '=': () => zoom(STEP),
        '-': () => zoom(1 / STEP),
        '0': fit,
        ArrowLeft: move(PAN_PX, 0),
        ArrowRight: move(-PAN_PX, 0),
        ArrowUp: move(0, PAN_PX),
        ArrowDown: move(0, -PAN_PX),
      },
      pan: (dx, dy) => change((now) => panned(now, dx, dy)),
      zoom: (times, at) => change((now) => zoomed(now, at, times)),
      click: () => {},
    });
    return () => gestures.close();
  }, [layout]);

  return (
    <div class="chart-place">
      <div class="chart-pane" ref={pane} role="img" aria-label={title}>
        <svg class="chart" aria-hidden="true">
          {view && (
            <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
              <Drawing layout={layout} active={active} taken={taken} covered={covered} />
            </g>
          )}
        </svg>
      </div>
      <div class="map-tools">
        <button type="button" aria-label="Larger" title="Larger (+)" onClick={() => zoom(STEP)}>
          +
        </button>
        <button
          type="button"
          aria-label="Smaller"
          title="Smaller (−)"
          onClick={() => zoom(1 / STEP)}
        >
          −
        </button>
        <button type="button" aria-label="Whole chart" title="The whole chart (0)" onClick={fit}>
          ⤢
        </button>
      </div>
    </div>
  );
};

const sizeOf = (element: HTMLElement | null) => ({
  width: element?.clientWidth ?? 0,
  height: element?.clientHeight ?? 0,
});

/** The box of the active state that has no other inside it. */
const innermost = (layout: Layout, active: ReadonlySet<string>): Box => {
  const lit = layout.nodes.filter(
    ({ face }) => face.kind === 'state' && active.has(face.state.path),
  );
  return lit.at(-1) ?? { x: 0, y: 0, width: 0, height: 0 };
};
