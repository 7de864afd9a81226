/**
 * The green band, held against what trying all offsets finds (`brute-band.ts`).
 */
import { describe, expect, test } from 'vitest';
import arterial from '../../districts/arterial.json' with { type: 'json' };
import { widestBand } from '../../machines/band.ts';
import { corridorsOf } from '../../machines/corridors.ts';
import { greenWave } from '../../machines/green-wave.ts';
import { offsetsOf } from '../../machines/offsets.ts';
import { turnsOf } from '../../machines/timetable.ts';
import { checkDistrict, type District } from '../../protocol/check-district.ts';
import type { Plan } from '../../protocol/plan.ts';
import { seeded } from '../transport/seeded.ts';
import { bestWorth, type Lit, measured, type Street, type Widths } from './brute-band.ts';

/** Of the optimum, at least. */
const SHARE = 0.95;
const SEEDS = Array.from({ length: 10 }, (_, k) => k + 1);

const anyStreet = (seed: number): Street => {
  const random = seeded(seed);
  const between = (low: number, high: number) => low + random() * (high - low);
  const cycleS = Math.round(between(45, 75));
  const green = (): Lit => [between(0, cycleS), cycleS * between(0.3, 0.65)];
  let [outS, backS] = [0, 0];
  const lights = Array.from({ length: 3 + Math.floor(random() * 3) }, (_, k) => {
    if (k > 0) {
      const lengthM = between(120, 700);
      outS += lengthM / between(9, 16);
      backS += lengthM / between(9, 16);
    }
    return { out: green(), outS, back: green(), backS };
  });
  return { cycleS, lights };
};

const found = ({ cycleS, lights }: Street, ratio: number) =>
  widestBand(
    lights.map(({ out, outS, back, backS }) => ({
      out: { fromS: out[0], lengthS: out[1] },
      outS,
      back: { fromS: back[0], lengthS: back[1] },
      backS,
    })),
    cycleS,
    ratio,
  );

/** What bands are worth: their sum, or as Little, Kelson and Gartner (1981) have it, where the way
 *  back counts less, and is to be at least that part of the way out; or the way out alone. */
const sum = ({ out, back }: Widths) => out + back;
const weighted =
  (ratio: number) =>
  ({ out, back }: Widths) =>
    Math.max(out, Math.min(out, back / ratio) + ratio * back);

describe('on ten random streets', () => {
  test.each(SEEDS)('the two bands together are at least 95 % of the widest (seed %i)', (seed) => {
    const street = anyStreet(seed);
    const { offsetsS, outS, backS } = found(street, 1);
    const here = measured(street, offsetsS);
    expect(sum(here)).toBeGreaterThanOrEqual(SHARE * bestWorth(street, sum));
    expect(here.out).toBeGreaterThan(outS - 0.2);
    expect(here.back).toBeGreaterThan(backS - 0.2);
  });

  test.each(SEEDS)('and so they are where the way back has half the traffic (seed %i)', (seed) => {
    const street = anyStreet(seed);
    const here = measured(street, found(street, 0.5).offsetsS);
    const best = bestWorth(street, weighted(0.5));
    expect(weighted(0.5)(here)).toBeGreaterThanOrEqual(SHARE * best);
  });
});

describe('on the shipped arterial', () => {
  const checked = checkDistrict(arterial);
  const district = (checked as { district: District }).district;
  const state = {
    voters: [],
    members: district.intersections.map((intersection) => ({
      node: intersection.node ?? '',
      store: intersection.id,
      intersection,
      links: district.links.filter(({ from }) => from === intersection.id),
    })),
  };

  /** Who goes along it, by the movements that the file lists, and when they have green. */
  const streetOf = (plan: Plan): Street => {
    let atS = 0;
    const lights = district.intersections.map(({ id, groups, stages }, k) => {
      const before = district.intersections[k - 1];
      if (before) {
        const link = district.links.find(({ from, to }) => from === before.id && to === id);
        atS += (link?.lengthM ?? Number.NaN) / (link?.speedMps ?? Number.NaN);
      }
      const greenOf = (from: string, to: string): Lit => {
        const group = groups.find(({ movements }) =>
          movements?.some((one) => one.from === `${id}.${from}` && one.to === `${id}.${to}`),
        );
        const splits = plan.intersections.find((one) => one.id === id)?.splits ?? [];
        let [sinceS, fromS, untilS] = [0, Number.NaN, Number.NaN];
        for (const { stage, splitS } of splits) {
          const isGreen = stages.find((one) => one.id === stage)?.green.includes(group?.id ?? '');
          if (isGreen && Number.isNaN(fromS)) fromS = sinceS;
          sinceS += splitS;
          if (isGreen) untilS = sinceS - (group?.amberS ?? 0) - (group?.redClearanceS ?? 0);
        }
        return [fromS, untilS - fromS];
      };
      return { out: greenOf('W', 'E'), outS: atS, back: greenOf('E', 'W'), backS: atS };
    });
    return { cycleS: plan.cycleS, lights };
  };

  test('the two bands together are at least 95 % of the widest', () => {
    const plan = greenWave(state, 'p');
    const street = streetOf(plan);
    const here = measured(
      street,
      plan.intersections.map(({ offsetS }) => offsetS),
    );
    expect(sum(here)).toBeGreaterThanOrEqual(SHARE * bestWorth(street, sum));
  });

  test('and so they are with the splits of the plan that is filed for it', () => {
    const filed = district.plans[0] as Plan;
    const { cycleS } = filed;
    const placed = filed.intersections.flatMap(({ id, splits }) => {
      const intersection = district.intersections.find((one) => one.id === id);
      if (!intersection) return [];
      return [{ intersection, splits, turns: turnsOf(intersection, splits), flows: undefined }];
    });
    const offsets = offsetsOf(placed, corridorsOf(district.intersections, district.links), cycleS);
    const street = streetOf(filed);
    const here = measured(
      street,
      filed.intersections.map(({ id }) => offsets.get(id) ?? Number.NaN),
    );
    expect(sum(here)).toBeGreaterThanOrEqual(SHARE * bestWorth(street, sum));
    expect(Math.min(here.out, here.back)).toBeGreaterThan(10);
  });
});

test('a street that is used in one direction has a band as wide as its shortest green', () => {
  const green = (fromS: number, lengthS: number) => ({ fromS, lengthS });
  const stops = [
    { out: green(0, 30), outS: 0 },
    { out: green(12, 20), outS: 40 },
  ];
  expect(widestBand(stops, 60)).toMatchObject({ outS: 20, backS: 0 });
  expect(widestBand(stops, 60).offsetsS).toEqual([45, 18]);
});

test('a light that is always green on one of its ways narrows nothing', () => {
  const green = (fromS: number, lengthS: number) => ({ fromS, lengthS });
  const stops = [
    { out: green(0, 30), outS: 0, back: green(0, 30), backS: 0 },
    { out: green(0, 60), outS: 17, back: green(5, 30), backS: 17 },
    { out: green(5, 30), outS: 23, back: green(0, 60), backS: 23 },
  ];
  expect(widestBand(stops, 60)).toMatchObject({ outS: 30, backS: 30 });
});
