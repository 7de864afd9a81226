/** Corridors, strips and green bands, by tables; and of a real city that follows its plan. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Intersection, Link } from '../../protocol/district.ts';
import type { Lamp } from '../../protocol/lamp.ts';
import type { Plan } from '../../protocol/plan.ts';
import { town } from '../../simulation/town.ts';
import { History } from '../../visualizer/history.ts';
import { CityRun } from '../../visualizer/sources/city-run.ts';
import { districtNamed } from '../../visualizer/sources/districts.ts';
import { bandsOf, plannedBand, reachOf } from '../../visualizer/views/time-space/band.ts';
import {
  type Corridor,
  corridorsOf,
  type Way,
} from '../../visualizer/views/time-space/corridor.ts';
import { Recording } from '../../visualizer/views/time-space/recording.ts';
import {
  recordedFrom,
  type Scene,
  sceneOf,
  scheduleOf,
  spanOf,
} from '../../visualizer/views/time-space/scene.ts';
import {
  greensOf,
  type Interval,
  plannedStrip,
  type Span,
  shownStrip,
  type Timetable,
} from '../../visualizer/views/time-space/strip.ts';

const spans = (...pairs: [number, number][]): Span[] =>
  pairs.map(([fromMs, toMs]) => ({ fromMs, toMs }));
const pairsOf = (some: readonly Span[]) => some.map(({ fromMs, toMs }) => [fromMs, toMs]);

describe('a band', () => {
  const rows: [string, { greens: Span[]; travelMs: number }[], [number, number][]][] = [
    [
      'of one intersection is its green',
      [{ greens: spans([5e3, 9e3]), travelMs: 0 }],
      [[5e3, 9e3]],
    ],
    [
      'is as wide as both greens where the second begins when the first vehicle arrives',
      [
        { greens: spans([0, 20e3]), travelMs: 0 },
        { greens: spans([23e3, 43e3]), travelMs: 23e3 },
      ],
      [[0, 20e3]],
    ],
    [
      'is cut by a green that begins late and by one that ends early',
      [
        { greens: spans([0, 20e3]), travelMs: 0 },
        { greens: spans([15e3, 40e3]), travelMs: 10e3 },
        { greens: spans([0, 38e3]), travelMs: 20e3 },
      ],
      [[5e3, 18e3]],
    ],
    [
      'is two where a red stands in between',
      [
        { greens: spans([0, 30e3]), travelMs: 0 },
        { greens: spans([0, 20e3], [25e3, 60e3]), travelMs: 10e3 },
      ],
      [
        [0, 10e3],
        [15e3, 30e3],
      ],
    ],
    [
      'is none where the greens miss each other',
      [
        { greens: spans([0, 10e3]), travelMs: 0 },
        { greens: spans([0, 20e3]), travelMs: 20e3 },
      ],
      [],
    ],
    [
      'is none where it is too narrow for a vehicle',
      [
        { greens: spans([0, 10e3]), travelMs: 0 },
        { greens: spans([0, 20.9e3]), travelMs: 20e3 },
      ],
      [],
    ],
    ['is none where an intersection is never green', [{ greens: [], travelMs: 0 }], []],
  ];
  test.each(rows)('%s', (_, passages, bands) => {
    expect(pairsOf(bandsOf(passages))).toEqual(bands);
  });

  test('that does not lead through all is said to lead as far as it does', () => {
    const passages = [
      { greens: spans([0, 20e3]), travelMs: 0 },
      { greens: spans([10e3, 30e3]), travelMs: 10e3 },
      { greens: spans([60e3, 70e3]), travelMs: 20e3 },
    ];
    expect(reachOf(passages)).toEqual({ stops: 2, bands: spans([0, 20e3]) });
    expect(reachOf(passages.slice(2))).toEqual({ stops: 1, bands: [] });
  });
});

describe('a strip', () => {
  const { intersections } = town(3, { shape: 'line' });
  const crossing = intersections[1] as Intersection;
  const plan: Plan = {
    id: 'p',
    cycleS: 60,
    intersections: [
      {
        id: crossing.id,
        offsetS: 10,
        splits: [
          { stage: 'ns', splitS: 25 },
          { stage: 'ew', splitS: 35 },
        ],
      },
    ],
  };
  const strip = (groups: string[], aheadMs: number, span: Span) =>
    plannedStrip(crossing, groups, { plan, aheadMs }, span).map((one) => [
      one.fromMs / 1000,
      one.toMs / 1000,
      one.lamp,
    ]);

  test('that is planned begins at the offset and ends with amber and red clearance', () => {
    expect(strip(['NS'], 0, { fromMs: 0, toMs: 70e3 })).toEqual([
      [0, 10, 'red'],
      [10, 31, 'green'],
      [31, 34, 'amber'],
      [34, 70, 'red'],
    ]);
    expect(strip(['EW'], 0, { fromMs: 35e3, toMs: 95e3 })).toEqual([
      [35, 66, 'green'],
      [66, 69, 'amber'],
      [69, 95, 'red'],
    ]);
  });

  test('that is planned stands in the group’s time', () => {
    expect(strip(['NS'], 4000, { fromMs: 0, toMs: 30e3 })).toEqual([
      [0, 6, 'red'],
      [6, 27, 'green'],
      [27, 30, 'amber'],
    ]);
  });

  test('of several groups shows whichever lets more through', () => {
    expect(strip(['NS', 'EW'], 0, { fromMs: 10e3, toMs: 70e3 })).toEqual([
      [10, 31, 'green'],
      [31, 34, 'amber'],
      [34, 35, 'red'],
      [35, 66, 'green'],
      [66, 69, 'amber'],
      [69, 70, 'red'],
    ]);
  });

  test('is empty where the plan says nothing of the intersection', () => {
    const other = intersections[0] as Intersection;
    const span = { fromMs: 0, toMs: 60e3 };
    expect(plannedStrip(other, ['NS'], { plan, aheadMs: 0 }, span)).toEqual([]);
  });

  test('that was shown is what the lamps said, joined where nothing changed for the group', () => {
    const lamps = (NS: Lamp, EW: Lamp) => ({ NS, EW });
    const changes = [
      { atMs: 0, lamps: undefined },
      { atMs: 5, lamps: lamps('red', 'red') },
      { atMs: 10, lamps: lamps('green', 'red') },
      { atMs: 10, lamps: lamps('green', 'red') },
      { atMs: 20, lamps: lamps('amber', 'red') },
      { atMs: 23, lamps: lamps('red', 'greenPermissive') },
    ];
    const shown = shownStrip(changes, ['NS'], { fromMs: 2, toMs: 30 });
    expect(shown.map(({ fromMs, toMs, lamp }) => [fromMs, toMs, lamp])).toEqual([
      [5, 10, 'red'],
      [10, 20, 'green'],
      [20, 23, 'amber'],
      [23, 30, 'red'],
    ]);
    const other = shownStrip(changes, ['EW'], { fromMs: 2, toMs: 30 });
    expect(pairsOf(greensOf(other))).toEqual([[23, 30]]);
  });
});

describe('corridors', () => {
  const idsOf = ({ stops }: Corridor) => stops.map(({ intersection }) => intersection.id).join(' ');

  test('of a grid are its streets, each once, from west to east and from south to north', () => {
    const { intersections, links } = town(9);
    const found = corridorsOf({ intersections, links });
    expect(found.map(idsOf).sort()).toEqual([
      'x1 x2 x3',
      'x1 x4 x7',
      'x2 x5 x8',
      'x3 x6 x9',
      'x4 x5 x6',
      'x7 x8 x9',
    ]);
    const [row, column] = ['x4 x5 x6', 'x2 x5 x8'].map((id) => found.find((one) => one.id === id));
    const groupsOf = (way?: Way) => way?.stops.map(({ groups }) => groups.join());
    expect(row?.ways.map(({ name }) => name)).toEqual(['eastbound', 'westbound']);
    expect(column?.ways.map(({ name }) => name)).toEqual(['northbound', 'southbound']);
    expect(groupsOf(row?.ways[1])).toEqual(['EW', 'EW', 'EW']);
    expect(groupsOf(column?.ways[0])).toEqual(['NS', 'NS', 'NS']);
  });

  test('of a one-way street have one way, and a bend beyond half a right angle ends them', () => {
    const at = (id: string, x: number, y: number): Intersection => ({
      ...(town(1).intersections[0] as Intersection),
      ...{ id, position: [x, y] },
    });
    const link = (from: string, to: string): Link => ({ from, to, lengthM: 100, speedMps: 10 });
    const intersections = [at('a', 0, 0), at('b', 100, 0), at('c', 190, 40), at('d', 190, 140)];
    const links = [link('b', 'a'), link('c', 'b'), link('c', 'd')];
    const found = corridorsOf({ intersections, links });
    expect(found.map(idsOf)).toEqual(['a b c', 'c d']);
    expect(found[0]?.ways.map(({ name }) => name)).toEqual(['westbound']);
  });

  test('are none where nothing is linked', () => {
    const { intersections } = town(4);
    expect(corridorsOf({ intersections, links: [] })).toEqual([]);
  });
});

describe('the arterial that is shipped', () => {
  /** By then the plan of the file has been followed for a while, and is not yet replaced by a measured one. */
  const FILED_MS = 330_000;
  let scene: Scene;
  let history: History;
  let corridor: Corridor;
  beforeAll(async () => {
    const run = new CityRun({ seed: 5, district: await districtNamed('arterial') });
    history = new History(run.opening);
    await run.run(430_000);
    history.append(run.take());
    corridor = corridorsOf(history.at(FILED_MS).streets)[0] as Corridor;
    scene = look(FILED_MS, new Recording());
  });
  const look = (nowMs: number, recording: Recording): Scene => {
    const picture = history.at(nowMs);
    const span = spanOf(nowMs, 3, scheduleOf(picture)?.plan);
    const known = { fromMs: recordedFrom(span, corridor), toMs: nowMs };
    const changes = recording.read(history, known);
    return sceneOf({ corridor, changes, picture, nowMs, lastMs: history.lastMs, cycles: 3 });
  };

  test('is one corridor, whose through groups are those of the straight lanes', () => {
    const [up, down] = corridor.ways.map(({ stops }) => stops.map(({ groups }) => groups.join()));
    expect(up).toEqual(['W-s', 'W-sr', 'W-sr', 'W-s', 'W-sr', 'W-s']);
    expect(down).toEqual(['E-s', 'E-sr', 'E-s', 'E-sr', 'E-s', 'E-s']);
    expect(corridor.stops.at(-1)?.distanceM).toBe(1900);
  });

  test('has the band that its plan gives eastbound, and shows it', () => {
    const [up] = scene.ways;
    const plan = scene.schedule?.plan as Plan;
    expect(up && plannedBand(up.way, plan).stops).toBe(6);
    const widthMs = up?.planned?.widthMs ?? 0;
    expect(widthMs).toBeGreaterThan(20_000);
    expect(Math.abs((up?.shownMs ?? 0) - widthMs)).toBeLessThan(500);
    expect(up?.bands.filter(({ isWhole }) => isWhole).length).toBeGreaterThan(2);
  });

  test('has nodes that tell one group’s time, in which the plan stands', () => {
    const { nodes, plan } = history.at(FILED_MS);
    const aheads = [...nodes.values()].map(({ groupAheadMs }) => groupAheadMs ?? Number.NaN);
    expect(aheads).toHaveLength(6);
    expect(Math.max(...aheads) - Math.min(...aheads)).toBeLessThan(20);
    expect(plan?.plan.cycleS).toBe(70);
    expect(plan?.sinceMs).toBeLessThan(10_000);
  });

  test('shows in every group, lamp by lamp, what is planned in the group’s time', () => {
    const span = { fromMs: 220_000, toMs: FILED_MS };
    const changes = new Recording().read(history, span);
    const schedule = scene.schedule as Timetable;
    const lampAt = (strip: readonly Interval[], ms: number) =>
      strip.find(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)?.lamp;
    for (const { intersection } of corridor.stops) {
      for (const { id } of intersection.groups) {
        const shown = shownStrip(changes.get(intersection.id) ?? [], [id], span);
        const planned = plannedStrip(intersection, [id], schedule, span);
        const strange: unknown[] = [];
        for (let ms = span.fromMs; ms < span.toMs; ms += 500) {
          const lamp = lampAt(shown, ms);
          const near = [-300, 0, 300].map((by) => lampAt(planned, ms + by));
          if (!near.includes(lamp)) strange.push([intersection.id, id, ms, lamp, near]);
        }
        expect(strange).toEqual([]);
      }
    }
  });

  test('is read on as time passes as it is read anew', () => {
    const recording = new Recording();
    for (const nowMs of [300_000, 300_200, 311_000, 360_000]) look(nowMs, recording);
    for (const nowMs of [420_000, 250_000, 250_100]) {
      expect(look(nowMs, recording)).toEqual(look(nowMs, new Recording()));
    }
  });

  test('is read to the end of the journal and no further, also when lines are still to come', () => {
    const opening = history.opening();
    const { lines = [] } = opening;
    const arriving = new History({ ...opening, lines: lines.slice(0, lines.length >> 1) });
    const recording = new Recording();
    const span = { fromMs: 100_000, toMs: 430_000 };
    recording.read(arriving, span);
    arriving.append(lines.slice(lines.length >> 1));
    expect(recording.read(arriving, span)).toEqual(new Recording().read(history, span));
  });
});
