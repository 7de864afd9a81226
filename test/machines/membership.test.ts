/**
 * Membership, sentence by sentence: who is let into the view, and who leaves it. (Views and
 * incarnations as in SWIM, DSN 2002, section 4.2.)
 */
import { describe, expect, test } from 'vitest';
import { membershipMachine } from '../../machines/membership.ts';
import { ALL } from '../../protocol/event.ts';
import type { Contract } from '../../protocol/timing.ts';
import { address, announce, inputOf, memberOf } from './membership-words.ts';
import { contract, heard, only, Play, sent, typesOf } from './play.ts';

const viewOf = (play: ReturnType<typeof memberOf>) =>
  Object.fromEntries(play.snapshot.context.view);

describe('a node joins', () => {
  test('with no other configuration: it asks all, listens, and is settled', () => {
    const play = new Play(membershipMachine, inputOf());
    expect(typesOf(play.pass(10_000))).toEqual([]);
    const asked = sent(play.hear({ type: 'wire.opened', ...address(1) }));
    expect(asked).toMatchObject([
      { to: ALL, message: { type: 'membership.announce', phase: 'joining', asks: true } },
    ]);
    expect(asked[0]?.message).toMatchObject({ ...address(1), store: 's1', district: 'town' });
    expect(typesOf(play.pass(500))).toEqual([
      'membership.announce',
      'membership.settled',
      'membership.announce',
    ]);
    expect(play.value).toEqual({ member: 'settled' });
  });

  test('and says it is there every announceMs', () => {
    const play = memberOf();
    expect(typesOf(play.pass(15_000))).toEqual(Array(3).fill('membership.announce'));
  });

  test('and answers who asks', () => {
    const play = memberOf();
    play.hear(heard('n2', announce(2, { asks: true })));
    expect(sent(play.pass(50))).toMatchObject([{ message: { asks: false, phase: 'member' } }]);
  });
});

describe('a peer is let into the view', () => {
  test('when its announcement names the same district, contract and group', () => {
    const play = memberOf();
    const said = play.hear(heard('n2', announce(2)));
    expect(typesOf(said)).toEqual(['membership.sighted', 'membership.joined']);
    expect(only(said, 'membership.joined')).toMatchObject([
      { peer: 'n2', peerIncarnation: 1, store: 's2', ...address(2) },
    ]);
    expect(typesOf(play.hear(heard('n2', announce(2))))).toEqual(['membership.sighted']);
  });

  test.each([
    ['another group, it is only sighted', { group: 'h' }, {}, ['membership.sighted']],
    ['no group yet, it is only sighted', { group: '' }, {}, ['membership.sighted']],
    ['still joining, it is only sighted', {}, { phase: 'joining' }, ['membership.sighted']],
    ['an observer, it is only sighted', {}, { phase: 'observer' }, ['membership.sighted']],
    ['another district, it is not even sighted', {}, { district: 'village' }, []],
  ] as const)('not when it has %s', (_, header, rest, expected) => {
    const play = memberOf();
    const said = play.hear({ ...heard('n2', announce(2, rest)), ...header });
    expect(typesOf(said)).toEqual(expected);
    expect(viewOf(play)).toEqual({});
  });

  test('an older incarnation does not replace a newer, nor its address (SWIM 4.2)', () => {
    const play = memberOf();
    play.hear(heard('n2', announce(2), 7));
    const said = play.hear(heard('n2', announce(3, { store: 's2' }), 6));
    expect(typesOf(said)).toEqual(['membership.life']);
    expect(viewOf(play)['n2']).toMatchObject({ incarnation: 7, ...address(2) });
  });

  test('a newer incarnation takes the place of the older, which leaves as restarted', () => {
    const play = memberOf();
    play.hear(heard('n2', announce(2), 7));
    const said = play.hear(heard('n2', announce(3), 8));
    expect(only(said, 'membership.left')).toMatchObject([{ peer: 'n2', how: 'restarted' }]);
    expect(only(said, 'membership.joined')).toMatchObject([{ peerIncarnation: 8 }]);
  });

  test.each(['__proto__', 'constructor', 'toString'])('even if its id is %s', (id) => {
    const play = memberOf();
    play.hear(heard(id, announce(2)));
    expect(Object.keys(viewOf(play))).toEqual([id]);
    const said = play.hear({ type: 'detector.failed', peer: id, reason: 'silent' });
    expect(only(said, 'membership.left')).toHaveLength(1);
  });
});

describe('a peer leaves the view', () => {
  test('by its goodbye, at once', () => {
    const play = memberOf();
    play.hear(heard('n2', announce(2)));
    const goodbye = { type: 'membership.goodbye', district: 'town', why: 'goodbye' } as const;
    expect(play.hear(heard('n2', goodbye, 0))).toEqual([]);
    expect(play.hear(heard('n2', goodbye))).toMatchObject([
      { type: 'membership.left', peer: 'n2', how: 'goodbye' },
    ]);
    expect(viewOf(play)).toEqual({});
    expect(play.hear(heard('n2', goodbye))).toEqual([]);
  });

  test('and is not brought back by a word of that life that its goodbye overtook', () => {
    const play = memberOf();
    play.hear(heard('n2', announce(2)));
    play.hear(heard('n2', { type: 'membership.goodbye', district: 'town', why: 'goodbye' }));
    expect(play.hear(heard('n2', announce(2)))).toEqual([]);
    expect(viewOf(play)).toEqual({});
    expect(typesOf(play.hear(heard('n2', announce(2), 2)))).toEqual([
      'membership.sighted',
      'membership.joined',
    ]);
  });

  test('when the detector fails it', () => {
    const play = memberOf();
    play.hear(heard('n2', announce(2)));
    expect(play.hear({ type: 'detector.failed', peer: 'n2', reason: 'silent' })).toMatchObject([
      { type: 'membership.left', peer: 'n2', how: 'failed', reason: 'silent' },
    ]);
    expect(play.hear({ type: 'detector.failed', peer: 'n2', reason: 'silent' })).toEqual([]);
  });
});

