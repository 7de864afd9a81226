/**
 * The ballot, sentence by sentence: who gets a vote, in which term, by which poll, at which place.
 * (Raft, Ongaro and Ousterhout 2014; "thesis" is Ongaro's.)
 */
import { describe, expect, test } from 'vitest';
import { placeOf } from '../../machines/ballot.ts';
import { ALL } from '../../protocol/event.ts';
import {
  ASKING,
  appended,
  beat,
  claim,
  configured,
  denial,
  type End,
  FOLLOWING,
  LEADERLESS,
  leaderless,
  lean,
  OURS,
  poll,
  refusal,
  rows,
  says,
  started,
  suspected,
  timing,
  VOTING,
  voter,
  voters,
  written,
} from './election-words.ts';
import { sends, take, takeAll } from './table.ts';

describe('a vote', () => {
  rows(
    {
      proves: 'is asked to be written before anything is said about it (section 5.2)',
      when: claim('a', 3),
      says: [says.advanced(3), says.write(1, 3, 'a')],
      state: VOTING,
    },
    {
      proves: 'is cast only after the write that carries its ticket (thesis 3.8)',
      given: [claim('a', 3)],
      when: written(1),
      says: [says.vote('a', 3, true)],
      state: LEADERLESS,
    },
    {
      proves: 'is not cast for a write of another ticket (thesis 3.8)',
      given: [claim('a', 3), claim('c', 4)],
      when: written(1),
      says: [],
      state: VOTING,
    },
    {
      proves: 'is not cast for the write of another concern (thesis 3.8)',
      given: [claim('a', 3)],
      when: { type: 'storage.written', owner: 'replica', ticket: 1 },
      says: [],
      state: VOTING,
    },
    {
      proves: 'is given once a term (section 5.2)',
      given: [claim('a', 3), written(1)],
      when: claim('c', 3),
      says: [says.vote('c', 3, false)],
    },
    {
      proves: 'is refused to a second candidate while the first one is being written (section 5.2)',
      given: [claim('a', 3)],
      when: claim('c', 3, [2, 9]),
      says: [says.vote('c', 3, false)],
      state: VOTING,
    },
    {
      proves: 'is not granted early to a claim repeated while it is being written (thesis 3.8)',
      given: [claim('a', 3)],
      when: claim('a', 3),
      says: [],
      state: VOTING,
    },
    {
      proves:
        'is not granted early either when a leader came and went during the write (thesis 3.8)',
      given: [claim('a', 3), beat('c', 3, 'c'), suspected('c')],
      when: claim('a', 3),
      says: [says.vote('a', 3, false)],
    },
    {
      proves: 'is cast again for a claim repeated after its write (section 5.5)',
      given: [claim('a', 3), written(1)],
      when: claim('a', 3),
      says: [says.vote('a', 3, true)],
    },
    {
      proves: 'goes to a newer term even while one is being written (section 5.1)',
      given: [claim('a', 3)],
      when: claim('c', 4),
      says: [says.advanced(4), says.write(2, 4, 'c')],
      state: VOTING,
    },
    {
      proves:
        'is re-checked against the log when its write is done, and not cast when behind (section 5.4.1)',
      given: [claim('a', 3), appended([2, 6])],
      when: written(1),
      says: [],
      state: LEADERLESS,
    },
    {
      proves:
        'that was not cast after its re-check is not granted to a repeated claim (section 5.4.1)',
      given: [claim('a', 3), appended([2, 6]), written(1)],
      when: claim('a', 3),
      says: [says.vote('a', 3, false)],
    },
    {
      proves: 'of an older term is never given',
      when: claim('a', 1, [9, 9]),
      says: [says.vote('a', 2, false)],
    },
  );

  test('survives a restart: given to a, it is refused to c and repeated to a (section 5.2)', () => {
    const play = leaderless({ stored: { term: 3, votedFor: 'a' } });
    expect(take(play, claim('c', 3))).toMatchObject([says.vote('c', 3, false)]);
    expect(take(play, claim('a', 3))).toMatchObject([says.vote('a', 3, true)]);
  });

  test.each<[string, End, boolean]>([
    ['a later last term, although it is shorter', [3, 1], true],
    ['the same end', [2, 5], true],
    ['the same last term and more entries', [2, 6], true],
    ['the same last term and fewer entries', [2, 4], false],
    ['an older last term, although it is longer', [1, 99], false],
  ])('depends on the log, last terms first (section 5.4.1): %s', (_, at, isGranted) => {
    const play = leaderless();
    take(play, claim('a', 9, at));
    expect(play.value).toEqual(isGranted ? VOTING : LEADERLESS);
    expect(play.snapshot.context.term).toBe(9);
  });
});

