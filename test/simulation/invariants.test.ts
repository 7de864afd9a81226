/** Every invariant of the city, broken on purpose, is noticed; and kept, is not. */
import { expect, test } from 'vitest';
import { initialState } from '../../machines/district-state.ts';
import type { Replica } from '../../machines/replication.ts';
import type { Command, Entry, State } from '../../protocol/command.ts';
import type { Emitted } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import { createCity } from '../../simulation/city.ts';
import { Invariants, invariants, type Observed } from '../../simulation/invariants.ts';
import { load } from '../../simulation/load.ts';
import { progressOf, SETTLED_MS_MAX, unsettled } from '../../simulation/settling.ts';
import { town } from '../../simulation/town.ts';

const open = (leader: string): Command => ({ kind: 'term.open', leader });
const entry = (term: number, leader = 'n1'): Entry => ({ term, command: open(leader) });

const replicaWith = (entries: readonly Entry[], more: Partial<Replica> = {}): Replica => ({
  id: 'n1',
  store: 's1',
  timing: lan(),
  term: entries.at(-1)?.term ?? 0,
  leader: null,
  base: { index: 0, term: 0, state: initialState([]) },
  log: { offset: 0, offsetTerm: 0, entries },
  state: initialState([]),
  commit: 0,
  matched: entries.length,
  durable: entries.length,
  sent: entries.length,
  ticket: 0,
  writes: [],
  followers: {},
  asked: [],
  nackedAt: 0,
  serving: null,
  fetched: { index: 0, text: '' },
  ...more,
});

interface Pretence {
  readonly replica?: Replica;
  readonly vote?: { term: number; votedFor: string };
  readonly lastIndex?: number;
  readonly incarnation?: number;
}

/** A node that says and holds what a test pretends. */
const node = (
  id: string,
  { replica, vote, lastIndex = 0, incarnation = 1 }: Pretence = {},
): Observed => ({
  id,
  store: `store of ${id}`,
  incarnation,
  disk: { read: (key) => (key === 'vote' ? vote : undefined), lastIndex: () => lastIndex },
  replica: () => replica,
  now: () => 0,
});

/** What invariants find when nodes of one group say these things. */
const watch = (said: readonly (readonly [Observed, Emitted])[]) => {
  const watched = new Invariants(town(2).intersections, () => 1_000);
  for (const [who] of said) watched.heard(who, { type: 'genesis.formed', group: 'g' });
  for (const [who, event] of said) watched.heard(who, event);
  return watched.violations.map(({ invariant }) => invariant);
};

const elected = (leader: string, term: number): Emitted => ({
  type: 'election.elected',
  leader,
  term,
});
const voteFor = (to: string, term: number): Emitted => ({
  type: 'wire.send',
  to,
  message: { type: 'election.vote', term, store: 's', granted: true, lastTerm: 0, lastIndex: 0 },
});
const committed = (index: number, term: number, leader = 'n1'): Emitted => ({
  type: 'replica.committed',
  index,
  term,
  command: open(leader),
});
const appended: Emitted = { type: 'replica.appended', index: 0, term: 0, matched: 0, commit: 0 };

test('one leader a term: two nodes that lead it are noticed', () => {
  expect(
    watch([
      [node('n1'), elected('n1', 3)],
      [node('n2'), elected('n2', 4)],
    ]),
  ).toEqual([]);
  expect(
    watch([
      [node('n1'), elected('n1', 3)],
      [node('n2'), elected('n2', 3)],
    ]),
  ).toEqual(['one leader a term']);
});

test('one leader a term: a node that leads again after a restart is noticed', () => {
  const [one, other] = [node('n1'), node('n1', { incarnation: 2 })];
  expect(
    watch([
      [one, elected('n1', 3)],
      [other, elected('n1', 3)],
    ]),
  ).toEqual(['one leader a term']);
});

