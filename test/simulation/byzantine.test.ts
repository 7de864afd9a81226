/**
 * A neighbour with the key that lies under its own name: about terms, about places in the log, about
 * who leads, by snapshots that are none. docs/SECURITY.md says what bounds each; here whole nodes
 * hear it. Nobody is ever given two greens that conflict, and when the liar is gone, all lead one life.
 */
import { expect, test } from 'vitest';
import { TERM_STEP_MAX } from '../../actors/pace.ts';
import { CHUNK_CHARS_MAX, SNAPSHOT_CHARS_MAX } from '../../protocol/event.ts';
import { leaderOf } from '../../simulation/load.ts';
import { unsettled } from '../../simulation/settling.ts';
import {
  beatOf,
  HONEST,
  type Lied,
  latestTerm,
  leaderIn,
  liedTo,
  lying,
  replicaOf,
  settledAfter,
  TAKEN,
  termIn,
  told,
  unsafe,
} from './lied-to.ts';

const FAR = 2 ** 40;

/** As if nobody had lied: one leader all the time, one term, and progress. */
const expectUndisturbed = async (lied: Lied, leader: string | undefined, term: number) => {
  expect(told(lied, 'election.lost')).toEqual([]);
  expect([leaderOf(lied.city), latestTerm(lied.city)]).toEqual([leader, term]);
  expect(unsettled(lied.city)).toBeUndefined();
  expect(await settledAfter(lied)).toBeDefined();
  expect(lied.broken).toEqual([]);
};

test('terms that jump by 2^40 are not heeded, and cost nobody an office', async () => {
  const lied = await liedTo(11);
  const { city, liar } = lied;
  const [leader, term] = [leaderOf(city), latestTerm(city)];
  const far = term + FAR;
  const end = { lastTerm: term, lastIndex: 1 };
  await lying(lied, 5_000, () => {
    liar.say(TAKEN, { ...beatOf(liar, TAKEN), term: far, leader: TAKEN });
    liar.say(TAKEN, { type: 'election.claim', term: far, transfer: true, ...end });
    const prepare = { prevIndex: 0, prevTerm: 0, entries: [], commit: 0 };
    liar.say(TAKEN, { type: 'replica.prepare', term: far, ...prepare });
    const vote = { store: 's', granted: false, ...end };
    for (const to of HONEST) liar.say(TAKEN, { type: 'election.vote', term: far, ...vote }, { to });
  });
  // One line a second says so.
  const refused = lied.refused.filter((reason) => reason.includes('more than 65536 ahead'));
  expect(refused.length).toBeGreaterThan(4);
  expect(refused.length).toBeLessThanOrEqual(6 * HONEST.length);
  await expectUndisturbed(lied, leader, term);
});

test('who climbs as fast as it is heeded moves terms by a step a second, also past a restart', async () => {
  const lied = await liedTo(12);
  const { city, liar } = lied;
  const sinceMs = city.now();
  const climb = () => {
    const term = latestTerm(city) + TERM_STEP_MAX - 500;
    const claim = { term, transfer: true, lastTerm: term, lastIndex: 1_000_000 };
    for (let k = 0; k < 5; k += 1) liar.say(TAKEN, { type: 'election.claim', ...claim });
  };
  const bound = () => (2 + (city.now() - sinceMs) / 1_000) * TERM_STEP_MAX;
  await lying(lied, 5_000, climb);
  expect(latestTerm(city)).toBeLessThan(bound());
  const before = termIn(city, 'n2');
  city.kill('n2');
  city.restart('n2');
  await lying(lied, 5_000, climb);
  expect(latestTerm(city)).toBeGreaterThan(3 * TERM_STEP_MAX);
  expect(latestTerm(city)).toBeLessThan(bound());
  // What it had voted in is on its disk; a step a second leads it to the others again.
  expect(termIn(city, 'n2')).toBeGreaterThanOrEqual(before);
  expect(await settledAfter(lied)).toBeDefined();
  expect(latestTerm(city)).toBeLessThan(bound());
  expect(lied.broken).toEqual([]);
});

test('a log that tells of terms which its sender is not in is not heeded', async () => {
  const lied = await liedTo(13);
  const { city, liar } = lied;
  const [leader, term] = [leaderOf(city), latestTerm(city)];
  const last = () => replicaOf(city, 'n1').log;
  const open = { kind: 'term.open' as const, leader: TAKEN };
  await lying(lied, 2_000, () => {
    const { offset, offsetTerm, entries } = last();
    const end = {
      prevIndex: offset + entries.length,
      prevTerm: entries.at(-1)?.term ?? offsetTerm,
    };
    const prepare = { ...end, entries: [{ term: FAR, command: open }], commit: 0 };
    liar.say(leaderIn(city), { type: 'replica.prepare', term, ...prepare });
    liar.say(TAKEN, { type: 'election.poll', term: term + 1, lastTerm: FAR, lastIndex: 1 });
  });
  await expectUndisturbed(lied, leader, term);
});

