/** Tells a host that slept from one that was only busy, by two clocks that are handed in. */
import { describe, expect, test } from 'vitest';
import { hostUptimeMs, JUMP_MS_MIN, watchSuspension } from '../../bin/suspension.ts';
import { hostClock } from '../../cabinet/host-clock.ts';
import { VirtualClock } from '../../simulation/clock.ts';

/** A host whose uptime comes in grains; `sleep` is time that its monotonic clock does not see. */
const host = ({ grainMs = 10, aheadMs = 5_000 } = {}) => {
  const clock = new VirtualClock();
  let sleptMs = aheadMs;
  /** How long a look is held up between its readings. */
  let heldMs = 0;
  const told: number[] = [];
  const uptimeMs = () => {
    if (heldMs > 0) clock.stall(heldMs);
    const upMs = Math.floor((clock.now() + sleptMs) / grainMs) * grainMs;
    if (heldMs > 0) clock.stall(heldMs);
    return upMs;
  };
  const { look, stop } = watchSuspension(clock, uptimeMs, (byMs) => told.push(byMs));
  return {
    clock,
    told,
    look,
    stop,
    sleep: (ms: number) => {
      sleptMs += ms;
    },
    hold: (ms: number) => {
      heldMs = ms;
    },
  };
};

describe('a host that was suspended', () => {
  test.each([150, 1_000, 3_600_000])('for %i ms is told once, and about by how much', (ms) => {
    const { clock, told, sleep } = host();
    clock.run(12_345);
    sleep(ms);
    clock.run(12_345 + 101);
    expect(told).toHaveLength(1);
    expect(Math.abs((told[0] ?? 0) - ms)).toBeLessThanOrEqual(20);
    clock.run(60_000);
    expect(told).toHaveLength(1);
  });

  test('is told at the first look, before any timer', () => {
    const { clock, told, sleep, look } = host();
    clock.run(1_000);
    sleep(5_000);
    look();
    expect(told).toHaveLength(1);
  });

  test('and whose uptime comes in whole seconds is told when it slept for longer than those', () => {
    const { clock, told, sleep } = host({ grainMs: 1_000 });
    clock.run(30_000);
    sleep(2_500);
    clock.run(40_000);
    expect(told).toHaveLength(1);
  });

  test('twice is told twice', () => {
    const { clock, told, sleep } = host();
    clock.run(1_000);
    sleep(400);
    clock.run(2_000);
    sleep(400);
    clock.run(3_000);
    expect(told).toHaveLength(2);
  });

  test('and whose clock ran ahead is told by less than nothing', () => {
    const { clock, told, sleep } = host();
    clock.run(1_000);
    sleep(-700);
    clock.run(2_000);
    expect(told).toHaveLength(1);
    expect(told[0]).toBeLessThan(-JUMP_MS_MIN);
  });
});

describe('a host that was not', () => {
  test.each([10, 1_000])(
    'is not told of for an hour, with an uptime in grains of %i ms',
    (grainMs) => {
      const { clock, told } = host({ grainMs, aheadMs: 1_234 });
      clock.run(3_600_000);
      expect(told).toEqual([]);
    },
  );

  test('but was stopped between two readings, or for long, is not told of', () => {
    const { clock, told, hold } = host();
    clock.run(1_000);
    hold(2_000);
    clock.run(10_000);
    hold(0);
    clock.stall(20_000);
    clock.run(60_000);
    expect(told).toEqual([]);
  });

  test('is looked at no more after a stop', () => {
    const { clock, told, sleep, stop } = host();
    stop();
    sleep(9_000);
    clock.run(10_000);
    expect(told).toEqual([]);
    expect(clock.nextMs()).toBeUndefined();
  });

  test('is this one, by its own clocks', () => {
    const told: number[] = [];
    const { look, stop } = watchSuspension(hostClock, hostUptimeMs, (byMs) => told.push(byMs));
    for (let times = 0; times < 1_000; times += 1) look();
    stop();
    expect(told).toEqual([]);
    expect(hostUptimeMs()).toBeGreaterThan(0);
  });
});
