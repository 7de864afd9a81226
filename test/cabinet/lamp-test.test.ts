/** The lamp test: what it finds in bulbs that follow, and in those that do not. */
import { expect, test } from 'vitest';
import type { DriverClock } from '../../cabinet/alarm.ts';
import type { Bulbs } from '../../cabinet/bulbs.ts';
import { fileHardware } from '../../cabinet/file-hardware.ts';
import { type Hardware, memoryHardware } from '../../cabinet/hardware.ts';
import { checkHardware } from '../../cabinet/lamp-test.ts';
import type { Group } from '../../protocol/district.ts';
import { quickCrossing, temporaryFolder } from './quick-district.ts';

const { groups, ...rest } = quickCrossing();
const withWalk = {
  ...rest,
  groups: groups.map((head, k): Group => (k === 0 ? { ...head, kind: 'pedestrian' } : head)),
};

/** Lets no real time pass. */
const hurried = (): DriverClock => {
  let nowMs = 0;
  return {
    now: () => nowMs,
    setTimeout: (fire, ms) => {
      nowMs += ms;
      queueMicrotask(fire);
    },
    clearTimeout: () => {},
  };
};
const faultsOf = (hardware: Hardware) => checkHardware(withWalk, hardware, hurried());

test.each([
  ['in memory', () => memoryHardware(withWalk)],
  ['in files', () => fileHardware(temporaryFolder(), withWalk)],
])('our bulbs %s pass, and are left red', async (_, make) => {
  const hardware = make();
  expect(await faultsOf(hardware)).toEqual([]);
  expect(Object.values(hardware.sense())).toEqual(groups.map(() => ['red']));
});

/** Bulbs of which one does something else. */
const faulty = (change: (shining: Bulbs) => Bulbs): Hardware => {
  const good = memoryHardware(withWalk);
  return { light: good.light, sense: () => change(good.sense()) };
};

test('a bulb that is crossed with another, dark or stuck is named, with what was asked for', async () => {
  const crossed = faulty(({ east = [], ...others }) => ({
    ...others,
    east: east.map((bulb) => (bulb === 'green' ? 'amber' : bulb)),
  }));
  expect(await faultsOf(crossed)).toEqual([
    'east green: east amber shines though it is off, east green is dark though it is on',
  ]);
  const stuck = faulty(({ south = [], ...others }) => ({ ...others, south: [...south, 'green'] }));
  const found = await faultsOf(stuck);
  expect(found[0]).toBe('all red: south green shines though it is off');
  expect(found.at(-1)).toBe('all red again: south green shines though it is off');
});

test('a board that does not answer is told, and nothing is thrown', async () => {
  const broken: Hardware = {
    light: () => {
      throw new Error('EIO: no board');
    },
    sense: () => ({}),
  };
  expect(await faultsOf(broken)).toContain('all red: EIO: no board');
});

test('bulbs that follow late, as relays do, pass', async () => {
  const good = memoryHardware(withWalk);
  let looks = 0;
  const late: Hardware = {
    light: (wanted) => {
      looks = 0;
      good.light(wanted);
    },
    sense: () => {
      looks += 1;
      return looks < 3 ? {} : good.sense();
    },
  };
  expect(await faultsOf(late)).toEqual([]);
});

test('no two groups are ever lit at once, though nobody may go against red', async () => {
  const seen: Bulbs[] = [];
  const good = memoryHardware(withWalk);
  await faultsOf({
    light: (wanted) => {
      seen.push(wanted);
      good.light(wanted);
    },
    sense: good.sense,
  });
  for (const wanted of seen) {
    const lit = Object.values(wanted).filter((bulbs) => !bulbs.includes('red'));
    expect(lit.length).toBeLessThanOrEqual(1);
  }
});