test('places in the log that nobody has reached are not heeded, whoever tells of them', async () => {
  const lied = await liedTo(14);
  const { city, liar } = lied;
  const [leader = 'n1', term] = [leaderOf(city), latestTerm(city)];
  await lying(lied, 5_000, () => {
    const { store } = beatOf(liar, TAKEN);
    const far = { index: FAR, commit: FAR };
    liar.say(TAKEN, { ...beatOf(liar, TAKEN), ...far });
    const prepare = { prevIndex: FAR, prevTerm: term, entries: [], commit: FAR };
    for (const as of [TAKEN, leader]) liar.say(as, { type: 'replica.prepare', term, ...prepare });
    for (const to of HONEST) {
      liar.say(TAKEN, { type: 'replica.ack', term, store, index: FAR }, { to });
      liar.say(TAKEN, { type: 'replica.nack', term, index: FAR }, { to });
      liar.say(TAKEN, { type: 'replica.fetch', term, index: FAR, offset: FAR }, { to });
    }
  });
  for (const id of HONEST) expect(replicaOf(city, id).commit).toBeLessThan(1_000);
  await expectUndisturbed(lied, leader, term);
});

test('a second leader of a term is not followed', async () => {
  const lied = await liedTo(15);
  const { city, liar } = lied;
  const [leader, term] = [leaderOf(city), latestTerm(city)];
  await lying(lied, 5_000, () => {
    liar.say(TAKEN, { ...beatOf(liar, TAKEN), term, leader: TAKEN });
    const prepare = { prevIndex: 0, prevTerm: 0, entries: [], commit: 0 };
    liar.say(TAKEN, { type: 'replica.prepare', term, ...prepare });
  });
  await expectUndisturbed(lied, leader, term);
});

test('a state is taken of nobody but who leads, and of him none that is far ahead', async () => {
  const lied = await liedTo(16);
  const { city, liar } = lied;
  const [leader = 'n1', term] = [leaderOf(city), latestTerm(city)];
  const data = JSON.stringify({ ...replicaOf(city, 'n1').state, members: [] });
  const whole = { term, indexTerm: term, offset: 0, total: data.length, data };
  await lying(lied, 3_000, () => {
    for (const to of HONEST) {
      const near = replicaOf(city, to).commit + 1;
      liar.say(TAKEN, { type: 'replica.chunk', ...whole, index: near }, { to });
      liar.say(leader, { type: 'replica.chunk', ...whole, index: FAR }, { to });
    }
  });
  expect(replicaOf(city, 'n2').state.members).toHaveLength(5);
  await expectUndisturbed(lied, leader, term);
});

test('snapshots that never end take no more than one of the greatest length, and are given up', async () => {
  const lied = await liedTo(17);
  const { city, liar } = lied;
  const [leader = 'n1', term] = [leaderOf(city), latestTerm(city)];
  const data = 'x'.repeat(CHUNK_CHARS_MAX);
  const backups = HONEST.filter((id) => id !== leader);
  let most = 0;
  const look = () => {
    for (const to of backups) most = Math.max(most, replicaOf(city, to).fetched.text.length);
  };
  await lying(lied, 3_000, (k) => {
    for (const to of backups) {
      const index = replicaOf(city, to).commit + 1 + (k % 3);
      const part = { offset: 0, total: SNAPSHOT_CHARS_MAX, data };
      liar.say(leader, { type: 'replica.chunk', term, index, indexTerm: term, ...part }, { to });
    }
    for (let ms = 1; ms < 10; ms += 1) city.at(city.now() + ms, look);
  });
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(2 * CHUNK_CHARS_MAX);
  expect(await settledAfter(lied)).toBeDefined();
  for (const id of city.ids) expect(replicaOf(city, id).fetched.text).toBe('');
  expect(unsafe(lied)).toEqual([]);
});

test('who claims office all the time keeps others out of it, and no longer than it claims', async () => {
  const lied = await liedTo(18);
  const { city, liar } = lied;
  const [term, sinceMs] = [latestTerm(city), city.now()];
  await lying(lied, 5_000, () => {
    for (let k = 1; k <= 20; k += 1) {
      const claim = { term: latestTerm(city) + k, transfer: k % 2 === 0, lastTerm: term };
      liar.say(TAKEN, { type: 'election.claim', ...claim, lastIndex: 1_000_000 });
    }
  });
  expect(latestTerm(city)).toBeLessThan(term + (city.now() - sinceMs) * 20);
  expect(await settledAfter(lied)).toBeDefined();
  expect(lied.broken).toEqual([]);
});
