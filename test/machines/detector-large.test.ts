/**
 * The failure detector in a view too large for all to beat to all: who beats to whom, who tells of a
 * death, and who believes it (SWIM, DSN 2002, sections 3.1 and 4.1).
 */
import { describe, expect, test } from 'vitest';
import { detectorMachine } from '../../machines/detector.ts';
import { lifeOf, monitorsOf, type Ring, watchedBy, withLife } from '../../machines/neighbours.ts';
import { ALL, type Emitted } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import { heard, only, Play, sent, typesOf } from './play.ts';

const timing = lan();
const { beatMs, heartbeatTimeoutMs } = timing;
const ids = Array.from({ length: 40 }, (_, k) => `n${k + 1}`);
const others = ids.filter((id) => id !== 'n1');
const ring = ids.reduce<Ring>((so, id) => withLife(so, lifeOf(id, 1)), []);
const monitors = monitorsOf(ring, 'n1');
const watched = watchedBy(ring, 'n1');
const [victim = ''] = watched;
const stranger = others.find((id) => !watched.includes(id) && !monitors.includes(id)) ?? '';
const pulse = { type: 'detector.pulse' } as const;

const joined = (peer: string) =>
  ({
    type: 'membership.joined',
    peer,
    peerIncarnation: 1,
    store: peer,
    host: '10.0.0.1',
    port: 6000,
  }) as const;

/** Node n1 of forty, in a group and under a leader that it does not watch otherwise. */
const district = ({ leader = stranger, votes = false } = {}) => {
  const play = new Play(detectorMachine, { id: 'n1', store: 's1', timing }, { nowMs: 10_000 });
  for (const peer of others) play.hear(joined(peer));
  if (votes) {
    const voters = [{ node: 'n1', store: 's1' }];
    play.hear({ type: 'replica.configured', voters, index: 1 });
  }
  play.hear({ type: 'genesis.formed', group: 'g' });
  play.hear({ type: 'election.elected', leader, term: 1 });
  return play;
};
type Playing = ReturnType<typeof district>;

const leaderBeat = (from: string) =>
  heard(from, {
    type: 'detector.beat',
    term: 1,
    leader: from,
    store: from,
    index: 0,
    commit: 0,
  } as const);

/** Lets time pass while `living` are heard as often as they should be, and the leader too. */
const live = (play: Playing, living: readonly string[], ms: number, leader = stranger) => {
  const first = play.told.length;
  for (let passed = 0, turn = 0; passed < ms; passed += beatMs, turn += 1) {
    play.pass(beatMs);
    if (leader !== '') play.hear(leaderBeat(leader));
    const peer = watched[turn % watched.length] as string;
    if (living.includes(peer)) play.hear(heard(peer, pulse));
  }
  return play.told.slice(first).map(({ event }) => event);
};

const to = (said: readonly Emitted[], type: string) =>
  sent(said).flatMap((one) => (one.message.type === type ? [one.to] : []));

describe('an ordinary node', () => {
  test('beats as often as ever, to one monitor after the other, and to nobody else', () => {
    const said = district().pass(beatMs * 8);
    expect(to(said, 'detector.pulse')).toEqual([...monitors.slice(1), ...monitors, monitors[0]]);
    expect(to(said, 'detector.beat')).toEqual([]);
  });

  test('says where it stands to the leader if it votes, at every beat', () => {
    const said = district({ votes: true }).pass(beatMs * 4);
    expect(to(said, 'detector.beat')).toEqual(Array(4).fill(stranger));
    expect(to(said, 'detector.pulse')).toHaveLength(4);
  });

  test('watches its neighbours and the leader, and nobody else', () => {
    const { peers } = district().snapshot.context;
    expect(Object.keys(peers).sort()).toEqual([...watched, stranger].sort());
  });

  test('is content with one beat in as many as there are monitors', () => {
    const said = live(district(), watched, 30_000);
    expect(typesOf(said).filter((type) => /suspected|failed|obituary/.test(type))).toEqual([]);
  });
});

describe('the leader of a large view', () => {
  test('beats to all, and says what its view is', () => {
    const said = district({ leader: 'n1' }).pass(beatMs * 2);
    const beats = sent(said).filter(({ message }) => message.type === 'detector.beat');
    expect(beats).toMatchObject(
      Array(2).fill({ to: ALL, message: { leader: 'n1', view: expect.any(Number) } }),
    );
    expect(to(said, 'detector.pulse')).toEqual([]);
  });

  test('says so to all when it leads no longer, because nobody would hear it otherwise', () => {
    const said = district({ leader: 'n1' }).hear({
      type: 'election.lost',
      term: 1,
      reason: 'stepped down',
    });
    const [resignation] = sent(said);
    expect(resignation).toMatchObject({ to: ALL, message: { type: 'detector.beat', term: 1 } });
    expect(resignation?.message).not.toHaveProperty('leader');
  });
});

