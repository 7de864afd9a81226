/** One life of a node after another in one process, above a life that its lamp driver knows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OpenLamps } from '../../actors/lamps.ts';
import { createNode } from '../../actors/node.ts';
import type { Store } from '../../actors/storage.ts';
import { live, storesIn } from '../../bin/lives.ts';
import { OperatorError } from '../../bin/read-district.ts';
import { Town } from '../actors/town.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-lives-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A life that began in an hour from now: the clock was set back since. */
const FORMER = Date.now() + 3_600_000;

/** Runs a node whose lamp driver has heard of its life `known()`. */
const begun = async (data: string | undefined, known: () => number) => {
  const town = new Town(1);
  const stores: Store[] = [];
  const told: string[] = [];
  const lamps: OpenLamps = (who, { ready, outlived }) => {
    const by = known();
    const enter = () => (by >= who.incarnation ? outlived(by) : ready({ boundMs: 0 }));
    town.clock.setTimeout(enter, 1);
    return { show: () => {}, leave: () => {}, close: () => {} };
  };
  const open = storesIn(data, (message) => told.push(message));
  const stop = live(await open(), {
    open,
    failed: (error) => told.push(String(error)),
    create: (store, next) => {
      stores.push(store);
      const { district, clock } = town;
      const transport = town.network.transport('n1');
      const node = createNode({ id: 'n1', district, transport, store, lamps, clock, ...next });
      node.watch((event) => {
        if (event.type === 'membership.duplicate') told.push(event.reason);
      });
      return node;
    },
  });
  /** Lets virtual time pass, and disks do what they were asked for. */
  const until = (holds: () => void) =>
    vi.waitFor(() => {
      town.run(100);
      holds();
    }, 10_000);
  const end = async () => {
    const ended = stop();
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    await until(() => expect(isOver).toBe(true));
  };
  return { town, stores, told, until, end };
};

test('a node with a store goes on with it, in a life that is later, durably', async () => {
  const { stores, told, until, end } = await begun(folder, () => FORMER);
  await until(() => expect(stores).toHaveLength(2));
  const [first, second] = stores as [Store, Store];
  expect(first.incarnation).toBeLessThan(FORMER);
  expect(second.incarnation).toBeGreaterThan(FORMER);
  expect(second.id).toBe(first.id);
  await end();
  expect(told).toEqual([]);
  const third = await storesIn(folder, expect.fail)();
  expect(third.incarnation).toBe(second.incarnation + 1);
  await third.close();
});

test('a node without one begins with nothing, in a life that is later', async () => {
  const { stores, told, until, end } = await begun(undefined, () => FORMER);
  await until(() => expect(stores).toHaveLength(2));
  const [first, second] = stores as [Store, Store];
  expect(second.incarnation).toBeGreaterThan(FORMER);
  expect(second.id).not.toBe(first.id);
  await end();
  expect(told).toEqual([]);
});

test('who is outbid again and again begins three lives, then takes itself for a duplicate', async () => {
  let known = FORMER;
  const { stores, told, until, end } = await begun(undefined, () => {
    known += 2 ** 21;
    return known;
  });
  await until(() => expect(told).toHaveLength(1));
  expect(stores).toHaveLength(4);
  expect(told).toEqual([expect.stringContaining('goes on to begin later lives')]);
  await end();
});

test('a next life that cannot begin is told', async () => {
  const taken = await storesIn(folder, expect.fail)();
  const told: unknown[] = [];
  const town = new Town(1);
  // Another process gets hold of the folder in between.
  live(
    { ...taken, close: async () => {} },
    {
      open: storesIn(folder, expect.fail),
      failed: (error) => told.push(error),
      create: (store, next) => {
        const { district, clock } = town;
        const lamps: OpenLamps = (_, { outlived }) => {
          clock.setTimeout(() => outlived(FORMER), 1);
          return { show: () => {}, leave: () => {}, close: () => {} };
        };
        const transport = town.network.transport('n1');
        return createNode({ id: 'n1', district, transport, store, lamps, clock, ...next });
      },
    },
  );
  await vi.waitFor(() => {
    town.run(100);
    expect(told).toEqual([expect.any(OperatorError)]);
  }, 10_000);
  await taken.close();
});