describe('a node with another contract', () => {
  const other: Contract = { ...contract(), timing: { ...contract().timing, beatMs: 321 } };
  const here = 'another contract: timing.beatMs: 320 here, 321 there';
  const there = 'another contract: timing.beatMs: 321 here, 320 there';

  test('is refused, and both sides name the keys, once in each life', () => {
    const ours = memberOf();
    const theirs = memberOf({ id: 'n2', store: 's2', contract: other });
    const reasons: string[] = [];
    const messages: unknown[] = [];
    /** Carries everything said to the other side, until both are silent. */
    const exchange = (said: ReturnType<typeof sent>, isOurs: boolean) => {
      for (const { message } of said) {
        if (message.type !== 'membership.announce' && message.type !== 'membership.contract') {
          throw new Error(`unexpected ${message.type}`);
        }
        messages.push(message.type);
        const hearer = isOurs ? theirs : ours;
        const answer = hearer.hear(heard(isOurs ? 'n1' : 'n2', message));
        reasons.push(...only(answer, 'membership.refused').map(({ reason }) => reason));
        exchange(sent(answer), !isOurs);
      }
    };
    for (let time = 0; time < 3; time += 1) {
      exchange(sent(ours.pass(5000)), true);
      exchange(sent(theirs.pass(5000)), false);
    }
    expect(reasons.sort()).toEqual([here, there]);
    expect(messages.filter((type) => type === 'membership.contract').length).toBeLessThan(5);
    expect([viewOf(ours), viewOf(theirs)]).toEqual([{}, {}]);
  });

  test('is refused again in its next life', () => {
    const play = memberOf();
    const message = { type: 'membership.contract', district: 'town', contract: other } as const;
    for (const [life, count] of [
      [1, 1],
      [1, 0],
      [2, 1],
    ] as const) {
      const said = play.hear(heard('n2', message, life));
      expect(only(said, 'membership.refused')).toHaveLength(count);
    }
  });

  test('is refused for its protocol version, which is named', () => {
    const play = memberOf();
    const said = play.hear(heard('n2', announce(2, { versions: [2, 3] })));
    expect(only(said, 'membership.refused')).toMatchObject([
      { peer: 'n2', reason: expect.stringContaining('2–3 there, 1–1 here') },
    ]);
    expect(viewOf(play)).toEqual({});
  });
});

describe('strangers', () => {
  const beat = { type: 'detector.beat', term: 1, store: 's2', index: 0, commit: 0 } as const;

  test('who beat make a member ask all to announce themselves', () => {
    const play = memberOf();
    play.hear(heard('n2', beat));
    expect(sent(play.pass(50))).toMatchObject([{ to: ALL, message: { asks: true } }]);
  });

  test('who are in the view are none', () => {
    const play = memberOf();
    play.hear(heard('n2', announce(2)));
    play.hear(heard('n2', beat));
    expect(play.pass(50)).toEqual([]);
  });
});

describe('a clean stop', () => {
  test('of a backup says goodbye twice, and ends', () => {
    const play = memberOf();
    expect(sent(play.hear({ type: 'node.stopping' }))).toMatchObject([
      { to: ALL, message: { type: 'membership.goodbye', why: 'goodbye' } },
    ]);
    expect(typesOf(play.pass(50))).toEqual(['membership.goodbye']);
    expect(play.value).toBe('left');
  });

  test('of the leader waits for the next leader before it says goodbye, and not for long', () => {
    for (const isAnswered of [true, false]) {
      const play = memberOf();
      play.hear({ type: 'election.elected', leader: 'n1', term: 1 });
      expect(play.hear({ type: 'node.stopping' })).toEqual([]);
      const said = isAnswered
        ? play.hear({ type: 'election.elected', leader: 'n2', term: 2 })
        : play.pass(500);
      expect(typesOf(said)).toEqual(['membership.goodbye']);
    }
  });

  test('is not needed by a node that the district refused: it has left the view', () => {
    const play = memberOf();
    const said = play.hear({ type: 'enrolment.refused', reason: 'described otherwise' });
    expect(sent(said)).toMatchObject([{ message: { why: 'refused' } }]);
    // Once more, because a datagram may be lost, and then never again.
    const later = play.pass(60_000);
    expect(later).toHaveLength(1);
    expect(sent(later)).toMatchObject([{ message: { why: 'refused' } }]);
    expect(play.hear({ type: 'node.stopping' })).toEqual([]);
    expect(play.value).toBe('left');
  });
});

test('an observer announces itself as one', () => {
  const play = memberOf({ isObserver: true });
  expect(sent(play.pass(5000))).toMatchObject([{ message: { phase: 'observer' } }]);
});
