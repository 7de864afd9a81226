/** Bulbs that do not do as they are told: what the player sees, and what becomes of the lamps. */
import { describe, expect, test } from 'vitest';
import type { Bulb, Bulbs } from '../../cabinet/bulbs.ts';
import { createDriver, type Driver } from '../../cabinet/driver.ts';
import { type Hardware, memoryHardware } from '../../cabinet/hardware.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { FAULT_MS, FLASH_HALF_MS, LOOK_MS, Player } from '../../cabinet/player.ts';
import type { Intersection } from '../../protocol/district.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { crossing, type Short, timelines } from './crossing.ts';

/** Memory, with faults. */
const faulty = (intersection: Intersection) => {
  const good = memoryHardware(intersection);
  const stuck = new Map<string, boolean>();
  let broken: string | undefined;
  const bulbs = (sensed: Bulbs): Bulbs => {
    const shining = Object.entries(sensed).map(([group, on]) => {
      const all = (['red', 'amber', 'green'] as const).filter(
        (bulb: Bulb) => stuck.get(`${group} ${bulb}`) ?? on.includes(bulb),
      );
      return [group, all] as const;
    });
    return Object.fromEntries(shining);
  };
  const hardware: Hardware = {
    light: (wanted) => {
      if (broken !== undefined) throw new Error(broken);
      good.light(wanted);
    },
    sense: () => bulbs(good.sense()),
  };
  return {
    hardware,
    stick: (bulb: string, isOn: boolean) => stuck.set(bulb, isOn),
    mend: () => {
      stuck.clear();
      broken = undefined;
    },
    break: (reason: string) => {
      broken = reason;
    },
  };
};

/** A driver whose lamps are bulbs. */
const bench = (intersection = crossing(), startMs = 0) => {
  const clock = new VirtualClock(startMs);
  const bulbs = faulty(intersection);
  const latch = memoryLatch();
  const reports: string[] = [];
  const said: Lamps[] = [];
  let driver: Driver | undefined;
  const player = new Player({
    intersection,
    clock,
    hardware: bulbs.hardware,
    failed: (reason, lamps = {}) => {
      driver?.sensed(lamps);
      driver?.fail(reason);
    },
  });
  driver = createDriver({
    intersection,
    clock,
    latch,
    show: (lamps, nowMs) => {
      said.push(lamps);
      player.show(lamps, nowMs);
    },
    report: (message) => reports.push(message),
    fault: () => player.fault(),
  });
  player.start();
  const { accept, clear, lamps } = driver;
  const made = driver;
  let counter = 0;
  return {
    ...{ clock, bulbs, latch, reports, said, player, driver: made },
    clear: clear.bind(made),
    lamps: lamps.bind(made),
    shining: (group: string) => bulbs.hardware.sense()[group]?.join(' '),
    send: (shorts: Record<string, Short>) => {
      counter += 1;
      const all = timelines(shorts);
      return accept.call(made, { incarnation: 1, counter, notAfterMs: 1e12, timelines: all })
        .refused;
    },
  };
};

const green: Short = ['red', 6, 'green', 16, 'amber', 19, 'red', 60];

describe('bulbs that do as they are told', () => {
  test('shine as the lamps do, and nothing is told', () => {
    const { clock, send, shining, latch, reports } = bench();
    send({ north: green });
    const story: string[] = [];
    for (const atS of [1, 6.1, 16.1, 19.1]) {
      clock.run(atS * 1000);
      story.push(`${shining('north')}/${shining('east')}`);
    }
    expect(story).toEqual(['red/red', 'green/red', 'amber/red', 'red/red']);
    clock.run(120_000);
    expect(latch.read()).toBeUndefined();
    expect(reports).toEqual([]);
  });

  test('flash together, light first, for as long as they flash', () => {
    const { clock, shining } = bench(crossing(), 700);
    const halves = [0, 1, 2, 3].map((half) => {
      clock.run(5_700 + half * FLASH_HALF_MS + 10);
      return `${shining('north')}/${shining('east')}`;
    });
    expect(halves).toEqual(['amber/red', '/', 'amber/red', '/']);
  });

  test('of pedestrians show their clearance as a green that flashes', () => {
    const { groups, ...rest } = crossing();
    const walking = groups.map((group) =>
      group.id === 'east' ? { ...group, kind: 'pedestrian' as const } : group,
    );
    const { clock, send, shining, latch } = bench({ ...rest, groups: walking });
    send({ east: green });
    clock.run(16_100);
    expect(shining('east')).toBe('green');
    clock.run(16_600);
    expect(shining('east')).toBe('');
    clock.run(19_100);
    expect(shining('east')).toBe('red');
    expect(latch.read()).toBeUndefined();
  });

  test('are left at red when the driver closes in the middle of flashing', () => {
    const { clock, player, shining } = bench();
    clock.run(5_600);
    player.close();
    expect([shining('north'), shining('east')]).toEqual(['red', 'red']);
    expect(clock.nextMs()).toBeUndefined();
  });
});