test('one vote a term: a second vote is noticed', () => {
  const voter = (votedFor: string) => node('n1', { vote: { term: 3, votedFor } });
  expect(
    watch([
      [voter('n2'), voteFor('n2', 3)],
      [voter('n2'), voteFor('n2', 3)],
    ]),
  ).toEqual([]);
  expect(
    watch([
      [voter('n2'), voteFor('n2', 3)],
      [voter('n3'), voteFor('n3', 3)],
    ]),
  ).toEqual(['one vote a term']);
});

test('one vote a term: a vote that is not on disk is noticed', () => {
  expect(watch([[node('n1'), voteFor('n2', 3)]])).toEqual(['one vote a term']);
  const older = node('n1', { vote: { term: 2, votedFor: 'n2' } });
  expect(watch([[older, voteFor('n2', 3)]])).toEqual(['one vote a term']);
});

test('acknowledged is durable: an acknowledgement beyond the disk is noticed', () => {
  const ack = (index: number): Emitted => ({
    type: 'wire.send',
    to: 'n2',
    message: { type: 'replica.ack', term: 1, store: 's', index },
  });
  expect(watch([[node('n1', { lastIndex: 5 }), ack(5)]])).toEqual([]);
  expect(watch([[node('n1', { lastIndex: 5 }), ack(6)]])).toEqual(['acknowledged is durable']);
});

test('committed is final: another entry at a committed index is noticed', () => {
  expect(
    watch([
      [node('n1'), committed(4, 2)],
      [node('n2'), committed(4, 2)],
    ]),
  ).toEqual([]);
  expect(
    watch([
      [node('n1'), committed(4, 2)],
      [node('n2'), committed(4, 3)],
    ]),
  ).toEqual(['committed is final']);
  expect(
    watch([
      [node('n1'), committed(4, 2)],
      [node('n2'), committed(4, 2, 'n2')],
    ]),
  ).toEqual(['committed is final']);
});

test('leaders are complete: a leader without a committed entry is noticed', () => {
  const whole = node('n2', { replica: replicaWith([entry(1), entry(1)]) });
  const lacking = node('n2', { replica: replicaWith([entry(1)]) });
  const other = node('n2', { replica: replicaWith([entry(1), entry(2)]) });
  const before = [[node('n1'), committed(2, 1)]] as const;
  expect(watch([...before, [whole, elected('n2', 3)]])).toEqual([]);
  expect(watch([...before, [lacking, elected('n2', 3)]])).toEqual(['leaders are complete']);
  expect(watch([...before, [other, elected('n2', 3)]])).toEqual(['leaders are complete']);
});

test('logs match: entries of one index and term that differ, themselves or before, are noticed', () => {
  const holds = (id: string, entries: readonly Entry[]) =>
    node(id, { replica: replicaWith(entries) });
  const same = [entry(1), entry(2)];
  expect(
    watch([
      [holds('n1', same), appended],
      [holds('n2', [...same]), appended],
    ]),
  ).toEqual([]);
  const command = [entry(1), entry(2, 'n9')];
  expect(
    watch([
      [holds('n1', same), appended],
      [holds('n2', command), appended],
    ]),
  ).toEqual(['logs match']);
  const before = [entry(2), entry(2)];
  expect(
    watch([
      [holds('n1', same), appended],
      [holds('n2', before), appended],
    ]),
  ).toEqual(['logs match']);
});

test('states agree: another state after as many entries is noticed', () => {
  const holds = (id: string, state: State) =>
    node(id, { replica: replicaWith([], { state, commit: 7 }) });
  const voters = [{ node: 'n1', store: 's' }];
  const [one, other] = [initialState(voters), initialState([])];
  expect(
    watch([
      [holds('n1', one), appended],
      [holds('n2', initialState(voters)), appended],
    ]),
  ).toEqual([]);
  expect(
    watch([
      [holds('n1', one), appended],
      [holds('n2', other), appended],
    ]),
  ).toEqual(['states agree']);
});

