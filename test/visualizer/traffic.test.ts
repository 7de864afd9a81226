/** Traffic as the page knows it from the journal: where everybody is, and the way he came. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { JournalLine } from '../../protocol/journal.ts';
import { History } from '../../visualizer/history.ts';
import { CityRun } from '../../visualizer/sources/city-run.ts';
import { districtNamed } from '../../visualizer/sources/districts.ts';
import type { TrafficPicture } from '../../visualizer/traffic-picture.ts';
import { driversAt, seeTraffic } from '../../visualizer/traffic-seen.ts';
import { corridorsOf } from '../../visualizer/views/time-space/corridor.ts';
import { Trajectories } from '../../visualizer/views/time-space/trajectories.ts';

const roads: JournalLine = {
  t: 0,
  node: 'traffic',
  kind: 'roads',
  ordinaryPerHour: 1000,
  roads: [
    { from: 'a', to: 'b', lengthM: 100, lanes: [0, 1] },
    { from: 'b', to: 'c', lengthM: 90, lanes: [2] },
  ],
};
const told = (t: number, vehicles: number[]): JournalLine => ({
  ...{ t, node: 'traffic', kind: 'traffic', perHour: 900, came: 9, left: 0 },
  ...{ inside: vehicles.length / 3, queue: 0, outside: 0, vehicles },
});

const seen = (...lines: JournalLine[]): TrafficPicture => {
  let picture: TrafficPicture | undefined;
  for (const line of lines) {
    if (line.kind === 'roads' || line.kind === 'traffic') picture = seeTraffic(picture, line);
  }
  if (!picture) throw new Error('no traffic');
  return picture;
};

describe('between two seconds that were told', () => {
  const picture = seen(
    roads,
    told(1000, [1, 0, 500, 2, 1, 900, 3, 1, 800]),
    told(2000, [...[1, 0, 600], ...[2, 2, 40], ...[3, 1, 800], ...[4, 0, 100]]),
  );
  const at = (ms: number) => driversAt(picture, ms);

  test('who drives is on his way from the one place to the other', () => {
    expect(at(2500)[0]).toEqual({ lane: 0, from: undefined, m: 55, stands: false });
    expect(at(9000)[0]?.m).toBe(60);
  });

  test('who passes a stop line is before it, then beyond it, and knows where he came from', () => {
    expect(at(2250)[1]).toEqual({ lane: 1, from: undefined, m: 93.5, stands: false });
    expect(at(3000)[1]).toEqual({ lane: 2, from: 1, m: 4, stands: false });
  });

  test('who stands is told apart, and who has come was not there before', () => {
    expect(at(2500)[2]).toEqual({ lane: 1, from: undefined, m: 80, stands: true });
    expect(at(2500)[3]?.m).toBe(5);
  });

  test('where somebody came from is known as long as he is at the beginning of his road', () => {
    const later = seeTraffic(picture, told(3000, [2, 2, 200]) as never);
    expect(later?.cameFrom).toEqual({ 2: 1 });
    const last = later && seeTraffic(later, told(4000, [2, 2, 400]) as never);
    expect(last?.cameFrom).toEqual({});
  });
});

describe('in a city', () => {
  let run: CityRun;
  let history: History;
  beforeAll(async () => {
    run = new CityRun({ seed: 5, district: await districtNamed('arterial') });
    history = new History(run.opening);
    await run.run(150_000);
    history.append(run.take());
  }, 120_000);

  test('vehicles drive, stand and leave, and more come when more are asked for', async () => {
    const { traffic } = history.at(150_000);
    expect(traffic?.figures?.left).toBeGreaterThan(20);
    expect(driversAt(traffic as TrafficPicture, 150_000).length).toBe(traffic?.figures?.inside);
    const perHour = (traffic?.ordinaryPerHour ?? 0) * 2;
    run.act({ kind: 'demand', perHour });
    await run.run(156_000);
    history.append(run.take());
    expect(history.at(156_000).traffic?.figures?.perHour).toBe(perHour);
  });

  test('each way of a corridor has lines of vehicles that drive along it, and wait at red', () => {
    const picture = history.at(150_000);
    const [corridor] = corridorsOf(picture.streets);
    if (!corridor || !picture.traffic) throw new Error('no corridor');
    const span = { fromMs: 60_000, toMs: 150_000 };
    const ways = new Trajectories().read(history, corridor, picture.traffic, span);
    expect(ways.length).toBe(2);
    ways.forEach((lines, way) => {
      expect(lines.length).toBeGreaterThan(5);
      for (const line of lines) {
        const steps = line.slice(1).map(({ ms, m }, k) => ({
          s: (ms - (line[k]?.ms ?? 0)) / 1000,
          m: (way === 0 ? 1 : -1) * (m - (line[k]?.m ?? 0)),
        }));
        for (const { s, m } of steps) {
          expect(m).toBeGreaterThanOrEqual(-0.1);
          expect(m / s).toBeLessThan(14.2);
        }
      }
      expect(lines.some((line) => line.some(({ m }, k) => k > 0 && m === line[k - 1]?.m))).toBe(
        true,
      );
    });
  });

  test('lines that are read second by second are those that are read at once', () => {
    const picture = history.at(150_000);
    const [corridor] = corridorsOf(picture.streets);
    if (!corridor || !picture.traffic) throw new Error('no corridor');
    const steady = new Trajectories();
    const { traffic } = picture;
    for (let toMs = 120_000; toMs < 150_000; toMs += 700) {
      steady.read(history, corridor, traffic, { fromMs: 100_000, toMs });
    }
    const span = { fromMs: 100_000, toMs: 150_000 };
    const once = new Trajectories().read(history, corridor, traffic, span);
    expect(steady.read(history, corridor, traffic, span)).toEqual(once);
  });
});
