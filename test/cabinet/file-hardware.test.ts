/** Bulbs as files: what is written, what is read back, and what a broken file does to the lamps. */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CabinetError } from '../../cabinet/address.ts';
import { fileHardware } from '../../cabinet/file-hardware.ts';
import { hostClock, hostStamp } from '../../cabinet/host-clock.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { openCabinet } from '../../cabinet/server.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import { quickCrossing, temporaryFolder } from './quick-district.ts';

const fileOf = (folder: string, bulb: string) => join(folder, 'crossing', bulb, 'value');
const red = { north: ['red'], south: ['red'], left: ['red'], east: ['red'] } as const;

describe('files', () => {
  test('are made for an intersection that has none, and hold 1 for on and 0 for off', () => {
    const folder = temporaryFolder();
    const hardware = fileHardware(folder, quickCrossing());
    hardware.light({ ...red, north: ['green'] });
    const text = (bulb: string) => readFileSync(fileOf(folder, bulb), 'utf8');
    expect([text('north/red'), text('north/amber'), text('north/green')]).toEqual([
      ...['0\n', '0\n', '1\n'],
    ]);
    expect(text('east/red')).toBe('1\n');
    expect(hardware.sense()).toEqual({ ...red, north: ['green'] });
  });

  test('of pedestrians are red and green', () => {
    const folder = temporaryFolder();
    const { groups, ...rest } = quickCrossing();
    const [first, ...others] = groups;
    fileHardware(folder, { ...rest, groups: [{ ...first!, kind: 'pedestrian' }, ...others] });
    expect(existsSync(fileOf(folder, 'north/green'))).toBe(true);
    expect(existsSync(fileOf(folder, 'north/amber'))).toBe(false);
  });

  test('stay within their folder, whatever an intersection and its groups are called', () => {
    const folder = temporaryFolder();
    const { groups, ...rest } = quickCrossing();
    const [first] = groups;
    fileHardware(join(folder, 'a', 'b'), { ...rest, id: '..', groups: [{ ...first!, id: '.' }] });
    expect(existsSync(join(folder, 'a', 'b', '%..', '%.', 'red', 'value'))).toBe(true);
    expect(existsSync(join(folder, 'a', 'red'))).toBe(false);
  });

  test('of which one is missing are refused, and the path is told', () => {
    const folder = temporaryFolder();
    fileHardware(folder, quickCrossing());
    rmSync(dirname(fileOf(folder, 'east/green')), { recursive: true });
    const value = fileOf(folder, 'east/green');
    expect(() => fileHardware(folder, quickCrossing())).toThrow(
      new CabinetError(`bulbs of crossing have no file; link each to its pin:\n  ${value}`),
    );
  });

  test('may be links to pins, and an input at the lamp tells what shines', () => {
    const [folder, gpio] = [temporaryFolder(), temporaryFolder()];
    fileHardware(folder, quickCrossing());
    for (const pin of ['gpio17', 'gpio27']) {
      mkdirSync(join(gpio, pin));
      writeFileSync(join(gpio, pin, 'value'), '0\n');
    }
    const green = dirname(fileOf(folder, 'north/green'));
    rmSync(green, { recursive: true });
    symlinkSync(join(gpio, 'gpio17'), green);
    symlinkSync(join(gpio, 'gpio27'), `${green}-sensed`);
    const hardware = fileHardware(folder, quickCrossing());
    hardware.light({ ...red, north: ['green'] });
    expect(readFileSync(join(gpio, 'gpio17', 'value'), 'utf8')).toBe('1\n');
    expect(hardware.sense()).toEqual({ ...red, north: [] });
    writeFileSync(join(gpio, 'gpio27', 'value'), '1\n');
    expect(hardware.sense()).toEqual({ ...red, north: ['green'] });
  });

  test('that cannot be written are told, with the reason; all that ends is switched, no go is lit', () => {
    const folder = temporaryFolder();
    const hardware = fileHardware(folder, quickCrossing());
    hardware.light({ ...red, north: ['green'] });
    const full = fileOf(folder, 'north/amber');
    rmSync(full);
    symlinkSync('/dev/full', full);
    const wanted = { ...red, north: ['amber'], east: ['green'] } as const;
    expect(() => hardware.light(wanted)).toThrow(
      'north amber cannot be switched on: ENOSPC: no space left on device, write',
    );
    const text = (bulb: string) => readFileSync(fileOf(folder, bulb), 'utf8');
    expect([text('north/green'), text('east/green'), text('east/red')]).toEqual([
      ...['0\n', '0\n', '1\n'],
    ]);
    // What failed is tried again.
    rmSync(full);
    writeFileSync(full, '0\n');
    hardware.light(wanted);
    expect([text('north/amber'), text('east/green')]).toEqual(['1\n', '1\n']);
  });

  test('that could not be switched are believed to be neither on nor off', () => {
    const folder = temporaryFolder();
    const hardware = fileHardware(folder, quickCrossing());
    hardware.light(red);
    const value = fileOf(folder, 'north/red');
    rmSync(value);
    symlinkSync('/dev/full', value);
    expect(() => hardware.light({ ...red, north: ['green'] })).toThrow('cannot be switched off');
    rmSync(value);
    writeFileSync(value, '0\n');
    hardware.light(red);
    expect(readFileSync(value, 'utf8')).toBe('1\n');
  });

  test('that say neither on nor off tell nothing', () => {
    const folder = temporaryFolder();
    const hardware = fileHardware(folder, quickCrossing());
    writeFileSync(fileOf(folder, 'north/red'), 'maybe');
    expect(() => hardware.sense()).toThrow('says "maybe", not 0 or 1');
  });
});

