/**
 * Diagrams of a run: a time-space diagram of a corridor, and Purdue coordination diagrams of its
 * approaches each way; of a district without a corridor those of its busiest approaches.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { District } from '../protocol/check-district.ts';
import { bandsOf } from '../visualizer/views/time-space/band.ts';
import { type Corridor, corridorsOf, type Way } from '../visualizer/views/time-space/corridor.ts';
import { extend, GONE_MS, type Point } from '../visualizer/views/time-space/line.ts';
import { greensOf, type Span, shownStrip } from '../visualizer/views/time-space/strip.ts';
import type { Lines } from '../visualizer/views/time-space/trajectories.ts';
import { type DriveRecord, type Moment, percentOf } from './drive-record.ts';
import { type Approach, purdueSvg } from './purdue-svg.ts';
import { OperatorError } from './read-district.ts';
import { BEYOND_M, timeSpaceSvg, type WayDrawn } from './time-space-svg.ts';

export interface DiagramOptions {
  readonly folder: string;
  readonly corridor: Corridor | undefined;
  /** What the time-space diagram shows. */
  readonly span: Span;
  /** What stands above each. */
  readonly title: string;
  readonly subtitle: string;
  /** The time of day when the scenario begins. In seconds. */
  readonly beginS: number;
}

/** Approaches of an intersection without a corridor: those where most come. */
const APPROACHES_MAX = 8;
/** Junctions have a width of which links may know nothing. In metres. */
const SLACK_M = 20;

/** The corridor that leads through all of these, or the longest; undefined where there is none. */
export const corridorThrough = (
  district: District,
  ids: readonly string[] | undefined,
): Corridor | undefined => {
  const all = corridorsOf(district);
  if (ids === undefined) return all[0];
  const namesOf = ({ stops }: Corridor) => stops.map(({ intersection }) => intersection.id);
  const found = all.find((one) => ids.every((id) => namesOf(one).includes(id)));
  if (found) return found;
  const list = all.map((one) => `\n  ${namesOf(one).join(', ')}`).join('');
  throw new OperatorError(
    `--corridor: no corridor leads through ${ids.join(', ')}; there ${list ? `are:${list}` : 'is none'}`,
  );
};

/** Writes the files, and gives their paths. */
export const drawDiagrams = async (
  record: DriveRecord,
  district: District,
  options: DiagramOptions,
): Promise<string[]> => {
  const { folder, corridor } = options;
  await mkdir(folder, { recursive: true });
  const files = corridor
    ? [
        ['time-space.svg', timeSpaceOf(record, district, corridor, options)] as const,
        ...corridor.ways.map(
          (way) => [`purdue-${way.name}.svg`, purdueOf(record, way, options)] as const,
        ),
      ]
    : [['purdue.svg', purdueOfBusiest(record, district, options)] as const];
  const written: string[] = [];
  for (const [name, text] of files) {
    const file = join(folder, name);
    await writeFile(file, text);
    written.push(file);
  }
  return written;
};

const timeSpaceOf = (
  record: DriveRecord,
  district: District,
  corridor: Corridor,
  { span, title, subtitle, beginS }: DiagramOptions,
): string => {
  const ways = corridor.ways.map((way): WayDrawn => {
    const stops = way.stops.map(({ intersection, groups }) => ({
      shown: shownStrip(record.changesOf(intersection.id), groups, span),
      onGreenPercent: percentOf(record.onGreen(intersection.id, groups)),
    }));
    const passages = way.stops.map(({ travelMs }, k) => ({
      travelMs,
      greens: greensOf(stops[k]?.shown ?? []),
    }));
    return { way, stops, lines: linesOf(record.moments, way, district), bands: bandsOf(passages) };
  });
  const named = `${title}: time and space`;
  return timeSpaceSvg({ title: named, subtitle, corridor, span, beginS, ways });
};

/** The line of each vehicle that drives along a way, those who turn off or come from a side too. */
export const linesOf = (moments: readonly Moment[], way: Way, district: District): Lines => {
  const places = placesOn(way, district);
  const all: Point[][] = [];
  const open = new Map<string, Point[]>();
  for (const { ms, sightings } of moments) {
    for (const { vehicle, intersection, group, distanceM } of sightings) {
      const place = places.get(`${intersection} ${group}`);
      if (!place || distanceM > place.distanceM) continue;
      const point = { ms, m: place.lineM - place.sign * distanceM * place.scale };
      const line = open.get(vehicle);
      if (line && ms - (line.at(-1)?.ms ?? 0) < GONE_MS) extend(line, point);
      else {
        const fresh = [point];
        open.set(vehicle, fresh);
        all.push(fresh);
      }
    }
  }
  return all;
};

/** Where in the diagram those are who come to a group of a way. */
interface PlaceOn {
  readonly lineM: number;
  readonly sign: 1 | -1;
  /** Who is farther from the stop line is on another street. */
  readonly distanceM: number;
  /** Metres of the diagram to one of the street: both ways are as long as one of them. */
  readonly scale: number;
}

const placesOn = ({ stops }: Way, { links }: District): Map<string, PlaceOn> => {
  const places = new Map<string, PlaceOn>();
  const sign = (stops.at(-1)?.distanceM ?? 0) >= (stops[0]?.distanceM ?? 0) ? 1 : -1;
  stops.forEach(({ intersection: { id }, distanceM: lineM, groups }, k) => {
    const before = stops[k - 1];
    const link = links.find(({ from, to }) => from === before?.intersection.id && to === id);
    const distanceM = link ? link.lengthM + SLACK_M : BEYOND_M;
    const scale = link && before ? Math.abs(lineM - before.distanceM) / link.lengthM : 1;
    for (const group of link?.toGroups ?? groups) {
      places.set(`${id} ${group}`, { lineM, sign, distanceM, scale });
    }
  });
  return places;
};

const approachOf = (
  record: DriveRecord,
  { name, intersection, groups }: { name: string; intersection: string; groups: readonly string[] },
): Approach => ({
  name,
  greens: greensOf(shownStrip(record.changesOf(intersection), groups, record.whole)),
  arrivals: record.arrivalsAt(intersection, groups),
  onGreen: record.onGreen(intersection, groups).onGreen,
});

const purdueOf = (
  record: DriveRecord,
  way: Way,
  { title, subtitle, beginS }: DiagramOptions,
): string => {
  const approaches = way.stops.map(({ intersection: { id }, groups }) =>
    approachOf(record, { name: `${id}, ${groups.join(' and ')}`, intersection: id, groups }),
  );
  const named = `${title}: arrivals ${way.name} (Purdue coordination diagram)`;
  return purdueSvg({ title: named, subtitle, span: record.whole, beginS, approaches });
};

const purdueOfBusiest = (
  record: DriveRecord,
  { intersections }: District,
  { title, subtitle, beginS }: DiagramOptions,
): string => {
  const approaches = intersections
    .flatMap(({ id, groups }) =>
      groups.map((group) =>
        approachOf(record, {
          ...{ name: `${id}, ${group.id}`, intersection: id, groups: [group.id] },
        }),
      ),
    )
    .filter(({ arrivals }) => arrivals.length > 0)
    .sort((a, b) => b.arrivals.length - a.arrivals.length)
    .slice(0, APPROACHES_MAX);
  const named = `${title}: arrivals (Purdue coordination diagram)`;
  return purdueSvg({ title: named, subtitle, span: record.whole, beginS, approaches });
};