describe('a term', () => {
  test('that the store remembers is told at the start, before anything is acknowledged in it (thesis 3.8)', () => {
    const play = started({ stored: { term: 5, votedFor: 'a' } });
    expect(play.told.map(({ event }) => event)).toEqual([says.advanced(5)]);
    expect(started({ stored: { term: 0, votedFor: null } }).told).toEqual([]);
  });

  test('is never older than the last entry of the log, which may be newer than the last vote (section 5.1)', () => {
    const play = started();
    expect(take(play, appended([5, 9]))).toEqual([says.advanced(5)]);
    take(play, configured());
    expect(take(play, timing.placeSpacingMs)).toMatchObject([
      sends(ALL, { type: 'election.poll', term: 6 }),
    ]);
  });

  test('of the last vote keeps that vote when the log ends in the same term (thesis 3.8)', () => {
    const play = leaderless({ stored: { term: 2, votedFor: 'a' } });
    expect(take(play, claim('c', 2))).toMatchObject([says.vote('c', 2, false)]);
  });

  rows(
    {
      proves: 'is not changed by a poll (thesis 9.6)',
      when: poll('a', 9),
      says: [says.lean('a', 9, true)],
      state: LEADERLESS,
      context: { term: 2, votedFor: null },
    },
    {
      proves: 'is not taken from a granted lean: it is a term that only may come (thesis 9.6)',
      when: lean('a', 9),
      says: [],
      state: LEADERLESS,
      context: { term: 2 },
    },
    {
      proves: 'is taken from a refused lean (section 5.1)',
      given: [timing.placeSpacingMs],
      when: refusal('a', 7),
      says: [says.advanced(7)],
      state: LEADERLESS,
      context: { term: 7 },
    },
    {
      proves: 'is taken from a denied vote, and the candidate stands back (section 5.1)',
      given: ASKING,
      when: denial('a', 7),
      says: [says.advanced(7)],
      state: LEADERLESS,
    },
    {
      proves: 'is taken from a claim that gets no vote (section 5.1)',
      when: claim('a', 7, [1, 1]),
      says: [says.advanced(7), says.vote('a', 7, false)],
      context: { term: 7, votedFor: null },
    },
  );
});

