/** A district of real processes whose traffic is SUMO's, in real time: `greenwave up --sumo`. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DistrictFile } from '../../protocol/district.ts';
import { isFlashing, isGreen } from '../../protocol/lamp.ts';
import { isInstalled, makeSmallTown, tellSumoLeftOut } from '../traffic/small-town.ts';
import { Bench, discoveryPort, type Process, processesWith } from './processes.ts';

tellSumoLeftOut('that real processes light the lamps of SUMO in real time');

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

test('where SUMO is not, up says at once how to install it', async () => {
  const how = { env: { PATH: '/nowhere', SUMO_HOME: '' } };
  const up = bench.launch(['up', '--sumo', 'town.sumocfg'], how);
  expect(await up.ended()).toBe(2);
  expect(up.stderr).toMatch(
    /sumo was not found on PATH; install Eclipse SUMO: apt-get install sumo/,
  );
});

test('what is only for SUMO is refused without it', async () => {
  const up = bench.start('up', '--sense', 'loops');
  expect(await up.ended()).toBe(2);
  expect(up.stderr).toContain('--sense needs --sumo');
});

describe.skipIf(!isInstalled || process.platform !== 'linux')('a crossing of four streets', () => {
  const { config } = isInstalled ? makeSmallTown() : { config: '' };

  /** Its district, at a port where it meets no other test, with greens that are over soon. */
  const districtAt = async (place: number): Promise<string> => {
    const file = bench.path('imported.json');
    const imported = bench.start('import', config.replace('.sumocfg', '.net.xml'), '-o', file);
    expect(await imported.ended()).toBe(0);
    const district = JSON.parse(readFileSync(file, 'utf8')) as DistrictFile;
    const discovery = { ...district.discovery, port: discoveryPort(place) };
    const intersections = district.intersections.map(({ programs: _, ...one }) => ({
      ...one,
      groups: one.groups.map((group) => ({ ...group, maxGreenS: 8 })),
    }));
    return bench.file('town.json', { ...district, intersections, discovery });
  };

  const startUp = async (place: number): Promise<Process> => {
    const file = await districtAt(place);
    return bench.start('up', file, '--sumo', config, '--json');
  };

  /** SUMO's process: it alone has such an option. */
  const sumoOf = async (up: Process): Promise<number> => {
    await up.until('traffic', () => up.lines.some(({ kind }) => kind === 'traffic'));
    const [pid, ...others] = processesWith('--remote-port').filter((one) =>
      processesWith(config).includes(one),
    );
    expect(others).toEqual([]);
    return Number(pid);
  };

  /** Lamps that are so, told from some line on. */
  const untilLamps = (up: Process, from: number, is: typeof isGreen) =>
    up.until(is.name, () =>
      up.lines
        .slice(from)
        .some((line) => line.kind === 'lamps' && Object.values(line.lamps).some(is)),
    );

  test('drives by the lamps of a node; while that is dead they flash, and SUMO goes on', async () => {
    const up = await startUp(7);
    const sumo = await sumoOf(up);
    await untilLamps(up, 0, isGreen);
    await up.until('a node that hears sensors', () =>
      up.lines.some(
        (line) => line.kind === 'state' && line.machine === 'arrivals' && line.value === 'sighted',
      ),
    );
    const started = up.lines.find(
      (line) => line.kind === 'process' && line.standing === 'started',
    ) as { pid: number };
    const killed = up.lines.length;
    process.kill(started.pid, 'SIGKILL');
    await untilLamps(up, killed, isFlashing);
    const since = up.lines.length;
    await up.until('traffic that goes on', () =>
      up.lines.slice(since).some(({ kind }) => kind === 'traffic'),
    );
    expect(processesWith(config)).toContain(`${sumo}`);
    up.signal('SIGINT');
    expect(await up.ended(45_000)).toBe(0);
    const last = up.lines.at(-1);
    expect(last).toMatchObject({ kind: 'summary', unsafe: 0, traffic: { by: 'SUMO' } });
    expect(last).toMatchObject({ traffic: { meanDelayS: expect.any(Number) } });
    expect(processesWith(config)).toEqual([]);
  }, 120_000);

  test('ends with an error when SUMO does', async () => {
    const up = await startUp(8);
    process.kill(await sumoOf(up), 'SIGKILL');
    expect(await up.ended(45_000)).toBe(2);
    expect(up.stderr).toContain('SUMO is gone: SUMO was ended by SIGKILL');
    expect(processesWith(config)).toEqual([]);
  }, 90_000);
});
