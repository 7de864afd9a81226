/**
 * The timekeeper, sentence by sentence. (Cristian, "Probabilistic clock synchronization",
 * Distributed Computing 1989: the shortest round trip says most, and half of it bounds the error.)
 */
import { describe, expect, test } from 'vitest';
import { timekeeperMachine } from '../../machines/timekeeper.ts';
import { lan } from '../../protocol/timing.ts';
import { heard, only, Play, sent, typesOf } from './play.ts';

const timing = lan();
const played = (nowMs = 1000) => new Play(timekeeperMachine, { id: 'n1', timing }, { nowMs });

type Playing = ReturnType<typeof played>;

/** The leader's answer to what was asked at `sentMs`, when its clock stood at `groupMs`. */
const tell = (sentMs: number, groupMs: number, term = 1) =>
  heard('n2', { type: 'timekeeper.tell', term, sentMs, groupMs } as const);

/** One exchange whose ways take `thereMs` and `backMs`, while the group's time is ours + 5000. */
const exchange = (play: Playing, thereMs: number, backMs: number) => {
  const sentMs = play.nowMs;
  play.pass(thereMs);
  const groupMs = play.nowMs + 5000;
  play.pass(backMs);
  return only(play.hear(tell(sentMs, groupMs)), 'timekeeper.synced')[0];
};

describe('a backup', () => {
  const backup = (nowMs?: number) => {
    const play = played(nowMs);
    play.hear({ type: 'election.elected', leader: 'n2', term: 1 });
    return play;
  };

  test('asks the leader at once, a few times quickly, then every timeSyncMs', () => {
    const play = played();
    const said = play.hear({ type: 'election.elected', leader: 'n2', term: 1 });
    const ask = { type: 'timekeeper.ask', sentMs: 1000 };
    expect(sent(said)).toEqual([{ to: 'n2', message: ask }]);
    for (const waitMs of [200, 200, 200, 200, 2000, 2000]) {
      expect(sent(play.pass(waitMs - 1))).toEqual([]);
      expect(typesOf(play.pass(1))).toContain('timekeeper.ask');
      play.hear(tell(play.nowMs, 0));
    }
  });

  test.each([
    [1, 1, 5000],
    [10, 0, 5005],
    [0, 10, 4995],
    [30, 10, 5010],
  ])(
    'learns the offset from ways of %d and %d ms, off by at most its bound',
    (there, back, offsetMs) => {
      const synced = exchange(backup(), there, back);
      expect(synced).toMatchObject({ offsetMs, boundMs: (there + back) / 2, term: 1 });
      expect(Math.abs((synced?.offsetMs ?? 0) - 5000)).toBeLessThanOrEqual(synced?.boundMs ?? 0);
    },
  );

  test('keeps the best of recent round trips', () => {
    const play = backup();
    exchange(play, 1, 1);
    expect(exchange(play, 50, 0)).toMatchObject({ offsetMs: 5000, boundMs: 1 });
    for (let k = 0; k < 8; k += 1) exchange(play, 20, 0);
    expect(exchange(play, 20, 0)).toMatchObject({ offsetMs: 5010, boundMs: 10 });
  });

  test('heeds only the leader of its term', () => {
    const play = backup();
    expect(play.hear(tell(1000, 9000, 2))).toEqual([]);
    expect(play.hear({ ...tell(1000, 9000), from: 'n3' })).toEqual([]);
  });

  test('does not heed the answer to a question that an earlier life of it asked', () => {
    const play = backup();
    expect(play.hear(tell(900_000, 9000))).toEqual([]);
    expect(exchange(play, 1, 1)).toMatchObject({ offsetMs: 5000, boundMs: 1 });
  });

  test('forgets what it learned of one leader when there is another', () => {
    const play = backup();
    exchange(play, 1, 1);
    play.hear({ type: 'election.elected', leader: 'n2', term: 2 });
    const sentMs = play.nowMs;
    play.pass(40);
    const [synced] = only(play.hear(tell(sentMs, sentMs + 7020, 2)), 'timekeeper.synced');
    expect(synced).toEqual({
      type: 'timekeeper.synced',
      offsetMs: 7000,
      boundMs: 20,
      term: 2,
    });
  });
});

describe('a leader', () => {
  test('that is the first keeps the time of its own clock', () => {
    const play = played();
    const said = play.hear({ type: 'election.elected', leader: 'n1', term: 1 });
    expect(said).toEqual([{ type: 'timekeeper.synced', offsetMs: 0, boundMs: 0, term: 1 }]);
    play.pass(234);
    expect(sent(play.hear(heard('n3', { type: 'timekeeper.ask', sentMs: 77 })))).toEqual([
      { to: 'n3', message: { type: 'timekeeper.tell', term: 1, sentMs: 77, groupMs: 1234 } },
    ]);
  });

  test('goes on with the offset it had: the group’s time does not jump with the office', () => {
    const play = played();
    play.hear({ type: 'election.elected', leader: 'n2', term: 1 });
    exchange(play, 1, 1);
    const said = play.hear({ type: 'election.elected', leader: 'n1', term: 2 });
    expect(only(said, 'timekeeper.synced')).toMatchObject([{ offsetMs: 5000, term: 2 }]);
    expect(typesOf(play.pass(60_000))).toEqual([]);
    expect(sent(play.hear(heard('n3', { type: 'timekeeper.ask', sentMs: 0 })))).toMatchObject([
      { message: { groupMs: play.nowMs + 5000, term: 2 } },
    ]);
  });

  test('is only who is elected: others do not tell the time', () => {
    expect(played().hear(heard('n3', { type: 'timekeeper.ask', sentMs: 0 }))).toEqual([]);
  });
});
