/** A node's way to its lamps: how well the driver's clock is known, and what is said of it. */
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { lampsAt } from '../../bin/lamp-port.ts';
import { hostClock, hostStamp } from '../../cabinet/host-clock.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { openCabinet } from '../../cabinet/server.ts';
import { digestOf } from '../../protocol/digest.ts';
import { quickCrossing, temporaryFolder } from '../cabinet/quick-district.ts';

interface Bench {
  /** A life of which the driver has heard before, and whether it left. */
  readonly former?: { readonly incarnation: number; readonly hasLeft?: boolean };
  /** By how much the node's clock has gone on whenever it looks at it, until it is told something. */
  readonly slowMs?: number;
}

const bench = async ({ former, slowMs = 0 }: Bench = {}) => {
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
  if (former) {
    const { incarnation, hasLeft = false } = former;
    const red = [{ lamp: 'red' as const, untilMs: hostClock.now() + 1_000 }];
    const timelines = { north: red, south: red, left: red, east: red };
    const driver = cabinet.drivers.get('crossing');
    driver?.accept({ incarnation, counter: 5, timelines, notAfterMs: 1e15 });
    if (hasLeft) driver?.leave('n1', incarnation);
  }
  const told: string[] = [];
  const bounds: number[] = [];
  let aheadMs = 0;
  const now = () => {
    if (told.length === 0) aheadMs += slowMs;
    return hostClock.now() + aheadMs;
  };
  const who = { node: 'n1', intersection: 'crossing', incarnation: 1, digest: '' };
  const port = lampsAt({ door: { path }, now })(
    { ...who, digest: digestOf(quickCrossing()) },
    {
      ready: ({ boundMs }) => {
        // How often it is told depends on how busy this host is.
        if (told.at(-1) !== 'ready') told.push('ready');
        bounds.push(boundMs);
      },
      input: () => {},
      lost: (reason) => told.push(reason),
      shown: () => {},
      refused: (reason) => told.push(reason),
      accepted: (ticket) => told.push(`accepted ${ticket}`),
      outlived: (by) => told.push(`outlived by ${by}`),
    },
  );
  onTestFinished(async () => {
    port.close();
    for (const driver of cabinet.drivers.values()) driver.end(() => {});
    await cabinet.close();
  });
  await vi.waitFor(() => expect(told).not.toEqual([]), 4_000);
  const red = () => [{ lamp: 'red' as const, untilMs: now() + 1_000 }];
  return {
    told,
    bounds,
    cabinet,
    port,
    show: (more: { boundMs?: number; ticket?: number } = {}) => {
      const timelines = { north: red(), south: red(), left: red(), east: red() };
      port.show({ timelines, notAfterMs: now() + 1_000, ...more });
    },
    /** The node hears nothing of the driver's clock for so long. */
    age: (ms: number) => {
      aheadMs += ms;
    },
  };
};

test('a node is told how well its driver’s clock is known, with room for busy hours', async () => {
  const { told, bounds, show } = await bench();
  expect(bounds[0]).toBeGreaterThanOrEqual(10);
  expect(bounds[0]).toBeLessThan(200);
  show();
  expect(told).toEqual(['ready']);
});

test('when it is known worse than a plan needs, the plan is not sent, and the node is told', async () => {
  const { told, bounds, show, age } = await bench();
  age(2_000_000);
  show({ boundMs: 200, ticket: 1 });
  expect(bounds.at(-1)).toBeGreaterThan(200);
  expect(told).toEqual(['ready']);
});

test('who needs no bound is not kept from his lamps by it', async () => {
  const { told, show } = await bench();
  show({ boundMs: 0, ticket: 1 });
  show({ ticket: 2 });
  await vi.waitFor(() => expect(told).toEqual(['ready', 'accepted 2']), 4_000);
});

test('who was let in on a busy host is told when its driver’s clock is known better', async () => {
  const { told, bounds } = await bench({ slowMs: 600 });
  expect(bounds[0]).toBeGreaterThan(300);
  await vi.waitFor(() => expect(bounds.at(-1)).toBeLessThan(200), 4_000);
  expect(new Set(told)).toEqual(new Set(['ready']));
});

test.each([
  ['a later life', { incarnation: 7 }],
  ['this very number', { incarnation: 1 }],
  ['a later life, which has left', { incarnation: 7, hasLeft: true }],
])(
  'a node of which the driver has heard %s is told so, and that nobody serves it',
  async (_, former) => {
    const { told, bounds } = await bench({ former });
    const { incarnation } = former;
    await vi.waitFor(() => expect(told).toHaveLength(2), 4_000);
    expect(told).toEqual([
      `the lamp driver heeds a later life of n1 (${incarnation})`,
      `outlived by ${incarnation}`,
    ]);
    expect(bounds).toEqual([]);
  },
);

test('a node of which the driver has heard an earlier life is let in as ever', async () => {
  const { told } = await bench({ former: { incarnation: 0 } });
  expect(told).toEqual(['ready']);
});

test('a node whose words are overtaken by a later life while it commands is told so', async () => {
  const { told, show, cabinet } = await bench();
  const red = [{ lamp: 'red' as const, untilMs: hostClock.now() + 1_000 }];
  const timelines = { north: red, south: red, left: red, east: red };
  const command = { incarnation: 2, counter: 1, timelines, notAfterMs: 1e15 };
  expect(cabinet.drivers.get('crossing')?.accept(command)).toEqual({});
  show();
  await vi.waitFor(() => expect(told).toContain('outlived by 2'), 4_000);
});

test('a node that has left of itself is not outlived by its own farewell', async () => {
  const { told, show, port } = await bench();
  show();
  port.leave();
  show();
  await vi.waitFor(() => expect(told).toContain('the lamp driver is not connected'), 4_000);
  expect(told.filter((word) => word.startsWith('outlived'))).toEqual([]);
});
