/**
 * Membership where a district is large: how rarely one speaks, who answers, and how views that
 * differ from the leader's are repaired by comparison.
 */
import { describe, expect, test } from 'vitest';
import { membershipMachine } from '../../machines/membership.ts';
import { ALL_TO_ALL_MAX, lifeOf, partOf, partPrints, printOf } from '../../machines/neighbours.ts';
import { ALL, type Message, type Only, PARTS } from '../../protocol/event.ts';
import { address, announce, inputOf, memberOf } from './membership-words.ts';
import { heard, only, Play, sent, typesOf } from './play.ts';

type Playing = ReturnType<typeof memberOf>;

/** A member that has met n2 to n`count`, and follows n2. */
const among = (count: number, leader = 'n2') => {
  const play = memberOf();
  for (let k = 2; k <= count; k += 1) play.hear(heard(`n${k}`, announce(k)));
  play.hear({ type: 'election.elected', leader, term: 1 });
  return play;
};

/** The leader's beat, when it has these nodes in its view. */
const beatOf = (leader: string, view: readonly string[]) =>
  heard(leader, {
    type: 'detector.beat',
    term: 1,
    leader,
    store: leader,
    index: 0,
    commit: 0,
    view: printOf(view.map((id) => lifeOf(id, 1))),
  } as const);

const named = (from: number, until: number) =>
  Array.from({ length: until - from + 1 }, (_, k) => `n${from + k}`);

const viewOf = (play: Playing) => play.snapshot.context.view.map(([peer]) => peer);
const announcements = (said: ReturnType<Play<never>['pass']>) =>
  sent(said).filter(({ message }) => message.type === 'membership.announce');

/** What the leader answers about a part of its view. */
const shown = (id: string, members: readonly string[], incarnation = 1) =>
  heard('n2', {
    type: 'membership.view',
    part: partOf(id),
    members: members
      .filter((node) => partOf(node) === partOf(id))
      .map((node) => ({ node, incarnation, store: node, ...address(Number(node.slice(1))) })),
  } satisfies Only<Message, 'membership.view'>);

describe('who joins', () => {
  test.each([
    [31, 2],
    [32, 1],
  ])('hearing %i others do so, announces itself %i times before it has settled', (count, times) => {
    const play = new Play(membershipMachine, inputOf());
    const first = play.hear({ type: 'wire.opened', ...address(1) });
    for (let k = 2; k < 2 + count; k += 1) {
      play.hear(heard(`n${k}`, announce(k, { phase: 'joining', asks: true })));
    }
    const said = [...first, ...play.pass(499)];
    expect(announcements(said)).toHaveLength(times);
    expect(announcements(play.pass(1))).toHaveLength(1);
  });
});

describe('the larger the view,', () => {
  test('the more rarely a member announces itself', () => {
    const counts = [4, 16, 100].map((count) => {
      const play = among(count);
      play.pass(1_000);
      return announcements(play.pass(600_000)).length;
    });
    // The first wait began when the view was smaller.
    expect(counts).toEqual([120, 30, 5]);
  });

  test('the longer one waits to answer, so that one answer serves many', () => {
    const play = among(ALL_TO_ALL_MAX);
    play.hear(heard('n3', announce(3, { asks: true })));
    expect(announcements(play.pass(50))).toHaveLength(1);
    for (let k = 2; k <= 65; k += 1)
      play.hear(heard(`m${k}`, { ...announce(k), phase: 'joining' }));
    play.hear(heard('n3', announce(3, { asks: true })));
    expect(announcements(play.pass(150))).toHaveLength(0);
    expect(announcements(play.pass(150))).toHaveLength(1);
  });
});

describe('in a large view', () => {
  const asks = heard('n30', announce(30, { asks: true, phase: 'joining' }));

  test('the leader answers who asks, and nobody else does', () => {
    const [ordinary, leader] = [among(20), among(20, 'n1')];
    leader.pass(1_000);
    for (const play of [ordinary, leader]) play.hear(asks);
    expect(announcements(ordinary.pass(1_000))).toEqual([]);
    expect(announcements(leader.pass(1_000))).toMatchObject([{ to: ALL }]);
  });

  test('all answer an observer', () => {
    const play = among(20);
    play.hear(heard('status', announce(30, { asks: true, phase: 'observer' })));
    expect(announcements(play.pass(1_000))).toHaveLength(1);
  });

  test('a new leader announces itself, because who came before was not answered', () => {
    const play = among(20);
    play.hear({ type: 'election.elected', leader: 'n1', term: 2 });
    expect(announcements(play.pass(1_000))).toHaveLength(1);
  });

  test('a node that hears its own obituary announces itself', () => {
    const play = among(20);
    const obituary = (peerIncarnation: number) =>
      heard('n5', {
        type: 'detector.obituary',
        peer: 'n1',
        peerIncarnation,
        reason: 'silent',
      } as const);
    play.hear(obituary(0));
    expect(announcements(play.pass(1_000))).toEqual([]);
    play.hear(obituary(1));
    expect(announcements(play.pass(1_000))).toHaveLength(1);
  });
});