describe('a monitor', () => {
  const silenced = () => {
    const play = district();
    live(play, watched, 64 * beatMs);
    return { play, said: live(play, watched.slice(1), heartbeatTimeoutMs + beatMs * 4) };
  };

  test('fails by T_hb whom nobody reaches any more, and tells all, once', () => {
    const { play, said } = silenced();
    expect(only(said, 'detector.failed')).toMatchObject([{ peer: victim }]);
    expect(sent(said).filter(({ message }) => message.type === 'detector.obituary')).toMatchObject([
      { to: ALL, message: { peer: victim, peerIncarnation: 1 } },
    ]);
    const times = play.told.flatMap(({ atMs, event }) =>
      event.type === 'detector.failed' ? [atMs] : [],
    );
    const lastHeardAt = 10_000 + 64 * beatMs;
    expect(times[0]).toBeLessThanOrEqual(lastHeardAt + heartbeatTimeoutMs);
  });

  test('probes first, directly and through others', () => {
    const { said } = silenced();
    expect(to(said, 'detector.probe')).toContain(victim);
    expect(to(said, 'detector.ask')).toHaveLength(3);
  });

  test('that hears nobody is cut off itself: it tells nobody', () => {
    const play = district();
    live(play, watched, 64 * beatMs);
    const said = live(play, [], heartbeatTimeoutMs * 2, '');
    expect(only(said, 'detector.failed').length).toBeGreaterThanOrEqual(watched.length);
    expect(to(said, 'detector.obituary')).toEqual([]);
  });

  test('tells at once of a peer whose host says that the process is gone', () => {
    const said = district().hear({ type: 'wire.lost', peer: victim, why: 'refused' });
    expect(typesOf(said)).toEqual(['detector.suspected', 'detector.failed', 'detector.obituary']);
  });

  test('takes over the neighbours of one who left, and opens a connection to them', () => {
    const play = district();
    const left = { type: 'membership.left', peer: victim, how: 'failed', reason: '' } as const;
    const said = play.hear(left);
    const next = watchedBy(
      ring.filter(({ id }) => id !== victim),
      'n1',
    );
    const added = next.filter((id) => !watched.includes(id));
    expect(added).toHaveLength(1);
    expect(to(said, 'detector.probe')).toEqual(added);
  });
});

describe('who does not watch a peer', () => {
  test('fails it when its host says that the process is gone, but leaves telling to others', () => {
    const said = district().hear({ type: 'wire.lost', peer: monitors[0] ?? '', why: 'refused' });
    expect(typesOf(said)).toEqual(['detector.failed']);
  });

  test('probes one whom somebody else doubts, and fails it for itself when there is no answer', () => {
    const play = district();
    live(play, watched, 5_000);
    const asked = play.hear({ type: 'membership.doubted', peer: monitors[0] ?? '' });
    expect(to(asked, 'detector.probe')).toEqual([monitors[0]]);
    const said = live(play, watched, heartbeatTimeoutMs + beatMs);
    expect(only(said, 'detector.failed')).toMatchObject([{ peer: monitors[0] }]);
    expect(to(said, 'detector.obituary')).toEqual([]);
  });

  test('doubts no longer once it has answered', () => {
    const play = district();
    const peer = monitors[0] ?? '';
    play.hear({ type: 'membership.doubted', peer });
    play.hear(heard(peer, { type: 'detector.alive' }));
    expect(play.snapshot.context.peers).not.toHaveProperty(peer);
  });
});

describe('an obituary', () => {
  const obituary = (peer: string, peerIncarnation = 1) =>
    heard('n9', { type: 'detector.obituary', peer, peerIncarnation, reason: 'silent' } as const);

  test('is believed by who knows no better, and says whose word it is', () => {
    const said = district().hear(obituary(monitors[0] ?? ''));
    expect(said).toEqual([
      { type: 'detector.failed', peer: monitors[0], reason: 'silent (says n9)' },
    ]);
  });

  test.each([
    ['of a peer that was heard of late', stranger, 1],
    ['of another life', monitors[0] ?? '', 0],
    ['of somebody who is not in the view', 'n99', 1],
    ['of ourselves', 'n1', 1],
  ])('%s is not believed', (_, peer, incarnation) => {
    const play = district();
    play.hear(leaderBeat(stranger));
    expect(play.hear(obituary(peer, incarnation))).toEqual([]);
  });
});

test('views grow and shrink over the border without anybody being failed', () => {
  const play = new Play(detectorMachine, { id: 'n1', store: 's1', timing });
  const said: Emitted[] = [];
  for (const peer of others) said.push(...play.hear(joined(peer)));
  for (const peer of others) {
    if (peer === victim) continue;
    said.push(...play.hear({ type: 'membership.left', peer, how: 'goodbye', reason: '' }));
  }
  expect(typesOf(said).filter((type) => /failed|obituary/.test(type))).toEqual([]);
  expect(play.snapshot.context.peers[victim]).toMatchObject({ everyMs: beatMs });
});
