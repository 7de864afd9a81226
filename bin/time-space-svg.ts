/**
 * The time-space diagram of a corridor as SVG: distance upwards, to scale, time to the right; what the
 * lamps of each intersection showed, each way; a line for each vehicle, level where it waits; and
 * the bands in which one meets green everywhere at the speed of the streets.
 */
import type { Corridor, Way } from '../visualizer/views/time-space/corridor.ts';
import type { Interval, Span } from '../visualizer/views/time-space/strip.ts';
import type { Lines } from '../visualizer/views/time-space/trajectories.ts';
import { box, element, group, line, pathOf, sheetOf, shortName, words } from './svg.ts';
import {
  type Plot,
  type Scale,
  scaleOf,
  timeAxis,
  timeAxisTitle,
  uprightAxis,
} from './svg-axes.ts';

export interface WayDrawn {
  readonly way: Way;
  readonly stops: readonly {
    readonly shown: readonly Interval[];
    /** Of all who came during the run, these came during green. */
    readonly onGreenPercent: number;
  }[];
  readonly lines: Lines;
  /** Departures from the first stop that meet green everywhere. */
  readonly bands: readonly Span[];
}

export interface TimeSpace {
  readonly title: string;
  readonly subtitle: string;
  readonly corridor: Corridor;
  readonly span: Span;
  /** The time of day when the scenario begins. In seconds. */
  readonly beginS: number;
  readonly ways: readonly WayDrawn[];
}

const WIDTH_PX = 1500;
const PLOT: Omit<Plot, 'bottom'> = { left: 150, right: WIDTH_PX - 150, top: 84 };
const HEIGHT_PX_MIN = 420;
const HEIGHT_PX_MAX = 900;
/** Of metres and of intersections a diagram needs so much room. */
const PX_PER_M = 0.6;
const PX_PER_STOP = 60;
const BAR_PX = 6;
/** What fits left of the axis. */
const NAME_CHARACTERS = 13;
/** How far the diagram goes on beyond its ends, where vehicles come. In metres. */
export const BEYOND_M = 120;

const kindOf = (place: number): 'up' | 'down' => (place === 0 ? 'up' : 'down');

export const timeSpaceSvg = (drawn: TimeSpace): string => {
  const { corridor, span, beginS, ways } = drawn;
  const lengthM = corridor.stops.at(-1)?.distanceM ?? 0;
  const wanted = Math.max(lengthM * PX_PER_M, corridor.stops.length * PX_PER_STOP, HEIGHT_PX_MIN);
  const plot = { ...PLOT, bottom: PLOT.top + Math.min(HEIGHT_PX_MAX, wanted) };
  const x = scaleOf([span.fromMs, span.toMs], [plot.left, plot.right]);
  const y = scaleOf([-BEYOND_M, lengthM + BEYOND_M], [plot.bottom, plot.top]);
  const times = [beginS + span.fromMs / 1000, beginS + span.toMs / 1000] as const;
  const ofDay = scaleOf(times, [plot.left, plot.right]);
  const clip = element('clipPath', { id: 'plot' }, [
    box([plot.left, plot.top], [plot.right, plot.bottom], ''),
  ]);
  const height = plot.bottom + 90;
  return sheetOf({ ...drawn, width: WIDTH_PX, height }, [
    clip,
    ...uprightAxis({ values: [0, lengthM], y, title: 'distance (m)', roomPx: 45 }, plot),
    ...timeAxis(times, ofDay, plot),
    timeAxisTitle(plot),
    group({ 'clip-path': 'url(#plot)' }, [
      ...ways.flatMap((way, place) => bandsIn(way, { x, y, kind: kindOf(place) })),
      ...ways.flatMap(({ lines }, place) =>
        lines.map((points) =>
          element('path', {
            d: pathOf(points.map(({ ms, m }) => [x(ms), y(m)])),
            class: kindOf(place),
          }),
        ),
      ),
      ...ways.flatMap((way, place) => barsIn(way, { x, y, kind: kindOf(place) })),
    ]),
    ...corridor.stops.map(({ intersection: { id }, distanceM }) =>
      shortName(id, NAME_CHARACTERS, { x: 14, y: y(distanceM) + 4, class: 'strong' }),
    ),
    ...ways.flatMap(({ way, stops }, place) =>
      way.stops.map(({ distanceM }, k) =>
        words(`${stops[k]?.onGreenPercent.toFixed(0)} % on green`, {
          ...{ x: plot.right + 8, y: y(distanceM) + (place === 0 ? -3 : 11) },
          class: `${kindOf(place)} small`,
        }),
      ),
    ),
    ...legendOf(ways, plot),
  ]);
};

interface Drawing {
  readonly x: Scale;
  readonly y: Scale;
  readonly kind: 'up' | 'down';
}

/** The way up the sheet has its bars above the line of its intersection, the other below. */
const barsIn = ({ way, stops }: WayDrawn, { x, y, kind }: Drawing): string[] =>
  way.stops.flatMap(({ distanceM }, k) => {
    const middle = y(distanceM) + (kind === 'up' ? -1 : 1) * (BAR_PX / 2 + 1);
    return (stops[k]?.shown ?? []).map(({ fromMs, toMs, lamp }) => {
      if (lamp === 'flashingRed' || lamp === 'flashingAmber') {
        return line([x(fromMs), middle], [x(toMs), middle], lamp);
      }
      // Red is thin, so that colour is not all that tells it from green.
      const half = lamp === 'red' ? 1 : lamp === 'greenPermissive' ? BAR_PX / 2 - 0.5 : BAR_PX / 2;
      return box([x(fromMs), middle - half], [x(toMs), middle + half], lamp);
    });
  });

const bandsIn = ({ way, bands }: WayDrawn, { x, y, kind }: Drawing): string[] =>
  bands.map(({ fromMs, toMs }) => {
    const side = (ms: number) =>
      way.stops.map(({ distanceM, travelMs }) => [x(ms + travelMs), y(distanceM)] as const);
    const around = [...side(fromMs), ...side(toMs).toReversed()];
    return element('path', { d: `${pathOf(around)}Z`, class: `${kind} band` });
  });

const legendOf = (ways: readonly WayDrawn[], plot: Plot): string[] => {
  const y = plot.bottom + 62;
  const lamps = [
    ['green', 'green'],
    ['greenPermissive', 'green that yields'],
    ['amber', 'amber'],
    ['red', 'red'],
  ] as const;
  const hasBands = ways.some(({ bands }) => bands.length > 0);
  const entries = [
    ...ways.map(({ way }, place) => ({
      mark: (x: number) => line([x, y], [x + 26, y - 8], kindOf(place)),
      text: `vehicle ${way.name} (limit ${Math.round(way.speedMps * 3.6)} km/h)`,
    })),
    ...lamps.map(([lamp, text]) => ({
      mark: (x: number) => {
        const half = lamp === 'red' ? 1 : BAR_PX / 2;
        return box([x, y - 4 - half], [x + 26, y - 4 + half], lamp);
      },
      text,
    })),
    {
      mark: (x: number) => line([x, y - 4], [x + 26, y - 4], 'flashingRed'),
      text: 'flashing',
    },
    ...(hasBands
      ? [
          {
            mark: (x: number) => box([x, y - 9], [x + 26, y + 1], 'up band'),
            text: 'green everywhere at that speed',
          },
        ]
      : []),
  ];
  let x = plot.left;
  return entries.flatMap(({ mark, text }) => {
    const at = x;
    x += 52 + text.length * 6.6;
    return [mark(at), words(text, { x: at + 32, y, class: 'small' })];
  });
};
