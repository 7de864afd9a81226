/** Diagrams of a run: which corridor, whose line is where, what a cycle is, and that files are sound. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parser } from 'sax';
import { assert, expect, onTestFinished, test } from 'vitest';
import { corridorThrough, drawDiagrams, linesOf } from '../../bin/drive-diagrams.ts';
import { DriveRecord } from '../../bin/drive-record.ts';
import { cyclesOf } from '../../bin/purdue-svg.ts';
import type { Lamp } from '../../protocol/lamp.ts';
import { street } from '../traffic/driven.ts';

/** Three intersections in a line, 300 m apart; the limit is 50 km/h, because nothing says another. */
const district = street(3, 300);
const corridor = corridorThrough(district, undefined);
assert(corridor, 'a street is a corridor');
const [way] = corridor.ways;
assert(way, 'it leads somewhere');

const SECONDS = 200;
const GREENS = 5;
const span = { fromMs: 0, toMs: SECONDS * 1000 };

/** A vehicle that drives along the street at 15 m/s, and lamps that are green every other 20 s. */
const recorded = (): DriveRecord => {
  const record = new DriveRecord(district, { edges: new Map() }, span);
  for (let second = 0; second <= SECONDS; second += 1) {
    const lamp: Lamp = Math.floor(second / 20) % 2 === 0 ? 'green' : 'red';
    if (second % 20 === 0) {
      for (const { id } of district.intersections) record.show(id, { 'W-s': lamp }, second * 1000);
    }
    const leftM = 100 + 600 - 15 * second;
    const next = leftM > 600 ? 0 : leftM > 300 ? 1 : 2;
    const distanceM = leftM - 300 * (2 - next);
    const sighting = { vehicle: 'a', intersection: `x${next}`, group: 'W-s', distanceM };
    record.see(second * 1000, leftM >= 0 ? [sighting] : []);
  }
  return record;
};

test('who comes during green is told from who does not', () => {
  const record = recorded();
  // 100 m before the first at 0 s, 120 m before the others at 19 and 39 s, each to go at 13.9 m/s.
  const ids = district.intersections.map(({ id }) => id);
  const times = ids.flatMap((id) => record.arrivalsAt(id, ['W-s']));
  expect(times.map((ms) => Math.round(ms / 1000))).toEqual([7, 27, 47]);
  expect(ids.map((id) => record.onGreen(id, ['W-s']).onGreen)).toEqual([1, 0, 1]);
  expect(record.total(district)).toEqual({ arrivals: 3, onGreen: 2 });
});

test('the line of a vehicle is one, from before the first stop line to the last, as steep as it is fast', () => {
  const [line, ...others] = linesOf(recorded().moments, way, district);
  expect(others).toEqual([]);
  const [first, last] = [line?.at(0), line?.at(-1)];
  expect(first).toEqual({ ms: 0, m: -100 });
  expect(last?.m).toBeCloseTo(590, 5);
  expect(((last?.m ?? 0) + 100) / ((last?.ms ?? 1) / 1000)).toBeCloseTo(15, 5);
});

test('a cycle begins when green ends, and ends when the next does', () => {
  const greens = [
    { fromMs: 0, toMs: 10 },
    { fromMs: 30, toMs: 45 },
  ];
  expect(cyclesOf(greens)).toEqual([{ startMs: 10, greenMs: 30, endMs: 45 }]);
  expect(cyclesOf([])).toEqual([]);
});

test('a corridor is found by the intersections on it; if there is none, all are told', () => {
  expect(corridorThrough(district, ['x2', 'x0'])).toEqual(corridor);
  expect(() => corridorThrough(district, ['x0', 'x9'])).toThrow(
    '--corridor: no corridor leads through x0, x9; there are:\n  x0, x1, x2',
  );
  expect(() => corridorThrough(street(1), ['x0'])).toThrow('there is none');
});

/** Every element of a file; throws where it is no sound XML. */
const elementsOf = (file: string): string[] => {
  const found: string[] = [];
  const reader = parser(true);
  reader.onerror = (error) => {
    throw error;
  };
  reader.onopentag = ({ name, attributes }) => found.push(`${name} ${attributes['class'] ?? ''}`);
  reader.write(readFileSync(file, 'utf8')).close();
  return found;
};

const drawn = async (of: typeof corridor | undefined) => {
  const folder = mkdtempSync(join(tmpdir(), 'greenwave-drawn-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const words = { title: 'a & b <c>', subtitle: '"quoted"', beginS: 57_600 };
  const files = await drawDiagrams(recorded(), district, { folder, corridor: of, span, ...words });
  return new Map(files.map((file) => [basename(file), elementsOf(file)]));
};

test('a corridor gives a time-space diagram, and one of arrivals each way', async () => {
  const files = await drawn(corridor);
  expect([...files.keys()]).toEqual(['time-space.svg', 'purdue-eastbound.svg']);
  const count = (file: string, element: string) =>
    files.get(file)?.filter((one) => one === element).length;
  expect(count('time-space.svg', 'path up')).toBe(1);
  expect(count('time-space.svg', 'rect green')).toBe(3 * GREENS + 1);
  expect(count('purdue-eastbound.svg', 'circle dot')).toBe(3);
});

test('without a corridor there are the arrivals of the busiest approaches', async () => {
  const files = await drawn(undefined);
  expect([...files.keys()]).toEqual(['purdue.svg']);
});
