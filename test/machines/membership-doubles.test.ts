/**
 * Two nodes that go by one id: whoever comes second is told, and of two that start together exactly
 * one stands.
 */
import { describe, expect, test } from 'vitest';
import { membershipMachine } from '../../machines/membership.ts';
import { ALL, type Message, type Only } from '../../protocol/event.ts';
import { address, announce, inputOf, memberOf } from './membership-words.ts';
import { heard, Play, sent, typesOf } from './play.ts';

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

  test.each<{ who: string; later: number; phase: 'joining' | 'member'; ends: boolean }>([
    { who: 'a later life that is a member', later: 1, phase: 'member', ends: true },
    { who: 'a later life that still joins', later: 1, phase: 'joining', ends: false },
    { who: 'an earlier life that has not noticed', later: -1, phase: 'member', ends: false },
  ])('gives way to $who: $ends', ({ later, phase, ends }) => {
    const play = memberOf();
    const { incarnation } = inputOf();
    const double = heard('n1', announce(9, { store: 's9', phase }));
    const said = play.hear({ ...double, incarnation: incarnation + later });
    const reason = 'another node with the id n1 has taken our place (its store is s9)';
    const told = ends ? [{ type: 'membership.duplicate', reason }] : [];
    expect(said.filter(({ type }) => type === 'membership.duplicate')).toEqual(told);
    expect(play.value === 'duplicate').toBe(ends);
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
