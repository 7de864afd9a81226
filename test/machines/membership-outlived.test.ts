/**
 * A life that others know to be outlived, sentence by sentence: it looks for doubles, then begins anew
 * above. (Its disk was lost while its host's time of day was set back.)
 */
import { describe, expect, test } from 'vitest';
import { membershipMachine } from '../../machines/membership.ts';
import { ALL, type Message, type Only } from '../../protocol/event.ts';
import { LIFE_STEP_MAX, OUTBIDS_MAX } from '../../protocol/life.ts';
import { address, announce, inputOf, memberOf } from './membership-words.ts';
import { heard, only, Play, sent, typesOf } from './play.ts';

/** Of the node whose life is told, which is in its first. */
const life = (known: number, rest: Partial<Only<Message, 'membership.life'>> = {}) =>
  heard('n2', {
    type: 'membership.life',
    district: 'town',
    peer: 'n1',
    announced: 1,
    known,
    ...rest,
  });
const LISTENS_MS = 500;

const joining = (rest: Parameters<typeof inputOf>[0] = {}) => {
  const play = new Play(membershipMachine, inputOf(rest));
  play.hear({ type: 'wire.opened', ...address(1) });
  return play;
};

const witnesses = [
  ['a peer', life(7)],
  ['its lamp driver', { type: 'lamps.outlived', by: 7 } as const],
  ['the log', { type: 'holder.outlived', by: 7 } as const],
] as const;

describe.each(witnesses)('a node of which %s knows a later life', (_, told) => {
  test('while it joins, listens for doubles to the end, and begins anew', () => {
    const play = joining();
    expect(play.hear(told)).toEqual([]);
    const said = play.pass(LISTENS_MS - 1);
    expect(typesOf(said)).toEqual(['membership.announce']);
    expect(play.pass(1)).toEqual([{ type: 'membership.outlived', by: 7 }]);
    expect(play.pass(60_000)).toEqual([]);
  });

  test('when it has joined, asks all whether anybody else goes by its id, and then begins anew', () => {
    const play = memberOf();
    const asked = sent(play.hear(told));
    expect(asked).toMatchObject([
      { to: ALL, message: { type: 'membership.announce', asks: true } },
    ]);
    expect(play.pass(LISTENS_MS - 1)).toEqual([]);
    expect(play.pass(1)).toEqual([{ type: 'membership.outlived', by: 7 }]);
  });

  test('still meets others meanwhile', () => {
    const play = memberOf();
    play.hear(told);
    expect(typesOf(play.hear(heard('n3', announce(3))))).toContain('membership.joined');
  });
});

describe('it is not fenced off by a copy of itself:', () => {
  test('a double that answers while it joins makes it the duplicate', () => {
    const play = joining();
    play.hear(life(7));
    play.hear(heard('n1', announce(9), 7));
    const said = play.hear(heard('n1', { type: 'membership.present', store: 's9' }));
    expect(only(said, 'membership.duplicate')).toHaveLength(1);
    expect(play.pass(60_000)).toEqual([]);
  });

  test('a double in a later life that announces itself makes it the duplicate', () => {
    const play = memberOf();
    play.hear(life(7));
    const said = play.hear(heard('n1', announce(9), 7));
    expect(only(said, 'membership.duplicate')).toHaveLength(1);
    expect(only(play.pass(60_000), 'membership.outlived')).toEqual([]);
  });

  test('a double in an earlier life is told that we are here, and may find itself superseded', () => {
    const play = memberOf({ incarnation: 5 });
    play.hear(life(7, { announced: 5 }));
    const said = play.hear(heard('n1', announce(9), 4));
    expect(sent(said)).toMatchObject([{ message: { type: 'membership.announce', store: 's1' } }]);
    expect(only(play.pass(LISTENS_MS), 'membership.outlived')).toHaveLength(1);
  });

  test('of two members with one number the one with the lesser store stands', () => {
    const [greater, lesser] = [memberOf({ store: 's8' }), memberOf({ store: 's2' })];
    const told = (play: typeof greater, k: number) =>
      only(play.hear(heard('n1', announce(k))), 'membership.duplicate').length;
    expect([told(greater, 2), told(lesser, 8)]).toEqual([1, 0]);
  });

  test(`who has begun anew ${OUTBIDS_MAX} times takes itself for the duplicate: it ends`, () => {
    const play = joining({ outbids: OUTBIDS_MAX });
    play.hear(life(7));
    expect(play.pass(LISTENS_MS).filter(({ type }) => type !== 'wire.send')).toEqual([
      {
        type: 'membership.duplicate',
        reason: expect.stringContaining('goes on to begin later lives (7)'),
      },
    ]);
    expect(play.value).toBe('duplicate');
  });
});

