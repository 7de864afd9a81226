/** A scenario of real SUMO under our lamps: what is lit, what is sensed, and what goes wrong. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Compile } from 'typebox/compile';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Intersection } from '../../protocol/district.ts';
import type { Lamp, Lamps } from '../../protocol/lamp.ts';
import {
  type LaneReading,
  type LoopReading,
  type Reading,
  readingSchema,
  SENSED_M_MAX,
  SENSING,
  type Sensing,
  type VehicleReading,
} from '../../protocol/readings.ts';
import { importNetwork } from '../../traffic/import.ts';
import { readScenario, type SumoScenario } from '../../traffic/sumo-scenario.ts';
import { openStreet, type Street, type StreetOptions } from '../../traffic/sumo-street.ts';
import { get, setTrafficLight } from '../../traffic/traci-commands.ts';
import { inductionLoop, lane, trafficLight, vehicle } from '../../traffic/traci-variables.ts';
import { hasScenarios, SCENARIOS, scenarioFile, tellLeftOut } from './read-fixture.ts';
import { isInstalled, lives, makeSmallTown, tellSumoLeftOut } from './small-town.ts';

tellSumoLeftOut('lamps and sensors in a running simulation');
tellLeftOut('lamps and sensors in the seven scenarios');

const isReading = Compile(readingSchema);

const open = async (
  scenario: SumoScenario,
  options: Partial<StreetOptions> = {},
): Promise<{ street: Street; intersections: readonly Intersection[] }> => {
  const { intersections } = importNetwork(scenario.roads, { name: 'town' }).district;
  const street = await openStreet({
    ...{ scenario, intersections, sensing: 'vehicles', environment: process.env },
    args: ['--seed', '1', '--no-warnings', 'true'],
    ...options,
  });
  onTestFinished(async () => {
    await street.close();
    expect(lives(street.sumo.pid)).toBe(false);
  });
  return { street, intersections };
};

const all = ({ groups }: Intersection, lamp: Lamp): Lamps =>
  Object.fromEntries(groups.map(({ id }) => [id, lamp]));

/** The lamps of an intersection's stages in turn: green for 20 s, then 4 s of amber and 2 s of red. */
const staged = (intersection: Intersection, timeS: number): Lamps => {
  const { stages } = intersection;
  const { green = [], permissive = [] } = stages[Math.floor(timeS / 26) % stages.length] ?? {};
  const phaseS = timeS % 26;
  const lamps = all(intersection, 'red');
  if (phaseS >= 24) return lamps;
  for (const id of green) lamps[id] = phaseS < 20 ? 'green' : 'amber';
  for (const id of permissive) lamps[id] = phaseS < 20 ? 'greenPermissive' : 'amber';
  return lamps;
};

interface Run {
  readonly readings: readonly (readonly Reading[])[];
  readonly arrived: number;
  readonly troubles: readonly string[];
}

/** Steps with these lamps; looks at every step whether SUMO shows them and readings are sound. */
const run = async (
  street: Street,
  intersections: readonly Intersection[],
  { steps, lampsAt }: { steps: number; lampsAt: (one: Intersection, timeS: number) => Lamps },
): Promise<Run> => {
  const readings: Reading[][] = [];
  const troubles: string[] = [];
  let arrived = 0;
  for (let k = 0; k < steps; k++) {
    for (const one of intersections) street.show(one.id, lampsAt(one, k));
    const step = await street.step();
    for (const { id } of intersections) expect(street.fault(id)).toBeUndefined();
    const heard = [...step.readings.values()].flat();
    for (const reading of heard)
      expect(isReading.Check(reading), JSON.stringify(reading)).toBe(true);
    expect(step.colliding).toEqual([]);
    readings.push(heard);
    troubles.push(...step.troubles);
    arrived += step.arrived.length;
  }
  return { readings, arrived, troubles };
};

