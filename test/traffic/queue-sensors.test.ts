/** What the sensors of the queue model say: in the words of all sensors, and true. */
import { Compile } from 'typebox/compile';
import { expect, test } from 'vitest';
import { type Read, readSchema, SENSING, type Sensing } from '../../protocol/readings.ts';
import { QueueSensors } from '../../traffic/queue-sensors.ts';
import { driven, shipped } from './driven.ts';

const district = shipped('arterial');
const isRead = Compile(readSchema);

/** What all intersections say in each of so many seconds. */
const readings = (sensing: Sensing, seconds: number) => {
  const { model, run } = driven({ district, perHour: 3000 });
  const sensors = new QueueSensors(model, sensing);
  const said: Map<string, Read>[] = [];
  let passed = 0;
  run(seconds, (passings) => {
    passed += passings.length;
    said.push(sensors.read(passings));
  });
  return { model, said, passed };
};

test.each(SENSING)('%s say it by the schema, of every intersection', (sensing) => {
  const { said } = readings(sensing, 60);
  for (const reads of said) {
    expect([...reads.keys()].sort()).toEqual(district.intersections.map(({ id }) => id).sort());
    for (const read of reads.values()) expect(isRead.Check(read)).toBe(true);
  }
});

test('loops at the stop lines count whoever passes them, once', () => {
  const { said, passed } = readings('loops', 300);
  const counts = said.flatMap((reads) =>
    [...reads.values()].flatMap(({ readings: all }) =>
      all.map((one) => (one.kind === 'loop' && one.place === 'stopLine' ? one.passed : 0)),
    ),
  );
  expect(passed).toBeGreaterThan(200);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(passed);
});

test('lanes and vehicles tell of the same vehicles, those within 200 m', () => {
  const count = (sensing: Sensing) => {
    const last = readings(sensing, 150).said.at(-1) ?? new Map<string, Read>();
    return [...last].map(([id, { readings: all }]) => [
      id,
      all.reduce((sum, one) => sum + (one.kind === 'lane' ? one.vehicles : 1), 0),
    ]);
  };
  expect(count('lanes')).toEqual(count('vehicles'));
  const { said } = readings('vehicles', 150);
  const far = said.flatMap((reads) => [...reads.values()].flatMap((read) => read.readings));
  for (const one of far) {
    if (one.kind === 'vehicle') expect(one.distanceM).toBeLessThanOrEqual(200);
  }
  expect(far.length).toBeGreaterThan(1000);
});
