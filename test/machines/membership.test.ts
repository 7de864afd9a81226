/**
 * Membership, sentence by sentence: who is let into the view, who leaves it, and what happens to
 * two nodes that go by one id. (Views and incarnations as in SWIM, DSN 2002, section 4.2.)
 */
import { describe, expect, test } from 'vitest';
import { type MembershipInput, membershipMachine } from '../../machines/membership.ts';
import { ALL, type Message, type Only } from '../../protocol/event.ts';
import { type Contract, contractDigest } from '../../protocol/timing.ts';
import { contract, heard, only, Play, sent, typesOf } from './play.ts';

const address = (k: number) => ({ host: '10.0.0.1', port: 6000 + k });

const inputOf = (rest: Partial<MembershipInput> = {}): MembershipInput => ({
  id: 'n1',
  incarnation: 1,
  store: 's1',
  district: 'town',
  contract: contract(),
  versions: [1, 1],
  isObserver: false,
  ...rest,
});

const announce = (
  k: number,
  rest: Partial<Only<Message, 'membership.announce'>> = {},
): Only<Message, 'membership.announce'> => ({
  type: 'membership.announce',
  district: 'town',
  ...address(k),
  store: `s${k}`,
  phase: 'member',
  asks: false,
  versions: [1, 1],
  contract: contractDigest(contract()),
  term: 0,
  ...rest,
});

/** A node that has joined and knows its group. */
const memberOf = (rest: Partial<MembershipInput> = {}) => {
  const play = new Play(membershipMachine, inputOf(rest));
  play.hear({ type: 'wire.opened', ...address(1) });
  play.pass(500);
  play.hear({ type: 'genesis.formed', group: 'g' });
  play.pass(50);
  return play;
};

const viewOf = (play: ReturnType<typeof memberOf>) => play.snapshot.context.view;

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
    expect(play.hear(heard('n2', announce(3, { store: 's2' }), 6))).toEqual([]);
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

describe('a double of one’s id', () => {
  const doubleOf = (store: string) =>
    heard('n1', announce(9, { store, phase: 'joining', asks: true }));
  const joining = (store = 's1') => {
    const play = new Play(membershipMachine, inputOf({ store }));
    play.hear({ type: 'wire.opened', ...address(1) });
    return play;
  };

  test('is challenged at its address; an unanswered challenge lets one in', () => {
    const play = joining();
    expect(sent(play.hear(doubleOf('s9')))).toMatchObject([
      { to: address(9), message: { type: 'membership.challenge', reply: address(1) } },
    ]);
    expect(typesOf(play.pass(500))).toContain('membership.settled');
  });

  test('that answers the challenge makes a node a duplicate, which takes no part', () => {
    const play = joining();
    play.hear(doubleOf('s9'));
    const present = { type: 'membership.present', store: 's9' } as const;
    const said = play.hear(heard('n1', present));
    expect(said).toMatchObject([
      { type: 'membership.duplicate', reason: expect.stringContaining('s9') },
    ]);
    expect(play.pass(60_000)).toEqual([]);
    expect(play.value).toBe('duplicate');
  });

  test('is only who answers in one’s own name: others’ answers mean nobody', () => {
    const play = joining();
    play.hear(heard('n7', { type: 'membership.present', store: 's7' }));
    expect(typesOf(play.pass(500))).toContain('membership.settled');
  });

  test('is answered by a settled member, at the address the challenge names', () => {
    const play = memberOf();
    const challenge = {
      type: 'membership.challenge',
      district: 'town',
      store: 's9',
      reply: address(9),
    } as const;
    expect(sent(play.hear(heard('n1', challenge)))).toEqual([
      { to: address(9), message: { type: 'membership.present', store: 's1' } },
    ]);
    expect(play.hear(heard('n2', challenge))).toEqual([]);
    expect(play.hear(heard('n1', { ...challenge, district: 'village' }))).toEqual([]);
  });

  test.each([0, 10, 100, 249, 260, 499, 501, 700])(
    'that starts %d ms later: exactly one of the two stands',
    (laterMs) => {
      for (const [first, second] of [
        ['s1', 's9'],
        ['s9', 's1'],
      ] as const) {
        const plays = [first, second].map(
          (store) => new Play(membershipMachine, inputOf({ store })),
        );
        for (let ms = 0; ms <= 4000; ms += 1) {
          for (const [k, play] of plays.entries()) {
            const said = play.pass(ms === 0 ? 0 : 1);
            if (ms === k * laterMs) {
              said.push(...play.hear({ type: 'wire.opened', ...address(k) }));
            }
            carry(plays, k, sent(said));
          }
        }
        expect(plays.map(({ value }) => JSON.stringify(value)).sort()).toEqual([
          '"duplicate"',
          '{"member":"settled"}',
        ]);
      }
    },
  );
});

/** Delivers what one of two doubles says to the other, at once. */
const carry = (
  plays: readonly Play<typeof membershipMachine>[],
  from: number,
  said: ReturnType<typeof sent>,
): void => {
  for (const { to, message } of said) {
    const other = plays[1 - from];
    const isThere = to === ALL || (typeof to !== 'string' && to.port === 6000 + 1 - from);
    if (!other || !isThere || message.type.startsWith('membership.') === false) continue;
    const membershipMessage = message as Only<Message, 'membership.announce'>;
    carry(plays, 1 - from, sent(other.hear(heard('n1', membershipMessage))));
  }
};

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
    expect(play.pass(60_000)).toEqual([]);
    expect(play.hear({ type: 'node.stopping' })).toEqual([]);
    expect(play.value).toBe('left');
  });
});

test('an observer announces itself as one', () => {
  const play = memberOf({ isObserver: true });
  expect(sent(play.pass(5000))).toMatchObject([{ message: { phase: 'observer' } }]);
});
