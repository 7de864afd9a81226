/**
 * The office hears of other terms: in every role a newer term ends what was, and an older one, or one
 * of somebody who has no right to it, changes nothing. (Raft, Ongaro and Ousterhout 2014, section 5.1.)
 */
import { describe, expect, test } from 'vitest';
import {
  ASKING,
  appended,
  beat,
  claim,
  configured,
  denial,
  type ElectionStep,
  LEADERLESS,
  LEADING,
  leaderless,
  OURS,
  refusal,
  rows,
  STANDING,
  says,
  started,
  timing,
  VOTING,
  vote,
  voter,
  written,
} from './election-words.ts';
import { takeAll } from './table.ts';

const FOLLOWER_OF_A: readonly ElectionStep[] = [beat('a', 2, 'a')];
/** Another log, which ends later than ours: its owner does not vote for us, nor we against it. */
const LATER = [2, 9] as const;
/** And one that ends before: nobody may vote for it. */
const EARLIER = [2, 1] as const;

const ROLES: readonly [string, readonly ElectionStep[]][] = [
  ['a node without a leader', []],
  ['a follower', FOLLOWER_OF_A],
  ['a candidate whose vote is being written', STANDING],
  ['a candidate', ASKING],
  ['a leader', LEADING],
];

describe.each(ROLES)('%s', (role, given) => {
  const isLeader = role === 'a leader';
  const lostFirst = isLeader ? [says.lost(3)] : role === 'a follower' ? [says.lost(2)] : [];

  test('enters the newer term of a refused vote, and follows nobody in it', () => {
    const play = leaderless();
    takeAll(play, given);
    const said = play.hear(denial('c', 7, LATER));
    expect(said).toContainEqual(expect.objectContaining(says.advanced(7)));
    expect(play.snapshot.context).toMatchObject({ term: 7, leader: null, votedFor: null });
    expect(play.value).toEqual(LEADERLESS);
    if (isLeader) expect(said).toMatchObject([...lostFirst, says.advanced(7)]);
  });

  test('follows who leads a newer term, by its beat', () => {
    const play = leaderless();
    takeAll(play, [...given, beat('c', 7), beat('c', 7, 'c')]);
    expect(play.snapshot.context).toMatchObject({ term: 7, leader: 'c', followers: {} });
    expect(play.value).toEqual({ follower: 'following' });
  });

  test('does not follow a second leader of its term', () => {
    const play = leaderless();
    takeAll(play, [...given, beat('c', 7), beat('c', 7, 'c')]);
    play.hear(beat('a', 7, 'a'));
    expect(play.snapshot.context).toMatchObject({ term: 7, leader: 'c' });
  });

  test('goes on when a write of another concern is done', () => {
    const play = leaderless();
    takeAll(play, given);
    const before = play.value;
    expect(play.hear({ type: 'storage.written', owner: 'replica', ticket: 1 })).toEqual([]);
    expect(play.value).toEqual(before);
  });
});

describe('a leader', () => {
  rows(
    {
      proves: 'steps down for a claim of a newer term that it cannot vote for, and refuses it',
      given: LEADING,
      when: claim('c', 7, EARLIER),
      says: [says.lost(3), says.advanced(7), says.vote('c', 7, false)],
      state: LEADERLESS,
    },
    {
      proves: 'steps down for a claim that it can vote for, and promises its vote',
      given: LEADING,
      when: claim('c', 7),
      says: [says.lost(3), says.advanced(7), says.write(2, 7, 'c')],
      state: VOTING,
    },
    {
      proves: 'refuses a claim of an older term',
      given: LEADING,
      when: claim('c', 2),
      says: [says.vote('c', 3, false)],
      state: 'leader',
    },
  );
});

describe('a candidate', () => {
  rows(
    {
      proves: 'does not count its own vote twice',
      given: ASKING,
      when: vote('b', 3),
      says: [],
      state: { candidate: 'asking' },
    },
    {
      proves: 'does not count the vote of a node for the store of another',
      given: ASKING,
      when: vote('x', 3, OURS, 'sc'),
      says: [],
      state: { candidate: 'asking' },
    },
  );
});

test('who asks for leave enters the newer term of who refuses it', () => {
  const play = leaderless();
  takeAll(play, [timing.placeSpacingMs]);
  expect(play.value).toBe('prospective');
  expect(play.hear(refusal('c', 7, LATER))).toMatchObject([says.advanced(7)]);
  expect(play.snapshot.context).toMatchObject({ term: 7 });
});

describe('who votes is told by the log', () => {
  test('a node that is taken out stands no more, and one that is put in does', () => {
    const play = started();
    takeAll(play, [appended(OURS), configured([voter('a'), voter('c')])]);
    play.pass(timing.placeSpacingMs * 40);
    expect(play.value).toEqual(LEADERLESS);
    takeAll(play, [configured(), timing.placeSpacingMs * 4]);
    expect(play.value).toBe('prospective');
  });

  test('the votes of those who are put in are needed from then on', () => {
    const play = leaderless();
    takeAll(play, [configured(['a', 'b', 'c', 'd', 'e'].map(voter)), ...ASKING]);
    expect(play.value).not.toBe('leader');
  });

  test('a log that has grown refuses who has less', () => {
    const play = leaderless();
    const later = [2, 6] as const;
    takeAll(play, [appended(later)]);
    play.hear(claim('c', 5, OURS));
    expect(play.value).toEqual(LEADERLESS);
    play.hear(claim('c', 6, later));
    expect(play.value).toEqual(VOTING);
  });
});

test('a leader alone with its vote leads on: it is the majority of one', () => {
  const play = leaderless();
  takeAll(play, [configured([voter('b')]), timing.placeSpacingMs, written(1)]);
  expect(play.value).toBe('leader');
  play.pass(60_000);
  expect(play.value).toBe('leader');
});

test('a contract that changes how long turns are is followed from then on', () => {
  const untilItAsksMs = (times: number) => {
    const play = leaderless();
    const placeSpacingMs = timing.placeSpacingMs * times;
    play.hear({
      ...{ type: 'contract.changed', timing: { ...timing, placeSpacingMs } },
      ...{ former: [], changes: [] },
    });
    // Followed, and let go: so that its turn is counted anew.
    takeAll(play, [beat('c', 2, 'c'), beat('c', 2)]);
    const sinceMs = play.nowMs;
    while (play.value !== 'prospective') play.pass(1);
    return play.nowMs - sinceMs;
  };
  expect(untilItAsksMs(3)).toBe(3 * untilItAsksMs(1));
});
