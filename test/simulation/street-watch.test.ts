/** Every rule about shared intersections, broken on purpose, is noticed; and kept, is not. */
import { expect, test } from 'vitest';
import type { Command } from '../../protocol/command.ts';
import type { Emitted } from '../../protocol/event.ts';
import type { Lamp } from '../../protocol/lamp.ts';
import { Invariants, type Observed } from '../../simulation/invariants.ts';
import { sharedTown } from '../../simulation/shared-town.ts';

const DARK_MS = 4_250;

/** Invariants with a clock of their own, n1n that keeps the timescale, and n1e. */
const watching = () => {
  let nowMs = 0;
  const watched = new Invariants(sharedTown([4]).intersections, () => nowMs);
  const node = (id: string): Observed => ({
    ...{ id, store: id, incarnation: 1, replica: () => undefined, now: () => nowMs },
    disk: { read: () => undefined, lastIndex: () => 0 },
  });
  const nodes = [node('n1n'), node('n1e')];
  const say = (id: string, event: Emitted) => {
    const who = nodes.find((one) => one.id === id);
    if (who) watched.heard(who, event);
  };
  for (const { id } of nodes) {
    say(id, { type: 'genesis.formed', group: 'g' });
    say(id, { type: 'holder.changed', mode: 'following' });
  }
  say('n1n', { type: 'timekeeper.kept', term: 1, offsetMs: 1_000, related: [] });
  for (const { id } of nodes) {
    const known = { offsetMs: 1_000, boundMs: 1, isOwn: false };
    say(id, { type: 'timekeeper.synced', term: 1, ...known });
  }
  let index = 0;
  /** All know that a group is granted so much, in virtual time. */
  const grant = (group: string, fromMs: number, untilMs: number) => {
    index += 1;
    const right = { group, permissive: false, fromMs: fromMs + 1_000, untilMs: untilMs + 1_000 };
    const last = { stage: 'ns', fromMs, greenUntilMs: untilMs, plannedMs: untilMs };
    const command: Command = {
      kind: 'right.grant',
      ...{ intersection: 'x1', term: 1, nowMs: 0, present: [], last, grants: [right] },
    };
    for (const { id } of nodes) say(id, { type: 'replica.committed', index, term: 1, command });
  };
  const show = (atMs: number, lamps: Partial<Record<string, Lamp>>) => {
    nowMs = atMs;
    const red = { N: 'red', E: 'red', S: 'red', W: 'red', walk: 'red' } as const;
    watched.streets.lamps('x1', { ...red, ...lamps } as Record<string, Lamp>, 'n1e');
  };
  const found = () => watched.violations.map(({ invariant }) => invariant);
  return { watched, grant, show, say, found };
};

test('greens inside their rights, one after the other, violate nothing', () => {
  const { watched, grant, show, found } = watching();
  grant('N', 1_000, 20_000);
  grant('E', 20_400, 40_000);
  show(1_000, { N: 'green' });
  show(20_000 - DARK_MS, { N: 'amber' });
  show(23_000 - DARK_MS, {});
  show(20_400, { E: 'green' });
  show(40_000 - DARK_MS, { E: 'amber' });
  expect(found()).toEqual([]);
  expect(watched.streets.counts).toEqual({ grants: 2, releases: 0, greens: 2 });
});

test('never two greens: lamps of two cabinets that are lit together are noticed at once', () => {
  const { grant, show, found } = watching();
  grant('N', 1_000, 20_000);
  grant('E', 1_000, 20_000);
  show(1_000, { N: 'green' });
  show(1_000.001, { N: 'green', E: 'green' });
  expect(found()).toEqual(['never two greens']);
});

test('never two greens: who begins before the other is cleared is noticed, without tolerance', () => {
  const { grant, show, found } = watching();
  grant('N', 1_000, 20_000);
  grant('E', 19_000, 40_000);
  show(1_000, { N: 'green' });
  show(20_000 - DARK_MS, { N: 'amber' });
  show(23_000 - DARK_MS, {});
  show(19_900, { E: 'green' });
  expect(found()).toEqual(['never two greens']);
});

test('greens have a right: one without, before or beyond its own is noticed', () => {
  for (const [fromMs, endMs] of [
    [700, 15_000],
    [2_000, 16_500],
  ] as const) {
    const { grant, show, found } = watching();
    grant('N', 1_000, 20_000);
    show(fromMs, { N: 'green' });
    show(endMs, { N: 'amber' });
    expect(found()).toContain('greens have a right');
  }
  const { show, found } = watching();
  show(1_000, { W: 'green' });
  expect(found()).toEqual(['greens have a right']);
});

test('greens are kept: one that ends before its holder knows it to end is noticed', () => {
  const { grant, show, found } = watching();
  grant('E', 1_000, 40_000);
  show(1_000, { E: 'green' });
  show(20_000, { E: 'amber' });
  expect(found()).toEqual(['greens are kept']);
});

test.each([
  ['has lost the time', { type: 'timekeeper.voided', reason: 'it jumped' }],
  ['has to enter again', { type: 'holder.changed', mode: 'entering' }],
] as const)('greens are kept: a holder that %s may end its green early', (_, event) => {
  const { grant, show, say, found } = watching();
  grant('E', 1_000, 40_000);
  show(1_000, { E: 'green' });
  say('n1e', event);
  show(20_000, { E: 'amber' });
  expect(found()).toEqual([]);
});