describe('a view that differs from the leader’s', () => {
  /** Lets the leader beat for a while. */
  const beating = (play: Playing, view: readonly string[], ms = 2_000) => {
    const first = play.told.length;
    for (let passed = 0; passed < ms; passed += 320) {
      play.hear(beatOf('n2', view));
      play.pass(320);
    }
    return play.told.slice(first).map(({ event }) => event);
  };
  const all = ['n1', ...named(3, 20)];

  test('is no difference when both have the same: each counts the other, and not itself', () => {
    expect(beating(among(20), all)).toEqual([]);
  });

  test('for a moment is not worth a word; for longer it is compared, part by part', () => {
    const play = among(20);
    play.hear(beatOf('n2', [...all, 'n21']));
    play.pass(500);
    expect(play.hear(beatOf('n2', all))).toEqual([]);
    const said = beating(play, [...all, 'n21']);
    const prints = partPrints(['n2', ...all].map((id) => lifeOf(id, 1)));
    expect(sent(said)[0]).toEqual({
      to: 'n2',
      message: { type: 'membership.compare', prints, reply: address(1) },
    });
  });

  test('is shown by the leader in the parts that differ, and to the address that asks', () => {
    const leader = among(20, 'n1');
    const theirs = named(1, 19).map((id) => lifeOf(id, 1));
    const compare = (prints: number[]) =>
      leader.hear(heard('n7', { type: 'membership.compare', prints, reply: address(7) } as const));
    const answers = sent(compare(partPrints(theirs)));
    expect(answers).toMatchObject([
      { to: address(7), message: { type: 'membership.view', part: partOf('n20') } },
    ]);
    const nodes = named(1, 20).filter((id) => partOf(id) === partOf('n20'));
    expect(answers[0]?.message).toMatchObject({
      members: nodes.sort().map((node) => expect.objectContaining({ node })),
    });
    expect(sent(compare(new Array<number>(PARTS).fill(0))).length).toBeGreaterThan(5);
    expect(compare(partPrints([...theirs, lifeOf('n20', 1)]))).toEqual([]);
    const prints = partPrints(theirs);
    const ask = heard('n7', { type: 'membership.compare', prints, reply: address(7) } as const);
    expect(among(20).hear(ask)).toEqual([]);
  });

  test('takes whom the leader has', () => {
    const play = among(20);
    const said = play.hear(shown('n21', ['n1', ...named(2, 21)]));
    expect(only(said, 'membership.joined')).toMatchObject([
      { peer: 'n21', peerIncarnation: 1, ...address(21) },
    ]);
    expect(viewOf(play)).toContain('n21');
    expect(beating(play, [...all, 'n21'])).toEqual([]);
  });

  test('takes a newer life, and never an older one', () => {
    const play = among(20);
    const newer = play.hear(shown('n20', named(1, 20), 2));
    expect(newer).toContainEqual(
      expect.objectContaining({ type: 'membership.left', peer: 'n20', how: 'restarted' }),
    );
    expect(newer).toContainEqual(
      expect.objectContaining({ type: 'membership.joined', peer: 'n20', peerIncarnation: 2 }),
    );
    expect(typesOf(play.hear(shown('n20', named(1, 20), 1)))).toEqual([]);
  });

  test('doubts whom the leader has not, and keeps it until it is known to be dead', () => {
    const play = among(20);
    const said = play.hear(shown('n20', named(1, 19)));
    expect(only(said, 'membership.doubted')).toEqual([{ type: 'membership.doubted', peer: 'n20' }]);
    expect(viewOf(play)).toContain('n20');
  });

  test('announces itself when it is the one who is missing', () => {
    const play = among(20);
    play.hear(shown('n1', named(1, 20)));
    expect(announcements(play.pass(1_000))).toEqual([]);
    play.hear(shown('n1', named(2, 20)));
    expect(announcements(play.pass(1_000))).toHaveLength(1);
  });

  test('is taken from nobody but the leader', () => {
    const play = among(20);
    expect(play.hear({ ...shown('n21', named(1, 21)), from: 'n5' })).toEqual([]);
    expect(play.hear(beatOf('n5', []))).toEqual([]);
  });
});