describe('bulbs that do not', () => {
  test.each([
    ['stuck on', 'north green', true, 17_000, 'north green shines though it is off'],
    ['stuck off', 'north red', false, 3_000, 'north red is dark though it is on'],
    ['a green that went out', 'north green', false, 10_000, 'north green is dark though it is on'],
  ])('%s latch to flashing within half a second', (_, bulb, isOn, atMs, reason) => {
    const { clock, bulbs, send, latch, lamps } = bench();
    send({ north: green });
    clock.run(atMs);
    bulbs.stick(bulb, isOn);
    clock.run(atMs + LOOK_MS + FAULT_MS + 50);
    expect(latch.read()).toBe(reason);
    expect(lamps()).toMatchObject({ north: 'flashingRed', east: 'flashingRed' });
    expect(send({ north: green })).toBe(`latched to flashing: ${reason}`);
  });

  test('and are lit against others latch for that very reason', () => {
    const { clock, bulbs, send, latch, reports } = bench();
    send({ north: green });
    clock.run(10_000);
    bulbs.stick('east green', true);
    clock.run(10_500);
    expect(latch.read()).toBe('sensed north green with east green');
    expect(reports).toContain('while latched: east green shines though it is off');
  });

  test('for less than relays take to switch are forgiven', () => {
    const { clock, bulbs, latch } = bench();
    clock.run(1_000);
    bulbs.stick('north green', true);
    clock.run(1_000 + LOOK_MS + FAULT_MS / 2);
    bulbs.mend();
    clock.run(4_000);
    expect(latch.read()).toBeUndefined();
  });

  test('because they cannot be switched latch at once, and so from the start', () => {
    const running = bench();
    running.clock.run(1_000);
    running.bulbs.break('EIO: north');
    running.clock.run(1_000 + LOOK_MS);
    expect(running.latch.read()).toBe('EIO: north');
    const broken = faulty(crossing());
    broken.break('ENOSPC: east');
    const told: string[] = [];
    const player = new Player({
      intersection: crossing(),
      clock: new VirtualClock(),
      hardware: broken.hardware,
      failed: (reason) => told.push(reason),
    });
    player.show({ north: 'red' }, 0);
    expect(told).toEqual([]);
    player.start();
    expect(told).toEqual(['ENOSPC: east']);
  });

  test('are told of once while the fault stands, and again when it comes back', () => {
    const { clock, bulbs, reports } = bench();
    clock.run(1_000);
    bulbs.break('EIO');
    clock.run(20_000);
    const told = () => reports.filter((message) => message.includes('EIO')).length;
    expect(told()).toBe(1);
    bulbs.mend();
    clock.run(21_000);
    bulbs.break('EIO');
    clock.run(22_000);
    expect(told()).toBe(2);
  });
});

describe('an operator', () => {
  test('does not clear a latch while the fault stands, and does when it is mended', () => {
    const { clock, bulbs, latch, clear, lamps } = bench();
    clock.run(1_000);
    bulbs.stick('north green', true);
    clock.run(3_000);
    const reason = 'north green shines though it is off';
    expect(clear()).toEqual({ reason, refused: `still wrong: ${reason}` });
    expect(latch.read()).toBe(reason);
    bulbs.mend();
    clock.run(5_000);
    expect(clear()).toEqual({ reason });
    expect(latch.read()).toBeUndefined();
    expect(lamps()).toMatchObject({ north: 'red', east: 'red' });
    clock.run(60_000);
    expect(lamps()).toMatchObject({ north: 'flashingAmber' });
    expect(clear()).toEqual({});
  });

  test('does not clear it in the half in which a dead lamp would be dark anyway', () => {
    const { clock, bulbs, clear, player } = bench();
    clock.run(1_000);
    bulbs.stick('north red', false);
    clock.run(9_000);
    const reason = 'north red is dark though it is on';
    for (let step = 0; step < 20; step += 1) {
      clock.run(9_000 + step * 100);
      expect(player.fault()).toBe(reason);
      expect(clear().refused).toBe(`still wrong: ${reason}`);
    }
  });
});
