/**
 * Real nodes drive the traffic of real SUMO: on a made-up network of SUMO's own, with a node killed
 * on the way; and on one of the shared scenarios, where they are. Judged by what was shown.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { districtOf } from '../../bin/drive.ts';
import { corridorThrough } from '../../bin/drive-diagrams.ts';
import { faultsOf } from '../../bin/drive-faults.ts';
import { type DriveOptions, drive } from '../../bin/drive-run.ts';
import { runOwn } from '../../bin/own-run.ts';
import type { Control } from '../../protocol/control.ts';
import type { Sensing } from '../../protocol/readings.ts';
import { hasSumo } from '../../traffic/sumo-program.ts';
import { readScenario } from '../../traffic/sumo-scenario.ts';
import { hasScenarios, scenarioFile, tellLeftOut } from './read-fixture.ts';
import { isInstalled, tellSumoLeftOut } from './small-town.ts';
import { makeSquare } from './square.ts';

const isHere = isInstalled && hasSumo('netgenerate', process.env);

tellSumoLeftOut('real nodes that drive the traffic of SUMO');
tellLeftOut('real nodes that drive one of the seven scenarios');

interface Driving extends Partial<DriveOptions> {
  readonly control: Control;
  readonly kill?: readonly string[];
  readonly cut?: readonly string[];
}

const driven = async (file: string, { control, kill = [], cut = [], ...rest }: Driving) => {
  const scenario = await readScenario(file);
  const district = districtOf(scenario, {
    control,
    amber: 3,
    redClearance: 0,
    minGreen: 5,
    forecasts: true,
  });
  return drive({
    ...{ scenario, district, sensing: 'vehicles' as Sensing, seed: 1 },
    ...{ endS: scenario.endS, teleportS: 300 },
    faults: faultsOf({ kill, cut }, district),
    ...rest,
  });
};

describe.skipIf(!isHere)('a square of four lights', () => {
  const config = isHere ? makeSquare() : '';

  test('has less delay under adaptive control than under SUMO’s own programs', async () => {
    const scenario = await readScenario(config);
    const own = await runOwn(scenario, { control: 'sumo-fixed', seed: 1, teleportS: 300 });
    const outcome = await driven(config, { control: 'adaptive' });
    expect(outcome).toMatchObject({ unsafe: 0, findings: [], vehicles: own.vehicles });
    expect(outcome.meanDelayS).toBeLessThan(own.meanDelayS * 0.8);
    // Less delay is less fuel, but never none.
    expect(outcome.co2Kg).toBeLessThan(own.co2Kg);
    expect(outcome.co2Kg).toBeGreaterThan(own.co2Kg / 2);
    expect(outcome.arrivalsOnGreenPercent).toBeGreaterThan(50);
  });

  test.each(['fixed', 'actuated', 'coordinated'] as const)(
    'is driven safely under %s control',
    async (control) => {
      const outcome = await driven(config, { control });
      expect(outcome).toMatchObject({ unsafe: 0, teleports: 0 });
      expect(outcome.arrived).toBeGreaterThan(outcome.vehicles * 0.5);
    },
  );

  test('is planned for at each light in each second, and that takes a part of the time', async () => {
    const { planning, wallS, sumoS } = await driven(config, { control: 'adaptive', endS: 60 });
    // What sensors say after the last second nobody hears.
    expect(planning.steps).toBe(4 * 59);
    expect(planning.medianMs).toBeGreaterThan(0);
    expect(planning.maxMs).toBeGreaterThanOrEqual(planning.p99Ms);
    expect(planning.wallPercent).toBeGreaterThan(0);
    expect(planning.wallPercent).toBeLessThan(100 * (1 - sumoS / wallS));
  });

  test('is drawn, whatever is sensed: a line for each vehicle on a street, arrivals each way', async () => {
    const scenario = await readScenario(config);
    const settings = {
      control: 'actuated',
      amber: 3,
      redClearance: 0,
      minGreen: 5,
      forecasts: true,
    } as const;
    const diagrams = {
      folder: join(dirname(config), 'drawn'),
      corridor: corridorThrough(districtOf(scenario, settings), undefined),
      span: { fromMs: 30_000, toMs: 120_000 },
      ...{ title: 'square', subtitle: 'actuated' },
    };
    const how = { control: 'actuated', sensing: 'loops', diagrams, endS: 120 } as const;
    const outcome = await driven(config, how);
    expect(outcome.diagrams.map((file) => basename(file))).toEqual([
      ...['time-space.svg', 'purdue-northbound.svg', 'purdue-southbound.svg'],
    ]);
    const [file = ''] = outcome.diagrams;
    const drawn = readFileSync(file, 'utf8').match(/<path [^>]*class="(up|down)"/g) ?? [];
    expect(drawn.length).toBeGreaterThan(10);
    expect(outcome.arrivalsOnGreenPercent).toBeGreaterThan(10);
  });

  test('shows nothing unsafe when the leader is killed and links are cut: he flashes, and comes back', async () => {
    const outcome = await driven(config, {
      control: 'adaptive',
      kill: ['leader@60..100'],
      cut: ['n2-n4@50..150'],
    });
    expect(outcome).toMatchObject({ unsafe: 0, findings: [] });
    expect(outcome.longestRedS).toBeLessThan(180);
    const [first, second] = outcome.leaders;
    const { deeds } = outcome;
    expect(deeds.map(({ atS, what }) => `${atS} ${what}`)).toEqual([
      '50 cut 1 of 6 links: n2-n4',
      `60 kill ${first?.leader}`,
      `100 start ${first?.leader}`,
      '150 mend 1 links',
    ]);
    expect(second?.leader).not.toBe(first?.leader);
    expect(outcome.leaderlessS).toBeLessThan(10);
    // Its lamps finish what was promised, then flash; they are served again soon after the start.
    const [flash, ...others] = outcome.flashing;
    expect(others).toEqual([]);
    expect(flash?.atS).toBeGreaterThan(60);
    expect((flash?.atS ?? 0) + (flash?.forS ?? 0)).toBeGreaterThan(100);
    expect((flash?.atS ?? 0) + (flash?.forS ?? 0)).toBeLessThan(130);
  });

  test('without a majority of its voters has no leader, and the others’ lamps go on', async () => {
    const outcome = await driven(config, { control: 'adaptive', kill: ['majority@60..160'] });
    expect(outcome).toMatchObject({ unsafe: 0, findings: [] });
    expect(outcome.leaderlessS).toBeGreaterThan(90);
    const flashed = new Set(outcome.flashing.map(({ intersection }) => intersection));
    expect(flashed.size).toBe(2);
    expect(outcome.leaders.at(-1)?.atS).toBeGreaterThan(160);
  });

  test('is the same run for the same seed', async () => {
    const figures = async () => {
      const outcome = await driven(config, { control: 'adaptive', endS: 120 });
      const { wallS, sumoS, planning, ...rest } = outcome;
      expect(wallS).toBeGreaterThan(sumoS);
      return { ...rest, steps: planning.steps };
    };
    expect(await figures()).toEqual(await figures());
  });
});

test.skipIf(!isInstalled || !hasScenarios)(
  'a quarter of an hour of a street of Ingolstadt has less delay than under SUMO’s own programs',
  async () => {
    const file = scenarioFile('ingolstadt1').replace('.net.xml', '.sumocfg');
    const scenario = await readScenario(file);
    const endS = scenario.beginS + 900;
    const ours = await driven(file, { control: 'adaptive', endS });
    expect(ours).toMatchObject({ unsafe: 0, findings: [] });
    const own = await runOwn(
      { ...scenario, endS },
      { control: 'sumo-actuated', seed: 1, teleportS: 300 },
    );
    expect(ours.meanDelayS).toBeLessThan(own.meanDelayS);
  },
);
