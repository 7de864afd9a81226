/**
 * The time-space diagram: distance upwards, to scale, time to the right. The way that leads up the
 * page has its strips above each intersection's line, the other below.
 */

import type { Intersection } from '../../../protocol/district.ts';
import { nodesOf } from '../../../protocol/serving.ts';
import type { Desk } from '../../desk.ts';
import type { Picture } from '../../picture.ts';
import { type Frame, NowLine, scaleOf, TimeAxis } from './axis.tsx';
import type { Corridor } from './corridor.ts';
import { Driven } from './driven.tsx';
import type { BandScene, Scene, WayScene } from './scene.ts';
import { Hatching, PLANNED_PX, SHOWN_PX, StripBar } from './strip-bar.tsx';
import type { Lines } from './trajectories.ts';

/** So far from its line is a strip, and so much room two intersections need. In pixels. */
const GAP_PX = 1;
const ROW_PX = 2 * (SHOWN_PX + PLANNED_PX + GAP_PX) + 8;
const HEIGHT_PX_MAX = 6000;
/** A label of a width needs so much room. */
const LABEL_PX = 34;

/** A phone: labels say less. */
const NARROW_PX = 600;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const marginOf = ({ width }: Size): number => (width < NARROW_PX ? 62 : 128);

interface Props {
  readonly desk: Desk;
  readonly corridor: Corridor;
  readonly scene: Scene;
  readonly picture: Picture;
  readonly size: Size;
  /** Of each way, the lines of those who drove on it. */
  readonly driven: readonly Lines[] | undefined;
}

export const Diagram = ({ desk, corridor, scene, picture, size, driven = [] }: Props) => {
  const frame = frameOf(corridor, size);
  const { span, nowMs } = scene;
  const x = scaleOf(frame, span);
  const y = heightOf(frame, corridor);
  const go = ({ offsetX, detail }: MouseEvent) => {
    const atMs = span.fromMs + (offsetX / plot.width) * (span.toMs - span.fromMs);
    // A button that is pressed by a key has no place that was meant.
    if (detail > 0 && atMs < nowMs) desk.pause(atMs);
  };
  const plot = {
    x: frame.left,
    y: frame.top,
    width: Math.max(0, frame.width - frame.left - frame.right),
    height: frame.height - frame.top - frame.bottom,
  };
  return (
    <div class={`time-space-drawing ${size.width < NARROW_PX ? 'narrow' : ''}`}>
      <svg
        width={frame.width}
        height={frame.height}
        role="img"
        aria-label="Time-space diagram. What it shows is said in words above and below."
      >
        <Hatching />
        <clipPath id="time-space-plot">
          <rect {...plot} y={0} height={frame.height} />
        </clipPath>
        <TimeAxis {...{ frame, span }} cycleStarts={scene.cycleStarts} />
        <g clip-path="url(#time-space-plot)">
          {scene.ways.map((one) => (
            <Bands key={one.way.name} {...{ x, y }} scene={one} place={scene.ways.indexOf(one)} />
          ))}
          <Driven {...{ driven, x, y }} />
          <rect class="veil" {...plot} x={x(nowMs)} width={Math.max(0, x(span.toMs) - x(nowMs))} />
          {scene.ways.map((one, place) => (
            <g key={one.way.name} data-way={one.way.name}>
              {one.stops.map(({ stop, shown, planned }) => (
                <StripBar
                  key={stop.intersection.id}
                  {...{ shown, planned, x }}
                  y={y(stop.distanceM) + (place === 0 ? -1 : 1) * (GAP_PX + SHOWN_PX)}
                  isUp={place === 0}
                />
              ))}
            </g>
          ))}
          {scene.ways.map((one, place) => (
            <Widths key={one.way.name} {...{ x, y, frame, place }} scene={one} />
          ))}
        </g>
        {corridor.stops.map(({ intersection: { id }, distanceM }) => (
          <line
            key={id}
            class="stop-line"
            x1={frame.left}
            x2={plot.x + plot.width}
            y1={y(distanceM)}
            y2={y(distanceM)}
          />
        ))}
        <NowLine frame={frame} x={x(nowMs)} />
      </svg>
      <button
        type="button"
        class="ground"
        tabIndex={-1}
        aria-label="Go to the instant that is clicked"
        style={boxOf(plot)}
        onClick={go}
      />
      {corridor.stops.map(({ intersection, distanceM }) => (
        <StopLabel
          key={intersection.id}
          {...{ desk, intersection }}
          y={y(distanceM)}
          width={frame.left - 8}
          more={detailOf(picture, intersection.id, distanceM).slice(
            0,
            size.width < NARROW_PX ? 1 : 2,
          )}
        />
      ))}
    </div>
  );
};

const boxOf = (plot: { x: number; y: number; width: number; height: number }) => ({
  left: `${plot.x}px`,
  top: `${plot.y}px`,
  width: `${plot.width}px`,
  height: `${plot.height}px`,
});