describe('a cabinet whose lamps are files', () => {
  const open = async (folder: string) => {
    const latch = memoryLatch();
    const said: Lamps[] = [];
    const reports: string[] = [];
    const cabinet = await openCabinet(
      { path: join(temporaryFolder(), 's') },
      {
        intersections: [quickCrossing()],
        clock: hostClock,
        stamp: hostStamp,
        latchOf: () => latch,
        hardwareOf: (one) => fileHardware(folder, one),
        show: (_, lamps) => said.push(lamps),
        report: ({ message }) => reports.push(message),
      },
    );
    const end = async () => {
      for (const driver of cabinet.drivers.values()) driver.end(() => {});
      await cabinet.close();
    };
    onTestFinished(end);
    return { cabinet, latch, said, reports, end };
  };
  const shows = (folder: string, bulb: string) =>
    readFileSync(fileOf(folder, bulb), 'utf8').trim() === '1';

  test('flashes on the files, and leaves red when it ends', async () => {
    const folder = temporaryFolder();
    const { end, latch } = await open(folder);
    await vi.waitFor(() => expect(shows(folder, 'north/amber')).toBe(true), 4_000);
    expect(shows(folder, 'north/red')).toBe(false);
    await vi.waitFor(() => expect(shows(folder, 'north/amber')).toBe(false), 4_000);
    await vi.waitFor(() => expect(shows(folder, 'north/amber')).toBe(true), 4_000);
    await end();
    expect(shows(folder, 'north/amber')).toBe(false);
    expect(shows(folder, 'north/red')).toBe(true);
    expect(latch.read()).toBeUndefined();
  });

  test('latches when somebody else lights a bulb, and says which', async () => {
    const folder = temporaryFolder();
    const { latch, said, reports } = await open(folder);
    writeFileSync(fileOf(folder, 'north/green'), '1\n');
    await vi.waitFor(() => expect(latch.read()).toBeDefined(), 4_000);
    expect(latch.read()).toBe('north green shines though it is off');
    expect(said.at(-1)).toMatchObject({ north: 'flashingRed', east: 'flashingRed' });
    expect(reports).toEqual([
      'latched to flashing: north green shines though it is off; once it is mended: greenwave clear crossing',
    ]);
  });

  test('latches from the start when a bulb cannot be switched, and lets nobody go', async () => {
    const folder = temporaryFolder();
    fileHardware(folder, quickCrossing());
    rmSync(fileOf(folder, 'north/red'));
    symlinkSync('/dev/full', fileOf(folder, 'north/red'));
    const { cabinet, latch } = await open(folder);
    expect(latch.read()).toMatch(/^north red cannot be switched on: ENOSPC/);
    const timelines = {};
    const { refused } = cabinet.drivers.get('crossing')!.accept({
      ...{ incarnation: 1, counter: 1, notAfterMs: 1e15, timelines },
    });
    expect(refused).toMatch(/^latched to flashing: north red cannot be switched on/);
  });
});