describe('a poll', () => {
  rows(
    {
      proves: 'is refused to a log that is behind (thesis 9.6)',
      when: poll('a', 3, [2, 4]),
      says: [says.lean('a', 2, false)],
    },
    {
      proves: 'is refused for a term that is there already (thesis 9.6)',
      when: poll('a', 2),
      says: [says.lean('a', 2, false)],
    },
    {
      proves: 'is refused while a leader is heard (thesis 9.6)',
      given: [beat('a', 2, 'a')],
      when: poll('c', 3),
      says: [says.lean('c', 2, false)],
      state: FOLLOWING,
    },
    {
      proves: 'that was refused is granted when the refuser loses its leader (thesis 9.6)',
      given: [beat('a', 2, 'a'), poll('c', 3)],
      when: suspected('a'),
      says: [says.lost(2), says.lean('c', 3, true)],
      state: LEADERLESS,
    },
    {
      proves:
        'that was refused is not granted later to a log that is behind by then (section 5.4.1)',
      given: [beat('a', 2, 'a'), poll('c', 3), appended([2, 6])],
      when: suspected('a'),
      says: [says.lost(2)],
    },
    {
      proves: 'that was refused under a former leader is forgotten under the next',
      given: [beat('a', 2, 'a'), poll('c', 3), beat('c', 3, 'c')],
      when: suspected('c'),
      says: [says.lost(3)],
    },
    {
      proves:
        'that wins a majority makes its node a candidate, who first writes its own vote (thesis 9.6)',
      given: [timing.placeSpacingMs],
      when: lean('c', 3),
      says: [says.advanced(3), says.write(1, 3, 'b')],
      state: { candidate: 'writing' },
    },
    {
      proves: 'is not helped by a voter that came back with another store (thesis 9.6)',
      given: [timing.placeSpacingMs],
      when: lean('c', 3, OURS, 'another'),
      says: [],
      state: 'prospective',
    },
    {
      proves: 'is not helped by who does not vote (thesis 9.6)',
      given: [timing.placeSpacingMs],
      when: lean('x', 3),
      state: 'prospective',
    },
    {
      proves: 'is not helped by the answer to a poll of another term (thesis 9.6)',
      given: [timing.placeSpacingMs],
      when: lean('c', 4),
      state: 'prospective',
      context: { term: 2 },
    },
    {
      proves: 'refused by a longer log makes its node stand back at once (section 5.4.1)',
      given: [timing.placeSpacingMs],
      when: refusal('c', 2, [2, 6]),
      says: [],
      state: LEADERLESS,
      context: { attempt: 1 },
    },
    {
      proves: 'refused by a leader’s follower leaves time for the others',
      given: [timing.placeSpacingMs],
      when: refusal('c', 2),
      state: 'prospective',
    },
    {
      proves: 'that nobody answers ends after a round, and changed no term (thesis 9.6)',
      given: [timing.placeSpacingMs],
      when: timing.placeSpacingMs,
      state: LEADERLESS,
      context: { attempt: 1, term: 2 },
    },
  );
});

describe('a place in line', () => {
  const line = { voters, lost: null };
  const self = (id: string) => ({ id, store: voter(id).store });
  test.each([
    [0, [0, 1, 2]],
    [1, [2, 0, 1]],
    [2, [1, 2, 0]],
    [3, [0, 1, 2]],
  ])('rotates with the attempt: at attempt %i the places are %j', (attempt, places) => {
    const of = (id: string) => placeOf({ ...line, ...self(id), attempt });
    expect(['a', 'b', 'c'].map(of)).toEqual(places);
  });

  test('is not held by the leader that was lost (instead of section 5.2’s chance)', () => {
    expect(placeOf({ voters, ...self('b'), attempt: 0, lost: 'a' })).toBe(0);
  });

  test('is one, for a node whose lost store still votes', () => {
    const both = [...voters, { node: 'a', store: 'lost' }];
    const places = ['a', 'b', 'c'].map((id) =>
      placeOf({ voters: both, ...self(id), attempt: 0, lost: null }),
    );
    expect(places).toEqual([0, 1, 2]);
  });

  test('comes after everybody’s for who does not vote', () => {
    expect(placeOf({ ...line, ...self('x'), attempt: 0 })).toBe(4);
  });

  test('comes after everybody’s for who lost the store that votes, whatever its name', () => {
    expect(placeOf({ ...line, id: 'a', store: 'new', attempt: 0 })).toBe(4);
  });

  test('does not wait for a best-placed node that can speak but not hear (instead of section 5.2’s chance)', () => {
    const play = leaderless();
    for (let ms = 0; ms < 140; ms += 20) takeAll(play, [poll('a', 3), 20]);
    expect(take(play, 10)).toMatchObject([sends(ALL, { type: 'election.poll', term: 3 })]);
  });

  test('never keeps a node from looking again, and there is no hot loop', () => {
    const play = leaderless();
    const polls = play.pass(60_000).length;
    expect(polls).toBeGreaterThan(30);
    expect(polls).toBeLessThan(200);
  });

  test.each([
    ['x', 'sx'],
    ['a', 'new'],
  ])(
    'is not taken by who does not vote, %s with store %s: it looks again, and stands for nothing',
    (id, store) => {
      const play = leaderless({ id, store });
      expect(play.pass(10_000)).toEqual([]);
      expect(play.value).toEqual(LEADERLESS);
    },
  );
});
