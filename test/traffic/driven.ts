/** Districts on which tests of the queue model let traffic drive, and the driving. */
import { fileURLToPath } from 'node:url';
import { readDistrict } from '../../bin/read-district.ts';
import type { District } from '../../protocol/check-district.ts';
import type { Intersection, Link } from '../../protocol/district.ts';
import { lan } from '../../protocol/timing.ts';
import { random } from '../../simulation/random.ts';
import { group, town } from '../../simulation/town.ts';
import { QueueModel } from '../../traffic/queue-model.ts';
import type { Passing } from '../../traffic/road-user.ts';
import { type FixedLamps, fixedLamps } from './fixed-lamps.ts';

export const shipped = (name: 'arterial' | 'shared'): District =>
  readDistrict(fileURLToPath(new URL(`../../districts/${name}.json`, import.meta.url)));

/** A street from west to east through so many intersections, with nothing else on it. */
export const street = (count: number, lengthM = 150): District => {
  const places = Array.from({ length: count }, (_, k) => k);
  return {
    ...town(count),
    intersections: places.map(
      (k): Intersection => ({
        id: `x${k}`,
        node: `n${k}`,
        position: [k * lengthM, 0],
        groups: [
          {
            ...group('W-s'),
            movements: [{ link: 0, from: `x${k}.W`, to: `x${k}.E`, direction: 's' }],
          },
        ],
        conflicts: [],
        yields: [],
        stages: [{ id: 'we', green: ['W-s'] }],
      }),
    ),
    links: places
      .slice(1)
      .map((k): Link => ({ from: `x${k - 1}`, to: `x${k}`, lengthM, speedMps: 15 })),
    timing: lan(),
  };
};

export interface Drive {
  readonly district: District;
  readonly seed?: number;
  readonly perHour?: number;
  readonly greenMs?: number;
}

export interface Driven {
  readonly model: QueueModel;
  readonly lamps: ReadonlyMap<string, FixedLamps>;
  /** Lets seconds pass, calling after each with who passed a stop line. */
  run(seconds: number, each?: (passings: readonly Passing[]) => void): void;
}

/** Traffic on a district whose stages follow each other for up to two hours. */
export const driven = ({ district, seed = 1, perHour, greenMs = 12_000 }: Drive): Driven => {
  const model = modelOf({ district, seed, ...(perHour !== undefined && { perHour }) });
  const [plan] = district.plans;
  const lamps = new Map(
    district.intersections.map((one) => [
      one.id,
      fixedLamps(one, { untilMs: 7_200_000, greenMs, ...(plan && { plan }) }),
    ]),
  );
  const shown = new Map<string, number>();
  return {
    model,
    lamps,
    run(seconds, each) {
      for (let second = 0; second < seconds; second += 1) {
        for (const [id, { changes }] of lamps) {
          let next = shown.get(id) ?? 0;
          for (let one = changes[next]; one && one.atMs <= model.nowMs; one = changes[next]) {
            model.show(id, one.lamps, one.atMs);
            next += 1;
          }
          shown.set(id, next);
        }
        const passings = model.step();
        each?.(passings);
      }
    },
  };
};

export const modelOf = ({ district, seed = 1, perHour }: Omit<Drive, 'greenMs'>): QueueModel => {
  const { intersections, links, plans } = district;
  const chance = (name: string) => random(seed, name).next;
  return new QueueModel({ intersections, links, plans, chance, perHour, startMs: 0 });
};