test('leased reads never go back: a read that sees less than one before it is noticed', () => {
  const read = (index: number): Emitted => ({
    type: 'lease.answered',
    ...{ owner: 'operator', ticket: 1, index, problems: [], transient: false },
  });
  const refused: Emitted = {
    type: 'lease.answered',
    ...{ owner: 'operator', ticket: 1, problems: ['n1 leads'], transient: true },
  };
  const [n1, n2] = [node('n1'), node('n2')];
  expect(
    watch([
      [n1, read(4)],
      [n2, refused],
      [n2, read(4)],
      [n1, read(5)],
    ]),
  ).toEqual([]);
  expect(
    watch([
      [n1, read(5)],
      [n2, read(4)],
    ]),
  ).toEqual(['leased reads never go back']);
});

test('lamps are safe: conflicting greens are noticed', () => {
  const watched = new Invariants(town(2).intersections, () => 1_000);
  const show = (t: number, NS: 'red' | 'green', EW: 'red' | 'green') =>
    watched.lamps({ t, intersection: 'x2', lamps: { NS, EW } }, 'n2');
  show(0, 'red', 'red');
  show(5_000, 'green', 'red');
  expect(watched.violations).toEqual([]);
  show(6_000, 'green', 'green');
  expect(watched.violations).toMatchObject([{ invariant: 'lamps are safe', node: 'n2', t: 1_000 }]);
});

test('nodes do not fail: a node of which a part throws is noticed, and time stops there', async () => {
  const city = createCity({ seed: 1, district: 1 });
  const { disk } = city.place('n1');
  const open = disk.open.bind(disk);
  disk.open = (...hands) => ({
    ...open(...hands),
    write: () => {
      throw new Error('no such disk');
    },
  });
  city.start();
  await city.run(10_000);
  expect(city.violations).toMatchObject([{ invariant: 'nodes do not fail', node: 'n1' }]);
  expect(city.violations[0]?.message).toContain('no such disk');
  expect(city.now()).toBeLessThan(10_000);
});

test('it settles: a city that stays divided does not, and the reason is told', async () => {
  const city = createCity({ seed: 2, district: 4 });
  city.start();
  load(city, 1_000);
  await city.run(10_000);
  city.partition([
    ['n1', 'n2'],
    ['n3', 'n4'],
  ]);
  const since = progressOf(city);
  await city.run(10_000 + SETTLED_MS_MAX);
  expect(unsettled(city, since)).toMatch(/knows no leader|in its view|has committed/);
  city.heal();
  await city.run(10_000 + 2 * SETTLED_MS_MAX);
  expect(unsettled(city, since)).toBeUndefined();
  expect(city.violations).toEqual([]);
});

test('it settles: progress is counted in the group that is left, however far another had come', async () => {
  const city = createCity({ seed: 2, district: 3 });
  city.start();
  load(city, 1_000);
  await city.run(10_000);
  const [[group = '', index = 0] = []] = progressOf(city);
  expect(unsettled(city, new Map([['1.3.gone', index + 1_000]]))).toBeUndefined();
  expect(unsettled(city, new Map([[group, index + 1_000]]))).toContain('has committed');
});

test('a disk that loses what it said was written breaks an invariant in a running city', async () => {
  const city = createCity({ seed: 3, district: 3 });
  city.start();
  load(city, 500);
  await city.run(8_000);
  const keys = Array.from({ length: 100 }, (_, k) => `log/${String(k + 1).padStart(12, '0')}`);
  // Two of three voters forget the log: the majority that committed it is gone.
  for (const id of ['n1', 'n2', 'n3']) city.kill(id);
  for (const id of ['n1', 'n2']) city.place(id).disk.lie(keys);
  for (const id of ['n1', 'n2']) city.restart(id);
  await city.run(30_000);
  const found = city.violations.map(({ invariant }) => invariant);
  expect(found).toHaveLength(1);
  expect(['leaders are complete', 'committed is final']).toContain(found[0]);
});

test('every invariant says what it demands', () => {
  for (const demand of Object.values(invariants)) expect(demand.length).toBeGreaterThan(10);
});
