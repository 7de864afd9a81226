/** A node's way to its lamps: how well the driver's clock is known, and what is said of it. */
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { lampsAt } from '../../bin/lamp-port.ts';
import { hostClock, hostStamp } from '../../cabinet/host-clock.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { openCabinet } from '../../cabinet/server.ts';
import { digestOf } from '../../protocol/digest.ts';
import { quickCrossing, temporaryFolder } from '../cabinet/quick-district.ts';

const bench = async () => {
  const path = join(temporaryFolder(), 's');
  const cabinet = await openCabinet(
    { path },
    {
      intersections: [quickCrossing()],
      clock: hostClock,
      stamp: hostStamp,
      latchOf: () => memoryLatch(),
      show: () => {},
      report: () => {},
    },
  );
  const told: string[] = [];
  const bounds: number[] = [];
  let aheadMs = 0;
  const now = () => hostClock.now() + aheadMs;
  const who = { node: 'n1', intersection: 'crossing', incarnation: 1, digest: '' };
  const port = lampsAt({ door: { path }, now })(
    { ...who, digest: digestOf(quickCrossing()) },
    {
      ready: ({ boundMs }) => {
        told.push('ready');
        bounds.push(boundMs);
      },
      input: () => {},
      lost: (reason) => told.push(reason),
      shown: () => {},
      refused: (reason) => told.push(reason),
      accepted: (ticket) => told.push(`accepted ${ticket}`),
    },
  );
  onTestFinished(async () => {
    port.close();
    for (const driver of cabinet.drivers.values()) driver.end(() => {});
    await cabinet.close();
  });
  await vi.waitFor(() => expect(told).toEqual(['ready']), 4_000);
  const red = () => [{ lamp: 'red' as const, untilMs: now() + 1_000 }];
  return {
    told,
    bounds,
    show: () => {
      const timelines = { north: red(), south: red(), left: red(), east: red() };
      port.show({ timelines, notAfterMs: now() + 1_000 });
    },
    /** The node hears nothing of the driver's clock for so long. */
    age: (ms: number) => {
      aheadMs += ms;
    },
  };
};

test('a node is told how well its driver’s clock is known, with room for busy hours', async () => {
  const { told, bounds, show } = await bench();
  expect(bounds).toHaveLength(1);
  expect(bounds[0]).toBeGreaterThanOrEqual(10);
  expect(bounds[0]).toBeLessThan(200);
  show();
  expect(told).toEqual(['ready']);
});

test('when it is known worse than that, nothing is sent before the node has been told anew', async () => {
  const { told, bounds, show, age } = await bench();
  age(2_000_000);
  show();
  expect(told).toEqual([
    'ready',
    expect.stringMatching(/^the lamp driver's clock is known to 20\d ms only$/),
    'ready',
  ]);
  expect(bounds[1]).toBeGreaterThan(200);
});
