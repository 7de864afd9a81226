/**
 * The office, sentence by sentence: who stands for it, follows it, and loses it. (Raft, Ongaro and
 * Ousterhout 2014; "thesis" is Ongaro's.)
 */
import { describe, expect, test } from 'vitest';
import { ALL } from '../../protocol/event.ts';
import {
  ASKING,
  appended,
  beat,
  claim,
  configured,
  end,
  FOLLOWING,
  LEADERLESS,
  LEADING,
  leaderless,
  lean,
  OURS,
  poll,
  prepare,
  rows,
  STANDING,
  says,
  started,
  suspected,
  timing,
  VOTING,
  vote,
  voter,
  voters,
  written,
} from './election-words.ts';
import { heard } from './play.ts';
import { isPlain, sends, take, takeAll } from './table.ts';

const drained = (...holders: string[]) => ({ type: 'replica.drained' as const, holders });

describe('a candidate', () => {
  rows(
    {
      proves: 'claims only after its own vote is written (section 5.2; thesis 3.8)',
      given: STANDING,
      when: written(1),
      says: [sends(ALL, { type: 'election.claim', term: 3, transfer: false, ...end(OURS) })],
      state: { candidate: 'asking' },
    },
    {
      proves: 'leads with the votes of a majority (section 5.2)',
      given: ASKING,
      when: vote('c', 3),
      says: [says.elected('b', 3), { type: 'clock.wake', id: 'election:quorum' }],
      state: 'leader',
    },
    {
      proves: 'does not lead by a vote of another store',
      given: ASKING,
      when: vote('c', 3, OURS, 'another'),
      state: { candidate: 'asking' },
    },
    {
      proves: 'does not lead by a vote of a former term (section 5.2)',
      given: ASKING,
      when: vote('c', 2),
      state: { candidate: 'asking' },
    },
    {
      proves: 'votes for nobody else in its term (section 5.2)',
      given: ASKING,
      when: claim('c', 3, [2, 9]),
      says: [says.vote('c', 3, false)],
      state: { candidate: 'asking' },
    },
    {
      proves: 'follows who won its term (section 5.2)',
      given: ASKING,
      when: beat('c', 3, 'c'),
      says: [says.elected('c', 3)],
      state: FOLLOWING,
    },
    {
      proves: 'gives up after a round, and polls anew in the next term (section 5.2)',
      given: [...ASKING, timing.placeSpacingMs * 2],
      when: timing.placeSpacingMs * 4,
      says: [sends(ALL, { type: 'election.poll', term: 4 })],
    },
    {
      proves: 'stands back when a snapshot brings its log into a newer term (section 5.1)',
      given: STANDING,
      when: appended([5, 9]),
      says: [says.advanced(5)],
      state: LEADERLESS,
      context: { term: 5, votedFor: null },
    },
    {
      proves: 'of a former round does not claim when its write is late (thesis 3.8)',
      given: [...STANDING, timing.placeSpacingMs * 2],
      when: written(1),
      says: [],
      state: LEADERLESS,
    },
  );

  test('needs three of five, and counts nobody twice (section 5.2)', () => {
    const play = started();
    takeAll(play, [appended(OURS), configured(['a', 'b', 'c', 'd', 'e'].map(voter)), 150]);
    takeAll(play, [lean('c', 3), lean('c', 3)]);
    expect(play.value).toBe('prospective');
    takeAll(play, [lean('d', 3), written(1), vote('c', 3), vote('c', 3)]);
    expect(play.value).toEqual({ candidate: 'asking' });
    take(play, vote('e', 3));
    expect(play.value).toBe('leader');
  });

  test('who votes alone leads when its vote is written (section 5.2)', () => {
    const play = started();
    takeAll(play, [appended(OURS), configured([voter('b')]), 0]);
    expect(play.value).toEqual({ candidate: 'writing' });
    take(play, written(1));
    expect(play.value).toBe('leader');
  });
});

