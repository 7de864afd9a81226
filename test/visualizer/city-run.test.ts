/** A city in a page is the real one, and a moment of it can be shared. */
import { expect, test } from 'vitest';
import { town } from '../../simulation/town.ts';
import type { Deed, DeedKind } from '../../visualizer/deed.ts';
import { deedTable } from '../../visualizer/deed.ts';
import { History } from '../../visualizer/history.ts';
import { leaderOf } from '../../visualizer/picture.ts';
import { cityPlan, cityQuery } from '../../visualizer/sources/city-link.ts';
import { CityRun } from '../../visualizer/sources/city-run.ts';
import { districtNames, isDistrictName } from '../../visualizer/sources/district-names.ts';
import { districtNamed } from '../../visualizer/sources/districts.ts';

const plan = { seed: 11, district: town(9) };

const played = async (steps: readonly number[], done: readonly { atMs: number; deed: Deed }[]) => {
  const run = new CityRun(plan);
  for (const { atMs, deed } of done) {
    await run.run(atMs);
    run.act(deed);
  }
  for (const untilMs of steps) await run.run(untilMs);
  return run.take().map((line) => JSON.stringify(line));
};

test('a seed, a district and what was done give the same journal, however time was cut up', async () => {
  const done = [
    { atMs: 6_000, deed: { kind: 'kill', node: 'n1' } },
    { atMs: 7_500, deed: { kind: 'weather', lossRatio: 0.1, latencyMsMax: 20 } },
  ] satisfies { atMs: number; deed: Deed }[];
  const once = await played([12_000], done);
  const frames = Array.from({ length: 250 }, (_, k) => 7_500 + 18 * (k + 1));
  expect(await played([...frames, 12_000], done)).toEqual(once);
});

test('what a machine remembers can be looked at, and is nothing where none runs', async () => {
  const run = new CityRun(plan);
  await run.run(4_000);
  const context = run.contextOf('n1', 'election');
  expect(context).toMatchObject({ id: 'n1', leader: expect.any(String) });
  expect(JSON.parse(JSON.stringify(context))).toEqual(context);
  run.act({ kind: 'kill', node: 'n1' });
  expect(run.contextOf('n1', 'election')).toBeUndefined();
  expect(run.contextOf('nobody', 'election')).toBeUndefined();
});

/** One of each kind that a page can do. */
const DEEDS: { [K in DeedKind]: Deed } = {
  kill: { kind: 'kill', node: 'n1' },
  restart: { kind: 'restart', node: 'n1' },
  stop: { kind: 'stop', node: 'n2' },
  stall: { kind: 'stall', node: 'n3', forS: 1 },
  partition: { kind: 'partition', sides: [['n3', 'n4']] },
  cut: { kind: 'cut', from: 'n4', to: 'n5' },
  heal: { kind: 'heal' },
  weather: { kind: 'weather', lossRatio: 0.1, latencyMsMax: 20 },
  drift: { kind: 'drift', node: 'n5', ppm: 100 },
  preempt: { kind: 'preempt', intersection: 'x9', group: 'NS', forS: 10 },
  demand: { kind: 'demand', perHour: 1200 },
};

test('every deed that a page knows leaves a trace in the journal of the city', async () => {
  const run = new CityRun(plan);
  await run.run(8_000);
  for (const kind of Object.keys(deedTable) as DeedKind[]) {
    run.take();
    run.act(DEEDS[kind]);
    if (kind === 'preempt') await run.run(run.nowMs + 3_000);
    const traces = run
      .take()
      .filter((line) =>
        kind === 'preempt'
          ? line.kind === 'fact' &&
            line.event.type === 'replica.committed' &&
            line.event.command.kind === 'preempt.call'
          : line.node === 'city',
      );
    expect({ kind, count: traces.length }).not.toEqual({ kind, count: 0 });
    await run.run(run.nowMs + 500);
  }
  expect(run.violation).toBeUndefined();
});

test('a deed to a node that is not there is refused', () => {
  expect(() => new CityRun(plan).act({ kind: 'kill', node: 'n77' })).toThrow('no node n77');
});

test.each(Object.keys(districtNames).filter((name) => !/\d\d/.test(name)))(
  'the district %s elects a leader within seconds',
  async (name) => {
    if (!isDistrictName(name)) throw new Error(name);
    const district = await districtNamed(name);
    const run = new CityRun({ seed: 11, district });
    const history = new History(run.opening);
    await run.run(8_000);
    history.append(run.take());
    expect(leaderOf(history.at(8_000))).toBeDefined();
    expect(run.opening.streets.intersections).toHaveLength(district.intersections.length);
  },
);

test('a link says seed, district, time and what was done; what is wrong in it is left out', () => {
  const done = [{ atMs: 5, deed: { kind: 'kill' as const, node: 'n1' } }];
  const given = { seed: 5, district: 'arterial', untilMs: 9_000, done } as const;
  expect(cityPlan(new URLSearchParams(cityQuery(given)))).toEqual(given);
  const wrong = new URLSearchParams({ seed: '-1', district: 'toString', t: 'x', done: '{' });
  expect(cityPlan(wrong)).toEqual({ seed: 7, district: 'town9', untilMs: 0, done: [] });
  expect(cityPlan(new URLSearchParams({ t: '9e99' })).untilMs).toBeLessThan(4_000_000);
});
