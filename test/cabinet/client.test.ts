/** The node's side of the line, against a real cabinet. */
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectLamps } from '../../cabinet/client.ts';
import { ClockComparison } from '../../cabinet/clock-comparison.ts';
import { hostClock, hostStamp } from '../../cabinet/host-clock.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { type Cabinet, openCabinet } from '../../cabinet/server.ts';
import { createJudge } from '../../protocol/judge.ts';
import { quickCrossing, temporaryFolder } from './quick-district.ts';

const close = async (cabinet: Cabinet) => {
  for (const driver of cabinet.drivers.values()) driver.end(() => {});
  await cabinet.close();
};

/** The node's clock started elsewhere. */
const AHEAD_MS = 123_456;
const now = () => hostClock.now() + AHEAD_MS;

const bench = async () => {
  const path = join(temporaryFolder(), 's');
  const judge = createJudge([quickCrossing()]);
  const shown: string[] = [];
  const open = () =>
    openCabinet(
      { path },
      {
        intersections: [quickCrossing()],
        clock: hostClock,
        stamp: hostStamp,
        latchOf: () => memoryLatch(),
        show: (intersection, lamps, t) => {
          judge.see({ intersection, lamps, t });
          const { north = 'nothing' } = lamps;
          shown.push(north);
        },
        report: () => {},
      },
    );
  const told: string[] = [];
  const client = connectLamps({
    door: { path },
    node: 'n1',
    intersection: 'crossing',
    incarnation: 1,
    now,
    heard: {
      entered: () => told.push('entered'),
      compared: () => {},
      answer: ({ counter, refused }) => told.push(`${counter} ${refused ?? 'accepted'}`),
      showing: ({ lamps: { north } }) => told.push(`north ${north}`),
      input: ({ input, group, active }) => told.push(`${input} ${group} ${active}`),
      refused: (reason) => told.push(reason),
      lost: () => told.push('lost'),
    },
  });
  onTestFinished(() => client.close());
  const tells = (what: string) => vi.waitFor(() => expect(told).toContain(what), 4_000);
  return { open, client, told, tells, shown, judge };
};

const red = (untilMs: number) => [{ lamp: 'red' as const, untilMs }];

test('instants of the node’s clock arrive on the driver’s', async () => {
  const { open, client, told, tells, shown, judge } = await bench();
  expect(client.send({ counter: 0, notAfterMs: 0, timelines: {} })).toBe(false);
  const cabinet = await open();
  await tells('entered');
  const synced = client.synced();
  expect(Math.abs((synced?.offsetMs ?? 0) + AHEAD_MS)).toBeLessThanOrEqual(
    (synced?.boundMs ?? 0) + 0.001,
  );
  const startMs = now() + 600;
  const north = [
    { lamp: 'red', untilMs: startMs },
    { lamp: 'green', untilMs: startMs + 700 },
    { lamp: 'amber', untilMs: startMs + 1_000 },
    { lamp: 'red', untilMs: startMs + 1_200 },
  ] as const;
  const rest = red(startMs + 1_200);
  const timelines = { north: [...north], south: rest, left: rest, east: rest };
  expect(client.send({ counter: 1, notAfterMs: startMs, timelines })).toBe(true);
  await tells('1 accepted');
  const whole = ['green', 'amber', 'red', 'flashingAmber'];
  await vi.waitFor(() => expect(shown.slice(shown.indexOf('green'))).toEqual(whole), 4_000);
  expect(judge.verdict().unsafe).toEqual([]);
  client.leave();
  expect(client.send({ counter: 2, notAfterMs: startMs, timelines })).toBe(false);
  expect(told.filter((what) => what === 'entered')).toHaveLength(1);
  await close(cabinet);
});

test('a node whose driver ends and comes back enters again', async () => {
  const { open, told, tells } = await bench();
  await tells('lost');
  const first = await open();
  await tells('entered');
  await close(first);
  told.length = 0;
  await tells('lost');
  const second = await open();
  await tells('entered');
  await close(second);
});

test('the best of recent round trips counts, and its bound grows as it ages', () => {
  const clocks = new ClockComparison();
  expect(clocks.synced(0)).toBeUndefined();
  const slow = clocks.asked(0);
  clocks.answered({ id: slow, nowMs: 1_000 }, 100);
  const quick = clocks.asked(100);
  clocks.answered({ id: quick, nowMs: 1_101 }, 102);
  clocks.answered({ id: quick, nowMs: 9_999 }, 102);
  expect(clocks.synced(102)).toEqual({ offsetMs: 1_000, boundMs: 1 });
  expect(clocks.synced(10_102)).toEqual({ offsetMs: 1_000, boundMs: 2 });
  expect(clocks.unanswered).toBe(0);
});
