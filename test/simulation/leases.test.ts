/** Reads under a lease in a running city: of a cut-off leader, of its successor, of one that leaves. */
import { expect, test } from 'vitest';
import { formerLeaseMs } from '../../machines/lease.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import { lan } from '../../protocol/timing.ts';
import { type City, createCity } from '../../simulation/city.ts';
import { leaderOf, load, readers } from '../../simulation/load.ts';
import { simulate } from '../../simulation/simulate.ts';

const SETTLED_MS = 10_500;
const { leaseMs, probeTimeoutMs } = lan();

interface Read {
  readonly t: number;
  readonly node: string;
  readonly index: number;
}

interface Scene {
  readonly city: City;
  readonly leader: string;
  readonly reads: readonly Read[];
  /** When a node was elected, by its own word. */
  readonly electedMs: ReadonlyMap<string, number>;
}

/** Five nodes with a leader; every one of them is asked to read every 20 ms. */
const scene = async (seed: number): Promise<Scene> => {
  const reads: Read[] = [];
  const electedMs = new Map<string, number>();
  const journal = (line: JournalLine) => {
    if (line.kind !== 'fact') return;
    const { event, t, node } = line;
    if (event.type === 'lease.answered' && event.index !== undefined) {
      reads.push({ t, node, index: event.index });
    }
    if (event.type === 'election.elected' && event.leader === node) electedMs.set(node, t);
  };
  const city = createCity({ seed, district: 5, journal });
  city.start();
  load(city, 100);
  readers(city, 20);
  await city.run(SETTLED_MS);
  const leader = leaderOf(city);
  if (leader === undefined) throw new Error('nobody leads');
  return { city, leader, reads, electedMs };
};

/** Reads that were answered never go back; and no other invariant is broken either. */
const expectSafe = ({ city, reads }: Scene) => {
  const indices = reads.map(({ index }) => index);
  expect(indices).toEqual([...indices].sort((a, b) => a - b));
  expect(city.violations).toEqual([]);
};

test('a cut-off leader answers no read after its lease, and the next leader none before', async () => {
  const seen = await scene(31);
  const { city, leader, reads, electedMs } = seen;
  expect(reads.at(-1)).toMatchObject({ node: leader });
  city.partition([[leader]]);
  await city.run(SETTLED_MS + 6_000);
  const next = leaderOf(city) as string;
  expect(next).not.toBe(leader);
  const last = reads.findLast(({ node }) => node === leader) as Read;
  const first = reads.find(({ node }) => node === next) as Read;
  const officeMs = electedMs.get(next) as number;
  expect(last.t).toBeGreaterThan(SETTLED_MS);
  expect(last.t).toBeLessThanOrEqual(SETTLED_MS + leaseMs);
  // Who was elected meanwhile has committed, and yet has answered nothing.
  expect(first.t).toBeGreaterThanOrEqual(Math.floor(officeMs + formerLeaseMs(lan())));
  expect(first.t).toBeGreaterThan(last.t);
  expect(first.index).toBeGreaterThan(last.index);
  expectSafe(seen);
});

test('a leader that leaves answers no read from the moment it is asked to', async () => {
  const seen = await scene(32);
  const { city, leader, reads } = seen;
  city.stop(leader);
  await city.run(SETTLED_MS + probeTimeoutMs + 4_000);
  expect(reads.findLast(({ node }) => node === leader)?.t).toBeLessThanOrEqual(SETTLED_MS);
  expect(reads.at(-1)?.node).toBe(leaderOf(city));
  expect(reads.at(-1)?.t).toBeGreaterThan(SETTLED_MS + 4_000);
  expectSafe(seen);
});

test('under heavy faults and drifting clocks leased reads are answered and never go back', async () => {
  const run = { seed: 33, nodes: 5, durationMs: 60_000, faults: 'heavy' as const };
  const { reads, violations } = await simulate(run);
  expect(violations).toEqual([]);
  expect(reads).toBeGreaterThan(20);
});