describe('a follower', () => {
  const given = [beat('a', 2, 'a')];
  rows(
    {
      proves: 'follows no leader that has resigned, though it still beats (seeds 4 and 8)',
      given,
      when: beat('a', 2),
      says: [says.lost(2)],
      state: LEADERLESS,
    },
    {
      proves: 'is not kept from an election by the beats of a leader that has resigned',
      given: [...given, beat('a', 2)],
      when: beat('a', 2),
      says: [],
      state: LEADERLESS,
    },
    {
      proves: 'ignores claims while it hears a leader (thesis 4.2.3)',
      given,
      when: claim('c', 3, [2, 9]),
      says: [],
      state: FOLLOWING,
      context: { term: 2 },
    },
    {
      proves: 'heeds a claim that its leader sent (thesis 3.10)',
      given,
      when: claim('c', 3, OURS, true),
      says: [says.advanced(3), says.write(1, 3, 'c')],
      state: VOTING,
    },
    {
      proves: 'gives no vote to a transfer that is behind its log (section 5.4.1)',
      given,
      when: claim('c', 3, [2, 4], true),
      says: [],
      state: FOLLOWING,
    },
    {
      proves: 'stands at once when its leader hands over, and no longer follows it (thesis 3.10)',
      given,
      when: heard('a', { type: 'election.handover', term: 2 }),
      says: [says.advanced(3), says.write(1, 3, 'b')],
      state: { candidate: 'writing' },
      context: { leader: null },
    },
    {
      proves: 'says in its claim that its leader handed over (thesis 4.2.3)',
      given: [...given, heard('a', { type: 'election.handover', term: 2 })],
      when: written(1),
      says: [sends(ALL, { type: 'election.claim', transfer: true })],
    },
    {
      proves: 'does not say so in a later claim, when the handover came to nothing (thesis 4.2.3)',
      given: [
        ...given,
        heard('a', { type: 'election.handover', term: 2 }),
        timing.placeSpacingMs * 2,
        timing.placeSpacingMs,
        lean('c', 4),
      ],
      when: written(2),
      says: [sends(ALL, { type: 'election.claim', term: 4, transfer: false })],
    },
    {
      proves: 'does not stand for the handover of a former term (section 5.1)',
      given: [beat('a', 3, 'a')],
      when: heard('a', { type: 'election.handover', term: 2 }),
      says: [],
      state: FOLLOWING,
    },
    {
      proves: 'keeps its leader for as long as it hears it (section 5.2)',
      given: [...given, 1000, beat('a', 2, 'a'), 1000, prepare('a', 2)],
      when: 1000,
      says: [],
      state: FOLLOWING,
    },
    {
      proves: 'loses a leader that falls silent (section 5.2)',
      given: [...given, timing.leaderSilenceMs - 1],
      when: 1,
      says: [says.lost(2), sends(ALL, { type: 'election.poll', term: 3 })],
      state: 'prospective',
      context: { leader: null, lost: 'a' },
    },
    {
      proves: 'loses a leader that left the view, and tells why',
      given,
      when: { type: 'membership.left', peer: 'a', how: 'goodbye', reason: 'said goodbye' },
      says: [{ ...says.lost(2), reason: 'said goodbye' }],
      state: LEADERLESS,
    },
    {
      proves: 'minds nobody else’s silence',
      given,
      when: suspected('c'),
      says: [],
      state: FOLLOWING,
    },
    {
      proves: 'follows the leader of a newer term at once (section 5.1)',
      given,
      when: prepare('c', 4),
      says: [says.advanced(4), says.elected('c', 4)],
      state: FOLLOWING,
    },
    {
      proves: 'does not follow a leader of an older term (section 5.1)',
      given: [beat('a', 4, 'a')],
      when: beat('c', 3, 'c'),
      says: [],
      context: { leader: 'a', term: 4 },
    },
    {
      proves: 'takes nobody for a leader who is only said to be one (section 5.2)',
      when: beat('c', 2, 'a'),
      says: [],
      state: LEADERLESS,
    },
  );
});