/** High enough for the nearest two intersections, as far as that goes. */
const frameOf = ({ stops }: Corridor, size: Size): Frame => {
  const lengthM = stops.at(-1)?.distanceM ?? 1;
  const gaps = stops.slice(1).map((stop, k) => stop.distanceM - (stops[k]?.distanceM ?? 0));
  const least = (ROW_PX * lengthM) / Math.max(1, Math.min(...gaps));
  const [top, bottom] = [44, 42];
  const height = Math.min(HEIGHT_PX_MAX, Math.max(size.height, least + top + bottom));
  return { width: size.width, height, left: marginOf(size), right: 10, top, bottom };
};

const heightOf = ({ height, top, bottom }: Frame, { stops }: Corridor) => {
  const lengthM = stops.at(-1)?.distanceM || 1;
  const [low, high] = [height - bottom - ROW_PX / 2, top + ROW_PX / 2];
  return (distanceM: number): number => low - (distanceM / lengthM) * (low - high);
};

interface Drawn {
  readonly scene: WayScene;
  readonly x: (ms: number) => number;
  readonly y: (distanceM: number) => number;
  readonly place: number;
}

const Bands = ({ scene, x, y, place }: Drawn) => {
  const stops = scene.way.stops.slice(0, scene.reach);
  const line = (departureMs: number) =>
    stops.map((stop) => [x(departureMs + stop.travelMs), y(stop.distanceM)].join(' '));
  const isBroken = scene.reach < scene.way.stops.length;
  return (
    <g class={`bands ${place === 0 ? 'up' : 'down'} ${isBroken ? 'broken' : ''}`}>
      {scene.bands.map(({ fromMs, toMs }) => (
        <g key={fromMs}>
          <path class="fill" d={`M${[...line(fromMs), ...line(toMs).toReversed()].join('L')}Z`} />
          <path class="edge" d={`M${line(fromMs).join('L')}M${line(toMs).join('L')}`} />
        </g>
      ))}
    </g>
  );
};

/** The width of each band, between two intersections where there is room. */
const Widths = ({ scene, x, y, place, frame }: Drawn & { frame: Frame }) => {
  const stops = scene.way.stops.slice(0, scene.reach);
  const k = Math.max(1, Math.floor(stops.length / 2));
  const [a, b] = [stops[k - 1], stops[k]];
  if (!a || !b) return null;
  const part = 0.5;
  const [travelMs, distanceM] = [
    a.travelMs + part * (b.travelMs - a.travelMs),
    a.distanceM + part * (b.distanceM - a.distanceM),
  ];
  const middle = ({ fromMs, toMs }: BandScene) => x((fromMs + toMs) / 2 + travelMs);
  return (
    <g class={`widths ${place === 0 ? 'up' : 'down'}`}>
      {scene.bands
        .filter((band) => band.isWhole && x(band.toMs) - x(band.fromMs) > LABEL_PX)
        .filter((band) => middle(band) > frame.left + LABEL_PX)
        .map((band) => (
          <text key={band.fromMs} x={middle(band)} y={y(distanceM) + 4} text-anchor="middle">
            {((band.toMs - band.fromMs) / 1000).toFixed(1)} s
          </text>
        ))}
    </g>
  );
};

/** How far along it is, and how it runs where it does not follow the plan. */
const detailOf = (picture: Picture, id: string, distanceM: number): string[] => {
  const node = [...picture.nodes.values()].find(({ intersection }) => intersection === id);
  const offset = picture.plan?.plan.intersections.find((one) => one.id === id)?.offsetS;
  const isPlanned = node?.mode === undefined || node.mode === 'coordinated';
  const standing = node?.standing === 'down' ? 'node down' : isPlanned ? '' : `${node.mode}`;
  return [
    `${Math.round(distanceM)} m`,
    standing !== '' ? standing : offset === undefined ? '' : `offset ${offset} s`,
  ].filter((text) => text !== '');
};

interface LabelProps {
  readonly desk: Desk;
  readonly intersection: Intersection;
  readonly y: number;
  readonly width: number;
  readonly more: readonly string[];
}

const StopLabel = ({ desk, intersection, y, width, more }: LabelProps) => {
  const { id } = intersection;
  const [node] = nodesOf(intersection);
  const isChosen = desk.selection.value.intersection === id;
  const select = () => {
    const chosen = { intersection: id, ...(node !== undefined && { node }) };
    desk.selection.value = isChosen ? {} : chosen;
  };
  return (
    <button
      type="button"
      class="stop"
      aria-pressed={isChosen}
      data-stop={id}
      style={{ top: `${y}px`, width: `${width}px` }}
      onClick={select}
    >
      <b>{id}</b>
      {more.map((text) => (
        <span key={text}>{text}</span>
      ))}
    </button>
  );
};
