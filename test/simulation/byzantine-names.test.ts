/**
 * Whoever has the key speaks in any name. What follows is written down in docs/SECURITY.md, and is
 * shown here with whole nodes: the log may break, and nobody lead, as long as he speaks; lamps stay
 * safe, no node fails, and when he is gone the others find together again.
 */
import { expect, test } from 'vitest';
import type { Intersection } from '../../protocol/district.ts';
import { unsettled } from '../../simulation/settling.ts';
import { keyring } from '../transport/keys.ts';
import {
  beatOf,
  HONEST,
  latestTerm,
  leaderIn,
  liedTo,
  lying,
  pass,
  replicaOf,
  settledAfter,
  TAKEN,
  termIn,
  told,
  unsafe,
} from './lied-to.ts';

test('who is made to say goodbye is in the view again, as he goes on speaking', async () => {
  const lied = await liedTo(21);
  const { city, liar } = lied;
  const { name: district } = city.district;
  for (const id of HONEST) liar.say(id, { type: 'membership.goodbye', district, why: 'goodbye' });
  await pass(lied, 1_000);
  expect(unsettled(city)).toBeDefined();
  await pass(lied, 10_000);
  expect(unsettled(city)).toBeUndefined();
  expect(await settledAfter(lied)).toBeDefined();
  expect(replicaOf(city, 'n1').state.members).toHaveLength(5);
  expect(unsafe(lied)).toEqual([]);
});

test('who is said to be dead is met again', async () => {
  const lied = await liedTo(22);
  const { city, liar } = lied;
  await lying(lied, 2_000, (k) => {
    const peer = HONEST[k % 4] ?? 'n1';
    const { incarnation: peerIncarnation } = liar.of(peer);
    liar.say(TAKEN, { type: 'detector.obituary', peer, peerIncarnation, reason: 'a lie' });
  });
  await pass(lied, 15_000);
  expect(unsettled(city)).toBeUndefined();
  expect(await settledAfter(lied)).toBeDefined();
  expect(lied.broken).toEqual([]);
});

test('who is told of a later life of his begins one a few times, and no farther than clocks go', async () => {
  const lied = await liedTo(23);
  const { city, liar } = lied;
  const lives = HONEST.map((id) => city.place(id).observed.incarnation);
  const { name: district } = city.district;
  await lying(lied, 300, () => {
    for (const peer of HONEST) {
      const { incarnation: announced } = liar.of(peer);
      for (const known of [announced + 2 ** 40, Number.MAX_SAFE_INTEGER]) {
        liar.say(
          TAKEN,
          { type: 'membership.life', district, peer, announced, known },
          { to: peer },
        );
      }
    }
  });
  expect(await settledAfter(lied)).toBeDefined();
  for (const [k, id] of HONEST.entries()) {
    const gained = city.place(id).observed.incarnation - (lives[k] ?? 0);
    expect(gained).toBeLessThan(2 ** 40 + 2 ** 21);
  }
  expect(lied.broken).toEqual([]);
});

test('with keys: whose count is driven ahead in his name is heard again when the liar is gone', async () => {
  const lied = await liedTo(24, keyring());
  const { city, liar } = lied;
  for (const id of HONEST) liar.say(id, beatOf(liar, id), { counter: Number.MAX_SAFE_INTEGER });
  await pass(lied, 4_000);
  expect(told(lied, 'detector.suspected')).not.toEqual([]);
  await pass(lied, 15_000);
  expect(unsettled(city)).toBeUndefined();
  expect(await settledAfter(lied)).toBeDefined();
  expect(lied.broken).toEqual([]);
});

/** The first intersection as it would be if its streets did not cross. */
const open = (intersection: Intersection): Intersection => ({
  ...intersection,
  conflicts: [],
  stages: [{ id: 'all', green: intersection.groups.map(({ id }) => id) }],
  programs: [{ id: '0', offsetS: 0, steps: [{ stage: 'all', greenS: 20 }] }],
});

test('a plan of greens that conflict lights none, neither asked for nor agreed on', async () => {
  const lied = await liedTo(25);
  const { city, liar } = lied;
  const [first] = city.district.intersections;
  if (!first) throw new Error('a town without an intersection');
  const splits = [{ stage: 'all', splitS: 30 }];
  const plan = { id: 'wrong', cycleS: 30, intersections: [{ id: first.id, offsetS: 0, splits }] };
  const [leader, term] = [leaderIn(city), latestTerm(city)];
  // Asked for, it is refused: no stage is called so.
  liar.say(
    TAKEN,
    { type: 'replica.propose', ticket: 1, command: { kind: 'plan.adopt', plan } },
    { to: leader },
  );
  await pass(lied, 2_000);
  expect(told(lied, 'replica.refused')).toMatchObject([{ peer: TAKEN }]);
  // In the leader's name the others take it, with a description that allows it.
  const { announced } = liar.of('n1');
  const admit = { kind: 'district.admit' as const, node: 'n1', store: announced.store, links: [] };
  const { log } = replicaOf(city, 'n2');
  const prevIndex = log.offset + log.entries.length;
  liar.say(leader, {
    type: 'replica.prepare',
    ...{ term, prevIndex, prevTerm: log.entries.at(-1)?.term ?? log.offsetTerm },
    entries: [
      { term, command: { ...admit, intersection: open(first) } },
      { term, command: { kind: 'plan.adopt', plan } },
    ],
    commit: prevIndex + 2,
  });
  await pass(lied, 500);
  const adopted = told(lied, 'replica.committed').filter(
    ({ command }) => command.kind === 'plan.adopt' && command.plan.id === 'wrong',
  );
  expect(adopted.length).toBeGreaterThan(1);
  await pass(lied, 90_000);
  expect(unsafe(lied)).toEqual([]);
});

test('votes and acknowledgements in the names of others break the log and no lamp', async () => {
  const lied = await liedTo(26);
  const { city, liar } = lied;
  await lying(lied, 10_000, (k) => {
    const to = HONEST[k % 4] ?? 'n1';
    const term = termIn(city, to);
    for (const as of HONEST) {
      if (as === to || k > 30) continue;
      const { store } = beatOf(liar, as);
      const vote = { store, granted: true, lastTerm: 0, lastIndex: 0 };
      liar.say(as, { type: 'election.lean', term: term + 1, ...vote }, { to });
      liar.say(as, { type: 'election.vote', term, ...vote }, { to });
      const { log } = replicaOf(city, to);
      const index = log.offset + log.entries.length;
      liar.say(as, { type: 'replica.ack', term, store, index }, { to });
    }
  });
  expect(await settledAfter(lied)).toBeDefined();
  expect(unsafe(lied)).toEqual([]);
}, 60_000);