describe('a leader', () => {
  const due = { type: 'clock.due', id: 'election:quorum', atMs: 0 } as const;
  rows(
    {
      proves: 'that hears a majority keeps the office (thesis 6.2)',
      given: [...LEADING, 1000, beat('c', 3, 'b')],
      when: timing.leaderSilenceMs - 1000,
      says: [{ type: 'clock.wake', id: 'election:quorum' }],
      state: 'leader',
    },
    {
      proves: 'that hears no majority steps down (thesis 6.2)',
      given: LEADING,
      when: timing.leaderSilenceMs,
      says: [says.lost(3)],
      state: LEADERLESS,
    },
    {
      proves: 'whose clock stood still steps down: rights of way and its lease are timed by it',
      given: LEADING,
      when: { type: 'clock.jumped', byMs: 5000 },
      says: [{ ...says.lost(3), reason: /its clock, which is the time of its term/ }],
      state: LEADERLESS,
    },
    {
      proves: 'counts only beats that name it as the leader of its term (thesis 6.2)',
      given: [...LEADING, 1000, beat('c', 3, 'a'), beat('a', 2, 'b'), beat('a', 3)],
      when: timing.leaderSilenceMs - 1000,
      says: [says.lost(3)],
    },
    {
      proves: 'does not count the beats of another store of a voter (thesis 6.2)',
      given: [...LEADING, 1000, beat('c', 3, 'b', { store: 'another' })],
      when: timing.leaderSilenceMs - 1000,
      says: [says.lost(3)],
    },
    {
      proves: 'counts a node once that is among the voters with an old store too (thesis 6.2)',
      given: [
        ...LEADING,
        configured([...voters, { node: 'c', store: 'anew' }]),
        1000,
        beat('c', 3, 'b', { store: 'anew' }),
      ],
      when: timing.leaderSilenceMs - 1000,
      says: [says.lost(3)],
    },
    {
      proves: 'steps down for a newer term it hears of (section 5.1)',
      given: LEADING,
      when: beat('a', 4),
      says: [says.lost(3), says.advanced(4)],
      state: LEADERLESS,
    },
    {
      proves: 'steps down for the leader of a newer term, and follows it (section 5.1)',
      given: LEADING,
      when: prepare('a', 4),
      says: [says.lost(3), says.advanced(4), says.elected('a', 4)],
      state: FOLLOWING,
    },
    {
      proves: 'steps down for a claim of a newer term, and votes (section 5.1)',
      given: LEADING,
      when: claim('a', 4),
      says: [says.lost(3), says.advanced(4), says.write(2, 4, 'a')],
      state: VOTING,
    },
    {
      proves: 'refuses polls (thesis 9.6)',
      given: LEADING,
      when: poll('a', 4),
      says: [says.lean('a', 3, false)],
      state: 'leader',
    },
    {
      proves: 'grants the poll it refused when it steps down itself (thesis 9.6)',
      given: [...LEADING, poll('a', 4)],
      when: timing.leaderSilenceMs,
      says: [says.lost(3), says.lean('a', 4, true)],
    },
    {
      proves: 'is not moved by a lean that comes late (thesis 9.6)',
      given: LEADING,
      when: lean('a', 4),
      says: [],
      state: 'leader',
    },
    {
      proves: 'is not moved by another clock than its own',
      given: LEADING,
      when: { ...due, id: 'electorate:look' },
      says: [],
      state: 'leader',
    },
    {
      proves: 'that stops hands over to a voter that holds its whole log (thesis 3.10)',
      given: [...LEADING, beat('a', 3, 'b', { index: 6 }), beat('c', 3, 'b', { index: 7 })],
      when: drained('a'),
      says: [sends('a', { type: 'election.handover', term: 3 })],
    },
    {
      proves: 'that stops hands over to the longest log, if nobody holds all in time (thesis 3.10)',
      given: [...LEADING, beat('a', 3, 'b', { index: 6 }), beat('c', 3, 'b', { index: 7 })],
      when: drained(),
      says: [sends('c', { type: 'election.handover', term: 3 })],
    },
    {
      proves: 'that stops hands over to the first by name, if several hold all (thesis 3.10)',
      given: [...LEADING, beat('a', 3, 'b', { index: 6 }), beat('c', 3, 'b', { index: 7 })],
      when: drained('a', 'c'),
      says: [sends('a', { type: 'election.handover', term: 3 })],
    },
    {
      proves: 'that stops does not hand over to a voter that has fallen silent (thesis 3.10)',
      given: [
        ...LEADING,
        beat('c', 3, 'b', { index: 9 }),
        1000,
        beat('a', 3, 'b', { index: 6 }),
        timing.leaderSilenceMs - 1000 + 100,
      ],
      when: drained('c'),
      says: [sends('a', { type: 'election.handover', term: 3 })],
    },
    {
      proves:
        'that stops does not hand over to who does not vote, nor to another store (thesis 3.10)',
      given: [...LEADING, beat('x', 3, 'b'), beat('c', 3, 'b', { store: 'another' })],
      when: drained('c', 'x'),
      says: [],
    },
  );
});

test('a node whose voters are not known yet votes, but does not stand (thesis 4.2.2)', () => {
  const play = started();
  expect(play.pass(10_000)).toEqual([]);
  expect(take(play, claim('a', 3, [0, 0]))).toMatchObject([
    says.advanced(3),
    says.write(1, 3, 'a'),
  ]);
});

test('the context is plain JSON, whatever happens', () => {
  const play = leaderless();
  for (const step of [...LEADING, poll('a', 4), beat('c', 3, 'b'), claim('a', 4), written(2)]) {
    take(play, step);
    expect(isPlain(play.snapshot.context)).toBe(true);
  }
});
