/**
 * The timekeeper, sentence by sentence. (Cristian, "Probabilistic clock synchronization",
 * Distributed Computing 1989: the shortest round trip says most, and half of it bounds the error.)
 */
import { describe, expect, test } from 'vitest';
import { boundAt } from '../../machines/time-estimate.ts';
import { timekeeperMachine } from '../../machines/timekeeper.ts';
import { lan } from '../../protocol/timing.ts';
import { heard, only, Play, sent, typesOf } from './play.ts';

const timing = lan();
/** Which life of the node it is. */
const LIFE = 7;
const input = { id: 'n1', incarnation: LIFE, timing };
const played = (nowMs = 1000) => new Play(timekeeperMachine, input, { nowMs });

type Playing = ReturnType<typeof played>;

/** The leader's answer to what was asked at `sentMs`, when its clock stood at `groupMs`. */
const tell = (sentMs: number, groupMs: number, term = 1, life = LIFE) =>
  heard('n2', { type: 'timekeeper.tell', term, sentMs, groupMs, life } as const);

/** Has the node ask what time it is, now; gives when that was. */
const asked = (play: Playing): number => {
  play.hear({ type: 'clock.due', id: 'timekeeper:ask', atMs: play.nowMs });
  return play.nowMs;
};

/** What clocks may be apart after so long, each running fast or slow as it may. */
const drift = (ms: number) => (2 * ms * timing.clockDriftPpmMax) / 1e6;

const elected = (leader: string, term: number) =>
  ({ type: 'election.elected', leader, term }) as const;
const settled = { type: 'holder.settled' } as const;
const jumped = { type: 'clock.jumped', byMs: 5000 } as const;
const ask = (sentMs: number, echo?: { term: number; groupMs: number }) =>
  heard('n3', { type: 'timekeeper.ask', sentMs, ...(echo && { heard: echo }) } as const, 4);

/** One exchange whose ways take `thereMs` and `backMs`, while the group's time is ours + 5000. */
const exchange = (play: Playing, thereMs: number, backMs: number) => {
  const sentMs = asked(play);
  play.pass(thereMs);
  const groupMs = play.nowMs + 5000;
  play.pass(backMs);
  return only(play.hear(tell(sentMs, groupMs)), 'timekeeper.synced')[0];
};

