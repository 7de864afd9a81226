/**
 * Hosts that sleep: the clock and all processes of a host stand still for a while, and find out when
 * they run again.
 */
import { expect, test } from 'vitest';
import { type City, createCity } from '../../simulation/city.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { HostClock, Loop } from '../../simulation/host.ts';
import { unsettled } from '../../simulation/settling.ts';
import { sharedTown } from '../../simulation/shared-town.ts';
import { town } from '../../simulation/town.ts';

test('a clock that was suspended goes on from where it stood, and so do its timers', () => {
  const virtual = new VirtualClock();
  const clock = new HostClock(virtual, { offsetMs: 1_000 });
  const fired: number[] = [];
  clock.setTimeout(() => fired.push(Math.round(virtual.now())), 300);
  const cleared = clock.setTimeout(() => fired.push(-1), 200);
  virtual.run(100);
  clock.suspend();
  virtual.run(5_100);
  expect(clock.now()).toBe(1_100);
  clock.clearTimeout(cleared);
  clock.resume(() => fired.push(Math.round(virtual.now())));
  virtual.run(9_000);
  expect(fired).toEqual([5_100, 5_300]);
  expect(clock.now()).toBeCloseTo(1_000 + 4_000, 6);
});

test('a process on a host that sleeps hears nothing, and all of it when the host runs again', () => {
  const virtual = new VirtualClock();
  const clock = new HostClock(virtual);
  const loop = new Loop(clock);
  const seen: string[] = [];
  clock.suspend();
  loop.arrive(() => seen.push('datagram'));
  loop.setTimeout(() => seen.push('timer'), 10);
  virtual.run(1_000);
  expect(seen).toEqual([]);
  clock.resume(() => seen.push('driver'));
  expect(seen).toEqual(['driver', 'datagram']);
  virtual.run(1_011);
  expect(seen).toEqual(['driver', 'datagram', 'timer']);
});

test('a process is told by how much its clock stood still, within 50 ms or when it looks', () => {
  const virtual = new VirtualClock();
  const clock = new HostClock(virtual);
  const told: string[] = [];
  const watch = (name: string) =>
    clock.watch(new Loop(clock), (byMs) => told.push(`${name} at ${virtual.now()} by ${byMs}`));
  watch('a');
  const hasty = watch('b');
  watch('c').stop();
  virtual.run(100);
  clock.suspend();
  virtual.run(2_100);
  clock.resume(hasty.look);
  virtual.run(2_151);
  expect(told).toEqual(['b at 2100 by 2000', expect.stringMatching(/^a at 2150\.\d+ by 2000$/)]);
});

interface Word {
  readonly atMs: number;
  readonly node: string;
  readonly type: string;
}

/** A city that has settled, and what its nodes say from then on. */
const awake = async (shared: boolean) => {
  const words: Word[] = [];
  const district = shared ? sharedTown([4]) : town(4);
  const city: City = createCity({
    seed: 5,
    district,
    clocks: { offsetMsMax: 1e7, driftPpmMax: 100 },
    journal: (line) => {
      const { node } = line;
      const atMs = line.t;
      if (line.kind === 'fact') words.push({ atMs, node, type: line.event.type });
      if (line.kind === 'said') words.push({ atMs, node, type: line.type });
      if (line.kind === 'lamps' && Object.values(line.lamps).includes('green')) {
        words.push({ atMs, node, type: 'green' });
      }
    },
  });
  city.start();
  await city.run(90_000);
  return { city, words };
};

const leaderOf = (city: City) => {
  const leader = city.ids.find((id) => city.place(id).stateOf('election')?.value === 'leader');
  if (leader === undefined) throw new Error('nobody leads');
  return leader;
};

test.each([
  ['of a district of crossroads', false],
  ['of a shared intersection', true],
])(
  'a leader %s whose host slept leads no longer, says nothing by its clock, and comes back',
  async (_, shared) => {
    const { city, words } = await awake(shared);
    const leader = leaderOf(city);
    const from = city.now();
    city.suspend(leader, 800);
    await city.run(from + 30_000);
    expect(city.violations).toEqual([]);
    const after = words.filter(
      ({ atMs, node }) => node === leader && atMs >= Math.floor(from + 800),
    );
    const of = (type: string) => after.filter((word) => word.type === type);
    expect(of('clock.jumped')).toHaveLength(1);
    expect(of('clock.jumped')[0]?.atMs).toBeLessThanOrEqual(from + 851);
    const voided = after.findIndex(({ type }) => type === 'timekeeper.voided');
    const told = after.findIndex(({ type }) => type === 'timekeeper.tell');
    expect(voided).toBeGreaterThanOrEqual(0);
    expect(told === -1 || told > voided).toBe(true);
    expect(of('election.lost').length).toBeGreaterThan(0);
    expect(unsettled(city)).toBeUndefined();
  },
);

test('hosts of a shared intersection sleep one after another, and no two greens conflict', async () => {
  const { city, words } = await awake(true);
  const draw = city.random('sleep');
  for (let turn = 0; turn < 60 && city.violations.length === 0; turn += 1) {
    city.suspend(draw.pick(city.ids), draw.between(10, 6_000));
    await city.run(city.now() + draw.between(100, 9_000));
  }
  expect(city.violations).toEqual([]);
  // Lamps that are always red would prove nothing.
  expect(words.filter(({ type }) => type === 'green').length).toBeGreaterThan(20);
});