describe.skipIf(!isInstalled)('a small town', () => {
  const { config, folder } = isInstalled ? makeSmallTown() : { config: '', folder: '' };
  let scenario: SumoScenario;
  beforeAll(async () => {
    scenario = await readScenario(config);
  });

  const town = async (sensing: Sensing = 'vehicles') => {
    const { street, intersections } = await open(scenario, { sensing });
    const [crossing] = intersections;
    if (!crossing) throw new Error('no crossing');
    return { street, intersections, crossing };
  };

  test('keeps SUMO’s program until its lamps are shown, and then shows them alone', async () => {
    const { street, crossing } = await town();
    await street.step();
    const { client } = street.sumo;
    expect(await client.ask(get(trafficLight, 'program', 'C'))).toBe('0');
    street.show(crossing.id, all(crossing, 'red'));
    await street.step();
    expect(await client.ask(get(trafficLight, 'state', 'C'))).toBe('r'.repeat(12));
    await street.step(10);
    expect(street.timeS).toBe(10);
    expect(street.fault(crossing.id)).toBeUndefined();
  });

  test('says when somebody else has switched a light, and shows its lamps again', async () => {
    const { street, crossing } = await town();
    street.show(crossing.id, all(crossing, 'red'));
    await street.step();
    await street.sumo.client.ask(setTrafficLight('C', 'state', 'G'.repeat(12)));
    await street.step();
    expect(street.fault(crossing.id)).toBe(
      `SUMO shows ${'G'.repeat(12)} at C, but was told ${'r'.repeat(12)}`,
    );
    await street.step();
    expect(street.fault(crossing.id)).toBeUndefined();
  });

  test('drives at green and stands at red', async () => {
    const { street, intersections } = await town();
    const moving = await run(street, intersections, { steps: 300, lampsAt: staged });
    expect(moving.arrived).toBeGreaterThan(50);
    expect(moving.troubles).toEqual([]);
    const still = await run(street, intersections, {
      steps: 60,
      lampsAt: (one) => all(one, 'red'),
    });
    const heard = (still.readings.at(-1) ?? []) as VehicleReading[];
    expect(heard.length).toBeGreaterThan(5);
    expect(heard.every(({ place }) => place === 'approach')).toBe(true);
    expect(Math.min(...heard.map(({ distanceM }) => distanceM))).toBeLessThan(2);
  });

  test.each<Lamp>(['flashingAmber', 'flashingRed', 'dark'])(
    'goes on, slowly and without a collision, while its light is %s',
    async (lamp) => {
      const { street, intersections } = await town('lanes');
      const lampsAt = (one: Intersection) => all(one, lamp);
      const { arrived } = await run(street, intersections, { steps: 300, lampsAt });
      expect(arrived).toBeGreaterThan(20);
    },
  );

  test('senses each vehicle within reach: where it is, how fast, and the lamp it needs', async () => {
    const { street, intersections } = await town('vehicles');
    const { client } = street.sumo;
    for (let k = 0; k < 40; k++) {
      const { readings } = await street.step();
      const heard = [...(readings.get('C') ?? [])] as VehicleReading[];
      for (const reading of heard) {
        expect(reading.distanceM).toBeLessThanOrEqual(SENSED_M_MAX);
        const [speed, at, position] = await client.askAll([
          get(vehicle, 'speedMps', reading.vehicle),
          get(vehicle, 'lane', reading.vehicle),
          get(vehicle, 'lanePositionM', reading.vehicle),
        ]);
        expect(speed).toEqual({ value: reading.speedMps });
        if (reading.place === 'inside') {
          expect(at).toEqual({ value: expect.stringMatching(/^:C_/) });
          continue;
        }
        expect(at).toEqual({ value: reading.lane });
        const lengthM = await client.ask(get(lane, 'lengthM', reading.lane));
        expect(position).toEqual({ value: expect.closeTo(lengthM - reading.distanceM, 1) });
        const group = intersections[0]?.groups.find(({ id }) => id === reading.group);
        expect(group?.movements?.map(({ from }) => from)).toContain(reading.lane);
      }
      if (k === 39) expect(heard.length).toBeGreaterThan(3);
    }
  });

  test('counts each vehicle that is let through once at each of its loops', async () => {
    const { street, intersections } = await town('loops');
    const { readings } = await run(street, intersections, { steps: 200, lampsAt: staged });
    const passed = (place: LoopReading['place']) =>
      (readings.flat() as LoopReading[])
        .filter((one) => one.place === place && one.lanes.includes('EC_0'))
        .reduce((sum, one) => sum + one.passed, 0);
    // One each 9 s; those at the stop line had to wait for green.
    expect(passed('advance')).toBeGreaterThan(12);
    expect(passed('stopLine')).toBeGreaterThan(8);
    expect(passed('stopLine')).toBeLessThanOrEqual(passed('advance'));
  });

  test('tells by the gap of a loop how long nobody has been there', async () => {
    const { street, intersections } = await town('loops');
    const lampsAt = (one: Intersection) => all(one, 'red');
    const { readings } = await run(street, intersections, { steps: 120, lampsAt });
    const last = (readings.at(-1) ?? []) as LoopReading[];
    const at = (lane: string) =>
      last.find((one) => one.place === 'stopLine' && one.lanes.includes(lane));
    expect(at('EC_0')).toMatchObject({ occupancy: 1, gapS: 0, passed: 0 });
    expect(at('SC_0')).toMatchObject({ occupancy: 0, passed: 0 });
    expect(at('SC_0')?.gapS).toBeGreaterThan(100);
  });

  test('counts on each lane who is there and who stands', async () => {
    const { street, intersections } = await town('lanes');
    const lampsAt = (one: Intersection) => all(one, 'red');
    const { readings } = await run(street, intersections, { steps: 120, lampsAt });
    const last = (readings.at(-1) ?? []) as LaneReading[];
    const at = (lane: string) => last.find(({ lanes }) => lanes.includes(lane));
    expect(at('EC_0')).toMatchObject({ nearM: 0, farM: 200 });
    expect(at('EC_0')?.queue).toBeGreaterThan(5);
    expect(at('EC_0')?.vehicles).toBeGreaterThanOrEqual(at('EC_0')?.queue ?? 0);
    expect(at('SC_0')).toMatchObject({ vehicles: 0, queue: 0 });
  });

  test('keeps the additional files that the scenario names', async () => {
    const { street } = await town('loops');
    expect(await street.sumo.client.ask(get(inductionLoop, 'ids'))).toContain('own');
  });

  test('refuses a district of another network, and leaves no process behind', async () => {
    const { intersections } = importNetwork(scenario.roads, { name: 'town' }).district;
    const turned = intersections.map((one) => ({
      ...one,
      groups: one.groups.map((group) => ({
        ...group,
        movements: (group.movements ?? []).map((movement) => ({
          ...movement,
          link: 11 - movement.link,
        })),
      })),
    }));
    await expect(open(scenario, { intersections: turned })).rejects.toThrow(
      /^the district does not fit the network; import it again:\n {2}C N/,
    );
  });

  test('a configuration without its network is refused by name', async () => {
    const file = join(folder, 'lost.sumocfg');
    writeFileSync(file, '<configuration><net-file value="lost.net.xml"/></configuration>');
    await expect(readScenario(file)).rejects.toThrow(
      `${join(folder, 'lost.net.xml')}: cannot be read (ENOENT)`,
    );
  });
});

describe.skipIf(!isInstalled || !hasScenarios).each(SCENARIOS)('%s', (name) => {
  test.each(SENSING)('is lit and sensed at the level of %s', async (sensing) => {
    const config = scenarioFile(name).replace('.net.xml', '.sumocfg');
    const { street, intersections } = await open(await readScenario(config), { sensing });
    const seen = await run(street, intersections, { steps: 150, lampsAt: staged });
    expect(seen.troubles).toEqual([]);
    const kinds = new Set(seen.readings.flat().map(({ kind }) => kind));
    expect([...kinds]).toEqual([{ loops: 'loop', lanes: 'lane', vehicles: 'vehicle' }[sensing]]);
  });
});