describe('not every word of a later life counts:', () => {
  const heeds = (told: Parameters<ReturnType<typeof joining>['hear']>[0], rest = {}) => {
    const play = joining(rest);
    play.hear(told);
    return only(play.pass(LISTENS_MS), 'membership.outlived').length > 0;
  };

  test.each([
    ['of this life and a later one', life(7), true],
    ['in answer to another life of ours', life(7, { announced: 3 }), false],
    ['of another node', life(7, { peer: 'n5' }), false],
    ['of another district', life(7, { district: 'village' }), false],
    ['of an earlier life', life(0), false],
    ['as far ahead as clocks go', life(1 + LIFE_STEP_MAX), true],
    ['farther ahead than any clock', life(2 + LIFE_STEP_MAX), false],
    ['of the last number there is', life(Number.MAX_SAFE_INTEGER), false],
  ])('one %s: %s', (_, told, expected) => {
    expect(heeds(told)).toBe(expected);
  });

  test('an observer has no lives that matter', () => {
    expect(heeds(life(7), { isObserver: true })).toBe(false);
  });

  test('what is not believed is told once, with who says it and how far it is', () => {
    const play = memberOf();
    const said = play.hear(life(Number.MAX_SAFE_INTEGER));
    expect(only(said, 'membership.refused')).toEqual([
      {
        type: 'membership.refused',
        peer: 'n2',
        reason:
          'n2 claims the life 9007199254740991 of n1, farther ahead of 1 than any clock: not believed',
      },
    ]);
    expect(play.hear(life(Number.MAX_SAFE_INTEGER))).toEqual([]);
    expect(play.value).toEqual({ member: 'settled' });
  });

  test('the latest of several is exceeded', () => {
    const play = joining();
    for (const known of [4, 9, 6]) play.hear(life(known));
    expect(only(play.pass(LISTENS_MS), 'membership.outlived')).toMatchObject([{ by: 9 }]);
  });
});

describe('whoever announces an earlier life than is known', () => {
  const goodbye = { type: 'membership.goodbye', district: 'town', why: 'goodbye' } as const;
  const answer = (announced: number) => ({
    to: address(3),
    message: { type: 'membership.life', district: 'town', peer: 'n2', announced, known: 7 },
  });

  test('is told at its address, while the later one is in the view', () => {
    const play = memberOf();
    play.hear(heard('n2', announce(2), 7));
    expect(sent(play.hear(heard('n2', announce(3), 6)))).toEqual([answer(6)]);
    expect(sent(play.hear(heard('n2', announce(3, { phase: 'joining' }), 2)))).toEqual([answer(2)]);
  });

  test('is told after a goodbye of the later one, which nobody forgets', () => {
    const play = memberOf();
    play.hear(heard('n2', announce(2), 7));
    play.hear(heard('n2', goodbye, 7));
    expect(sent(play.hear(heard('n2', announce(3), 6)))).toEqual([answer(6)]);
    // A word that the goodbye has overtaken is of nobody any more.
    expect(sent(play.hear(heard('n2', announce(2), 7)))).toEqual([]);
  });

  test('is told by the leader alone where hundreds would answer', () => {
    const tells = (leader: string) => {
      const play = memberOf();
      for (let k = 3; k < 30; k += 1) play.hear(heard(`n${k}`, announce(k)));
      play.hear(heard('n2', announce(2), 7));
      play.hear({ type: 'election.elected', leader, term: 1 });
      return sent(play.hear(heard('n2', announce(3), 6))).length;
    };
    expect([tells('n1'), tells('n4')]).toEqual([1, 0]);
  });
});
