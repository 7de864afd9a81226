/**
 * Purdue coordination diagrams as SVG (Day et al. 2014): every arrival at an approach is a dot, by
 * time of day to the right and by time in its cycle upwards. A cycle begins when green ends; lines
 * say when green began in it and when it ended. Dots between the lines came during green.
 */
import type { Span } from '../visualizer/views/time-space/strip.ts';
import { box, element, group, line, pathOf, sheetOf, shortName, words } from './svg.ts';
import { scaleOf, timeAxis, timeAxisTitle, uprightAxis } from './svg-axes.ts';

/** One approach. Instants are milliseconds after the scenario's beginning. */
export interface Approach {
  readonly name: string;
  readonly greens: readonly Span[];
  readonly arrivals: readonly number[];
  readonly onGreen: number;
}

export interface Purdue {
  readonly title: string;
  readonly subtitle: string;
  readonly span: Span;
  /** The time of day when the scenario begins. In seconds. */
  readonly beginS: number;
  readonly approaches: readonly Approach[];
}

/** From the end of a green to the end of the next. */
export interface Cycle {
  readonly startMs: number;
  readonly greenMs: number;
  readonly endMs: number;
}

/** The cycles of an approach; before its first green ends there is none. */
export const cyclesOf = (greens: readonly Span[]): Cycle[] =>
  greens.slice(1).map(({ fromMs, toMs }, k) => ({
    startMs: greens[k]?.toMs ?? 0,
    greenMs: fromMs,
    endMs: toMs,
  }));

const WIDTH_PX = 1200;
const PANEL_PX = 190;
const PANEL_GAP_PX = 64;
/** What fits above a panel, beside its figures. */
const NAME_CHARACTERS = 60;
const TOP_PX = 112;
const LEFT_PX = 70;
const RIGHT_PX = WIDTH_PX - 40;
/** Cycles beyond are cut off, so that one long one does not flatten all others. */
const CYCLE_QUANTILE = 0.98;

export const purdueSvg = (drawn: Purdue): string => {
  const { approaches } = drawn;
  const height = TOP_PX + approaches.length * (PANEL_PX + PANEL_GAP_PX) + 10;
  return sheetOf({ ...drawn, width: WIDTH_PX, height }, [
    ...legend(),
    ...approaches.map((approach, k) => panel(approach, k, drawn)),
  ]);
};

const panel = (approach: Approach, place: number, { span, beginS }: Purdue): string => {
  const top = TOP_PX + place * (PANEL_PX + PANEL_GAP_PX);
  const plot = { left: LEFT_PX, right: RIGHT_PX, top, bottom: top + PANEL_PX };
  const cycles = cyclesOf(approach.greens);
  const highestS = Math.max(10, quantile(cycles.map(lengthS), CYCLE_QUANTILE) * 1.08);
  const times = [beginS + span.fromMs / 1000, beginS + span.toMs / 1000] as const;
  const x = scaleOf([span.fromMs, span.toMs], [plot.left, plot.right]);
  const y = scaleOf([0, highestS], [plot.bottom, plot.top]);
  const inCycle = ({ startMs }: Cycle, ms: number) => y((ms - startMs) / 1000);
  // From cycle to cycle a line steps, and each holds for as long as its cycle.
  const steps = (ms: (cycle: Cycle) => number) =>
    pathOf(
      cycles.flatMap((cycle) => {
        const at = inCycle(cycle, ms(cycle));
        return [[x(cycle.startMs), at] as const, [x(cycle.endMs), at] as const];
      }),
    );
  const id = `panel-${place}`;
  return group({}, [
    element('clipPath', { id }, [box([plot.left, plot.top], [plot.right, plot.bottom], '')]),
    ...uprightAxis({ values: [0, highestS], y, title: 'time in cycle (s)', roomPx: 36 }, plot),
    ...timeAxis(times, scaleOf(times, [plot.left, plot.right]), plot),
    group({ 'clip-path': `url(#${id})` }, [
      ...cycles.map((cycle) =>
        box(
          [x(cycle.startMs), inCycle(cycle, cycle.endMs)],
          [x(cycle.endMs), inCycle(cycle, cycle.greenMs)],
          'time',
        ),
      ),
      element('path', { d: steps(({ greenMs }) => greenMs), class: 'start' }),
      element('path', { d: steps(({ endMs }) => endMs), class: 'end' }),
      ...dotsOf(approach, cycles).map(([ms, cycle]) =>
        element('circle', { cx: x(ms), cy: inCycle(cycle, ms), r: 1.8, class: 'dot' }),
      ),
    ]),
    shortName(approach.name, NAME_CHARACTERS, { x: plot.left, y: top - 8, class: 'strong' }),
    words(figuresOf(approach, cycles), {
      ...{ x: plot.right, y: top - 8, class: 'small', 'text-anchor': 'end' },
    }),
    timeAxisTitle(plot),
  ]);
};

const lengthS = ({ startMs, endMs }: Cycle): number => (endMs - startMs) / 1000;

/** Each arrival with the cycle in which it came; both are in their order. */
const dotsOf = ({ arrivals }: Approach, cycles: readonly Cycle[]): [number, Cycle][] => {
  let place = 0;
  return arrivals.flatMap((ms): [number, Cycle][] => {
    while ((cycles[place]?.endMs ?? Number.POSITIVE_INFINITY) <= ms) place += 1;
    const cycle = cycles[place];
    return cycle && cycle.startMs <= ms ? [[ms, cycle]] : [];
  });
};

const figuresOf = ({ arrivals, onGreen, greens }: Approach, cycles: readonly Cycle[]): string => {
  const percent = arrivals.length > 0 ? (100 * onGreen) / arrivals.length : 0;
  const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
  const cycleS = sum(cycles.map(lengthS)) / Math.max(1, cycles.length);
  const greenS = sum(greens.map(({ fromMs, toMs }) => toMs - fromMs)) / 1000;
  return [
    `arrivals on green ${percent.toFixed(0)} % of ${arrivals.length}`,
    `mean cycle ${cycleS.toFixed(0)} s`,
    `mean green ${(greenS / Math.max(1, greens.length)).toFixed(0)} s`,
  ].join(' · ');
};

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))] ?? 0;

const legend = (): string[] => {
  const y = 76;
  const entries = [
    [(x: number) => element('circle', { cx: x + 13, cy: y - 4, r: 2.2, class: 'dot' }), 'arrival'],
    [(x: number) => line([x, y - 4], [x + 26, y - 4], 'start'), 'green begins'],
    [
      (x: number) => line([x, y - 4], [x + 26, y - 4], 'end'),
      'green ends, and the next cycle begins',
    ],
    [(x: number) => box([x, y - 10], [x + 26, y + 2], 'time'), 'green'],
  ] as const;
  let x = LEFT_PX;
  return entries.flatMap(([mark, text]) => {
    const at = x;
    x += 56 + text.length * 6.4;
    return [mark(at), words(text, { x: at + 32, y, class: 'small' })];
  });
};
