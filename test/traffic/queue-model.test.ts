/** The queue model: nobody is lost, nobody passes a red, and queues are as long as they must be. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { town } from '../../simulation/town.ts';
import { GAP_S, JAM_M, type Passing, type Vehicle } from '../../traffic/road-user.ts';
import { driven, modelOf, shipped, street } from './driven.ts';

const RUNS = { seed: 20_260_501, numRuns: 10 };
const DISTRICTS = [shipped('arterial'), shipped('shared'), town(4), town(9), street(3)];
const anyDrive = fc.record({
  district: fc.constantFrom(...DISTRICTS),
  seed: fc.nat(1000),
  perHour: fc.integer({ min: 0, max: 12_000 }),
  greenMs: fc.integer({ min: 4000, max: 30_000 }),
});

test('nobody is lost or doubled, however much traffic there is', () => {
  fc.assert(
    fc.property(anyDrive, (drive) => {
      const { model, run } = driven(drive);
      run(240, () => {
        const { came, left, inside, outside } = model.figures();
        expect(came).toBe(left + inside + outside);
        const ids = [...model.vehicles()].map(({ id }) => id);
        expect(new Set(ids).size).toBe(inside);
        for (const lane of model.roads.lanes) {
          expect(model.queueOf(lane).vehicles.every((one) => one.lane === lane)).toBe(true);
        }
      });
    }),
    RUNS,
  );
});

test('nobody passes a red, nor a green that yields while somebody comes', () => {
  fc.assert(
    fc.property(anyDrive, (drive) => {
      const { model, lamps, run } = driven(drive);
      const all: Passing[] = [];
      run(240, (passings) => all.push(...passings));
      for (const { turn, atMs } of all) {
        const lamp = lamps.get(turn.lane.road.to ?? '')?.at(atMs)[turn.group];
        expect(lamp).toMatch(/^(green|greenPermissive|amber)$/);
      }
      expect(all.length > 0 || model.figures().came < 20).toBe(true);
    }),
    RUNS,
  );
});

test('all keep their distance, and drive forwards, at most as fast as the road allows', () => {
  fc.assert(
    fc.property(anyDrive, (drive) => {
      const { model, run } = driven(drive);
      const before = new Map<number, { lane: Vehicle['lane']; m: number }>();
      run(200, () => {
        for (const lane of model.roads.lanes) {
          const { vehicles } = model.queueOf(lane);
          vehicles.forEach(({ id, m }, k) => {
            const ahead = vehicles[k - 1];
            if (ahead) expect(ahead.m - m).toBeGreaterThan(JAM_M - 1e-6);
            const was = before.get(id);
            if (was?.lane === lane) {
              expect(m).toBeGreaterThanOrEqual(was.m);
              expect(m - was.m).toBeLessThan(lane.road.speedMps + 1e-6);
            }
            before.set(id, { lane, m });
          });
        }
      });
    }),
    RUNS,
  );
});

test('a seed, a demand and lamps give the same traffic; another seed another', () => {
  const places = (seed: number) => {
    const { model, run } = driven({ district: shipped('arterial'), seed });
    run(300);
    return JSON.stringify([...model.vehicles()].map(({ id, lane, m }) => [id, lane.index, m]));
  };
  expect(places(5)).toBe(places(5));
  expect(places(5)).not.toBe(places(6));
});

test('as many come as are asked for, and from the moment on at which they are', () => {
  const model = modelOf({ district: shipped('arterial'), perHour: 0 });
  for (let second = 0; second < 600; second += 1) model.step();
  expect(model.figures().came).toBe(0);
  model.demand(3600);
  for (let second = 0; second < 3600; second += 1) model.step();
  // Four standard deviations of a Poisson process.
  expect(Math.abs(model.figures().came - 3600)).toBeLessThan(4 * Math.sqrt(3600));
});

test('a queue sends a vehicle every two seconds, the first two seconds late', () => {
  const model = modelOf({ district: street(1), perHour: 20_000 });
  for (let second = 0; second < 120; second += 1) model.step();
  const startMs = model.nowMs;
  model.show('x0', { 'W-s': 'green' }, startMs);
  const passings: Passing[] = [];
  for (let second = 0; second < 40; second += 1) passings.push(...model.step());
  expect(passings.slice(0, 3).map(({ atMs }) => atMs - startMs)).toEqual([2000, 4000, 6000]);
  expect(passings.length).toBe(19);
});

test('who finds no room stands, one road after the other, and goes on when there is', () => {
  const model = modelOf({ district: street(2), perHour: 20_000 });
  const link = model.roads.all.find(({ from, to }) => from === 'x0' && to === 'x1');
  const lane = link?.lanes[0];
  if (!link || !lane) throw new Error('no link');
  model.show('x0', { 'W-s': 'green' }, 0);
  for (let second = 0; second < 300; second += 1) model.step();
  const queue = model.queueOf(lane).vehicles.length;
  expect(queue).toBe(Math.floor(link.lengthM / JAM_M) + 1);
  expect(model.step()).toEqual([]);
  expect(model.figures().outside).toBeGreaterThan(100);
  model.show('x1', { 'W-s': 'green' }, model.nowMs);
  const groups: string[] = [];
  for (let second = 0; second < 120; second += 1) {
    for (const { turn } of model.step()) groups.push(turn.lane.road.to ?? '');
  }
  expect(groups.filter((id) => id === 'x1').length).toBe(59);
  expect(groups.filter((id) => id === 'x0').length).toBeGreaterThan(35);
});

test('who yields leaves the others a gap', () => {
  const { model, lamps, run } = driven({ district: shipped('arterial'), seed: 3 });
  const passings: Passing[] = [];
  run(3600, (some) => passings.push(...some));
  const at = (passing: Passing) => lamps.get('a3')?.at(passing.atMs)[passing.turn.group];
  const here = passings.filter(({ turn }) => turn.lane.road.to === 'a3');
  const yielding = here.filter((one) => one.turn.group === 'W-l' && at(one) === 'greenPermissive');
  expect(yielding.length).toBeGreaterThan(5);
  for (const { atMs } of yielding) {
    const next = here.find(({ turn, atMs: ms }) => turn.group === 'E-sr' && ms > atMs);
    if (next) expect(next.atMs - atMs).toBeGreaterThan((GAP_S - 1) * 1000);
  }
  expect(model.figures().left).toBeGreaterThan(1000);
});

test('where lamps flash red or are dark, one passes after the other', () => {
  const district = shipped('shared');
  const model = modelOf({ district, perHour: 4000 });
  const [market] = district.intersections;
  const flashing = Object.fromEntries(
    (market?.groups ?? []).map(({ id }) => [id, 'flashingRed' as const]),
  );
  model.show('market', flashing, 0);
  const times: number[] = [];
  for (let second = 0; second < 600; second += 1) {
    times.push(...model.step().map(({ atMs }) => atMs));
  }
  times.sort((a, b) => a - b);
  const gaps = times.slice(1).map((ms, k) => ms - (times[k] as number));
  expect(times.length).toBeGreaterThan(200);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2500);
});

test('where lamps have said nothing, nobody drives', () => {
  const model = modelOf({ district: shipped('arterial') });
  for (let second = 0; second < 200; second += 1) expect(model.step()).toEqual([]);
});

test.each([
  ['the shipped arterial', shipped('arterial')],
  ['the shared crossing', shipped('shared')],
  ['a town', town(16)],
])('ordinary traffic flows on %s, and what comes in leaves', (_, district) => {
  const { model, run } = driven({ district });
  expect(model.perHour).toBeGreaterThan(500);
  run(3600);
  const { outside, came, left, delayS = Number.NaN } = model.figures();
  expect(outside).toBeLessThan(20);
  expect(left / came).toBeGreaterThan(0.85);
  expect(delayS).toBeLessThan(150);
});