describe('a backup', () => {
  const backup = (nowMs?: number) => {
    const play = played(nowMs);
    play.hear(elected('n2', 1));
    return play;
  };

  test('asks the leader at once, a few times quickly, then every timeSyncMs', () => {
    const play = played();
    const said = play.hear(elected('n2', 1));
    expect(sent(said)).toEqual([{ to: 'n2', message: { type: 'timekeeper.ask', sentMs: 1000 } }]);
    for (const waitMs of [200, 200, 200, 200, 2000, 2000]) {
      expect(sent(play.pass(waitMs - 1))).toEqual([]);
      expect(typesOf(play.pass(1))).toContain('timekeeper.ask');
      play.hear(tell(asked(play), play.nowMs));
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
      // Half the round trip, and what clocks may have drifted since the question.
      const boundMs = (there + back) / 2 + drift(there + back);
      expect(synced).toEqual({
        type: 'timekeeper.synced',
        offsetMs,
        boundMs,
        term: 1,
        isOwn: false,
      });
      expect(Math.abs((synced?.offsetMs ?? 0) - 5000)).toBeLessThanOrEqual(synced?.boundMs ?? 0);
    },
  );

  test('believes no answer to what it has not asked, and each answer once', () => {
    const play = backup();
    play.pass(100);
    const sentMs = play.nowMs;
    const madeUp = [tell(sentMs, sentMs + 9000), tell(sentMs - 1, sentMs + 9000)];
    for (const answer of madeUp) expect(play.hear(answer)).toEqual([]);
    asked(play);
    expect(typesOf(play.hear(tell(sentMs, sentMs + 5000)))).toEqual(['timekeeper.synced']);
    expect(play.hear(tell(sentMs, sentMs + 9000))).toEqual([]);
  });

  test('says a bound that grows with the age of what it knows', () => {
    const play = backup();
    exchange(play, 1, 1);
    play.pass(10_000);
    expect(exchange(play, 0, 100)).toMatchObject({ offsetMs: 5000, boundMs: 1 + drift(10_102) });
  });

  test('keeps the best round trip, however many worse ones follow, as long as it is the best', () => {
    const play = backup();
    exchange(play, 1, 1);
    expect(exchange(play, 50, 0)).toMatchObject({ offsetMs: 5000, boundMs: 1 + drift(52) });
    for (let k = 0; k < 8; k += 1) exchange(play, 20, 0);
    expect(exchange(play, 20, 0)).toMatchObject({ offsetMs: 5000, boundMs: 1 + drift(232) });
  });

  test('does not forget what it knows when its leader is told of once more', () => {
    const play = backup();
    exchange(play, 1, 1);
    play.hear(elected('n2', 1));
    expect(exchange(play, 0, 450)).toMatchObject({ offsetMs: 5000, boundMs: 1 + drift(452) });
  });

  test('takes the best by what its age leaves of it: a fresh one beats one that was shorter', () => {
    const play = backup();
    exchange(play, 1, 1);
    play.pass(100);
    expect(exchange(play, 4, 0)).toMatchObject({ offsetMs: 5000, boundMs: 1 + drift(106) });
    play.pass(2000);
    expect(exchange(play, 6, 0)).toMatchObject({ offsetMs: 5003, boundMs: 3 + drift(6) });
  });

  test('heeds only the leader of its term', () => {
    const play = backup();
    expect(play.hear(tell(1000, 9000, 2))).toEqual([]);
    expect(play.hear({ ...tell(1000, 9000), from: 'n3' })).toEqual([]);
  });

  test.each([
    ['of another life, whose clock began at another time', tell(990, 9000, 1, LIFE - 1)],
    ['on a clock that stood later', tell(900_000, 9000)],
  ])('does not heed the answer to a question %s', (_, late) => {
    const play = backup();
    expect(play.hear(late)).toEqual([]);
    expect(exchange(play, 1, 1)).toMatchObject({ offsetMs: 5000, term: 1 });
  });

  test('forgets what it sampled of one leader when there is another', () => {
    const play = backup();
    exchange(play, 1, 1);
    play.hear(elected('n2', 2));
    const sentMs = play.nowMs;
    play.pass(40);
    const [synced] = only(play.hear(tell(sentMs, sentMs + 7020, 2)), 'timekeeper.synced');
    expect(synced).toEqual({
      type: 'timekeeper.synced',
      offsetMs: 7000,
      boundMs: 20 + drift(40),
      isOwn: false,
      term: 2,
    });
  });

  test('keeps what it knows of earlier timescales, and lets it run free', () => {
    const play = backup();
    exchange(play, 1, 1);
    play.hear(elected('n3', 2));
    play.hear({ ...tell(asked(play), play.nowMs + 5100, 2), from: 'n3' });
    expect(play.snapshot.context.estimates).toEqual([
      { term: 1, offsetMs: 5000, boundMs: 1, takenMs: 1000, isOwn: false },
      { term: 2, offsetMs: 5100, boundMs: 0, takenMs: 1002, isOwn: false },
    ]);
  });

  test('remembers the last few timescales, not all', () => {
    const play = played();
    for (let term = 1; term <= 18; term += 1) {
      play.hear(elected('n2', term));
      play.hear(tell(1000, 6000, term));
    }
    const terms = play.snapshot.context.estimates.map(({ term }) => term);
    expect(terms).toEqual(Array.from({ length: 16 }, (_, k) => k + 3));
  });

  describe('whose clock or whose leader’s clock has jumped', () => {
    test('knows nothing any more when a round trip contradicts what it knew', () => {
      const play = backup();
      exchange(play, 1, 1);
      const said = play.hear(tell(asked(play), play.nowMs + 5002));
      expect(typesOf(said)).toEqual(['timekeeper.voided', 'timekeeper.ask', 'clock.wake']);
      expect(play.snapshot.context).toMatchObject({ estimates: [], samples: [], heardMs: null });
    });

    test.each([
      [5000 + 1 + drift(2), 'timekeeper.synced'],
      [5000 - 1 - drift(2), 'timekeeper.synced'],
      [5000 + 1.1 + drift(2), 'timekeeper.voided'],
      [5000 - 1.1 - drift(2), 'timekeeper.voided'],
    ])('judges by both bounds whether %d ms contradict 5000: %s', (offsetMs, verdict) => {
      const play = backup();
      exchange(play, 1, 1);
      const said = play.hear(tell(asked(play), play.nowMs + offsetMs));
      expect(typesOf(said)).toContain(verdict);
    });

    test('allows what both clocks may have drifted meanwhile', () => {
      const play = backup();
      exchange(play, 1, 1);
      play.pass(10_000);
      const mostMs = 5000 + 1 + drift(10_002) - 0.001;
      expect(typesOf(play.hear(tell(asked(play), play.nowMs + mostMs)))).toEqual([
        'timekeeper.synced',
      ]);
    });

    test('knows nothing of any timescale when its host says so, and asks anew', () => {
      const play = backup();
      exchange(play, 1, 1);
      play.hear(elected('n2', 2));
      play.hear(tell(asked(play), play.nowMs + 5000, 2));
      const said = play.hear(jumped);
      expect(typesOf(said)).toEqual(['timekeeper.voided', 'timekeeper.ask', 'clock.wake']);
      expect(said[0]).toEqual({
        type: 'timekeeper.voided',
        reason: 'our clock stood still or jumped by 5000 ms',
      });
      expect(play.snapshot.context.estimates).toEqual([]);
      play.pass(timing.timeSyncMs / 10);
      const [again] = only(
        play.hear(tell(asked(play), play.nowMs + 10_000, 2)),
        'timekeeper.synced',
      );
      expect(again).toMatchObject({ offsetMs: 10_000, boundMs: 0, term: 2 });
    });

    test.each([
      ['its host says so', () => jumped],
      ['it is contradicted', ({ nowMs }: Playing) => tell(nowMs, nowMs + 9000)],
    ])(
      'believes no answer to what it asked before: it may have waited here meanwhile (%s)',
      (_, event) => {
        const play = backup();
        exchange(play, 1, 1);
        play.pass(100);
        const askedMs = asked(play);
        play.hear(event(play));
        expect(play.hear(tell(askedMs, askedMs + 5000))).toEqual([]);
        play.pass(1);
        expect(play.hear(tell(askedMs, askedMs + 5000))).toEqual([]);
        expect(typesOf(play.hear(tell(asked(play), play.nowMs + 9000)))).toEqual([
          'timekeeper.synced',
        ]);
      },
    );
  });

  describe('that says it is here', () => {
    const echoes = (said: Parameters<typeof sent>[0]) =>
      sent(said).map(({ message }) =>
        message.type === 'timekeeper.ask' ? (message.heard ?? 'nothing') : message.type,
      );

    test('does so only when it has settled in this group', () => {
      const play = backup();
      play.hear(tell(asked(play), 6000));
      expect(echoes(play.pass(200))).toEqual(['nothing']);
      play.hear(settled);
      expect(echoes(play.pass(200))).toEqual([{ term: 1, groupMs: 6000 }]);
    });

    test('echoes the last answer of this term, and none of another', () => {
      const play = backup();
      play.hear(settled);
      play.hear(tell(asked(play), 6000));
      play.pass(200);
      play.hear(tell(asked(play), 6200));
      expect(echoes(play.pass(200))).toEqual([{ term: 1, groupMs: 6200 }]);
      expect(echoes(play.hear(elected('n3', 2)))).toEqual(['nothing']);
      expect(echoes(play.pass(200))).toEqual(['nothing']);
    });

    test('echoes nothing that it heard before its clock jumped', () => {
      const play = backup();
      play.hear(settled);
      play.hear(tell(asked(play), 6000));
      expect(echoes(play.hear(jumped))).toEqual(['nothing']);
    });
  });
});

describe('a leader', () => {
  const leader = () => {
    const play = played();
    play.hear(elected('n1', 1));
    return play;
  };

  test('that is the first keeps the time of its own clock', () => {
    const play = played();
    const said = play.hear(elected('n1', 1));
    expect(said).toEqual([
      { type: 'timekeeper.kept', term: 1, offsetMs: 0, related: [] },
      { type: 'timekeeper.synced', offsetMs: 0, boundMs: 0, term: 1, isOwn: true },
    ]);
    play.pass(234);
    expect(sent(play.hear(ask(77)))).toEqual([
      {
        to: 'n3',
        message: { type: 'timekeeper.tell', term: 1, sentMs: 77, groupMs: 1234, life: 4 },
      },
    ]);
  });

  test('goes on with the offset it had: the group’s time does not jump with the office', () => {
    const play = played();
    play.hear(elected('n2', 1));
    exchange(play, 1, 1);
    const said = play.hear(elected('n1', 2));
    expect(only(said, 'timekeeper.synced')).toMatchObject([{ offsetMs: 5000, term: 2 }]);
    play.pass(60_000);
    expect(sent(play.hear(ask(0)))).toMatchObject([
      { message: { groupMs: play.nowMs + 5000, term: 2 } },
    ]);
  });

  test('says how far its timescale may be from those before, by their age', () => {
    const play = played();
    play.hear(elected('n2', 1));
    exchange(play, 1, 1);
    play.hear(elected('n3', 2));
    const sentMs = asked(play);
    play.pass(2);
    play.hear({ ...tell(sentMs, play.nowMs + 5099, 2), from: 'n3' });
    play.pass(5000);
    const [kept] = only(play.hear(elected('n1', 3)), 'timekeeper.kept');
    expect(kept).toEqual({
      type: 'timekeeper.kept',
      term: 3,
      offsetMs: 5100,
      related: [
        { term: 2, boundMs: 1 + drift(5002) },
        { term: 1, boundMs: 100 + 1 + drift(5004) },
      ],
    });
  });

  test('is never off from its own clock, however long it leads', () => {
    const play = leader();
    const own = { term: 1, offsetMs: 0, boundMs: 0, takenMs: 1000, isOwn: true };
    expect(play.snapshot.context.estimates).toEqual([own]);
    expect(boundAt(own, 1_000_000_000, timing)).toBe(0);
  });

  test.each<[string, { term: number; groupMs: number } | undefined, number | null]>([
    ['says nothing of what it heard', undefined, null],
    ['heard this leader at 1500 in this term', { term: 1, groupMs: 1500 }, 1500],
    ['heard it this very moment', { term: 1, groupMs: 2000 }, 2000],
    ['heard what is still to come', { term: 1, groupMs: 2000.1 }, null],
    ['heard a leader of another term', { term: 2, groupMs: 1500 }, null],
    ['heard a leader of an earlier term', { term: 0, groupMs: 1500 }, null],
  ])('takes a peer that %s for present as it is', (_, echo, sinceMs) => {
    const play = leader();
    play.pass(1000);
    const present = only(play.hear(ask(77, echo)), 'timekeeper.present');
    const known = { type: 'timekeeper.present', peer: 'n3', term: 1, sinceMs };
    expect(present).toEqual(sinceMs === null ? [] : [known]);
  });

  test('whose clock has jumped tells no more time in its term, because it is the time', () => {
    const play = leader();
    expect(typesOf(play.hear(jumped))).toEqual(['timekeeper.voided']);
    expect(play.hear(ask(77, { term: 1, groupMs: 1000 }))).toEqual([]);
    expect(only(play.pass(10_000), 'timekeeper.synced')).toEqual([]);
    const said = play.hear(elected('n1', 2));
    expect(only(said, 'timekeeper.kept')).toEqual([
      { type: 'timekeeper.kept', term: 2, offsetMs: 0, related: [] },
    ]);
  });

  test('is only who is elected: others do not tell the time', () => {
    expect(played().hear(ask(0))).toEqual([]);
  });
});
