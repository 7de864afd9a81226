/**
 * The failure detector, sentence by sentence: φ-accrual (Hayashibara et al., SRDS 2004), indirect
 * probes (SWIM, DSN 2002, section 3.1), doubting oneself first (Lifeguard, DSN 2018).
 */
import { describe, expect, test } from 'vitest';
import { detectorMachine } from '../../machines/detector.ts';
import { silenceUntil } from '../../machines/phi.ts';
import { ALL, type Emitted, type Message, type Only } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import { heard, only, Play, sent, typesOf } from './play.ts';

const timing = lan();
const { beatMs, heartbeatTimeoutMs, probeTimeoutMs } = timing;
const beat = (store: string) =>
  ({ type: 'detector.beat', term: 1, store, index: 0, commit: 0 }) as const;
const joined = (peer: string) =>
  ({
    type: 'membership.joined',
    peer,
    peerIncarnation: 1,
    store: peer,
    host: '10.0.0.1',
    port: 6000,
  }) as const;

/** A node that watches these peers, which have beaten regularly so far. */
const watching = (peers: readonly string[], beats = 10, lateMs = () => 0) => {
  const input = { id: 'n1', store: 's1', timing };
  const play = new Play(detectorMachine, input, { nowMs: 10_000, lateMs });
  for (const peer of peers) play.hear(joined(peer));
  for (let k = 0; k < beats; k += 1) {
    play.pass(beatMs);
    for (const peer of peers) play.hear(heard(peer, beat(peer)));
  }
  return play;
};

type Playing = ReturnType<typeof watching>;

/** Lets time pass while only `living` beat; gives all that was said, with when since the start. */
const keepBeating = (play: Playing, living: readonly string[], ms: number) => {
  const from = play.nowMs;
  const first = play.told.length;
  for (let at = beatMs; at <= ms; at += beatMs) {
    play.pass(beatMs);
    for (const peer of living) play.hear(heard(peer, beat(peer)));
  }
  play.pass(from + ms - play.nowMs);
  return play.told.slice(first).map(({ atMs, event }) => ({ ms: atMs - from, event }));
};

const timeOf = (told: { ms: number; event: Emitted }[], type: string, peer = 'n2') =>
  told.find(({ event }) => typesOf([event])[0] === type && addressee(event) === peer)?.ms;

const addressee = (event: Emitted) =>
  event.type === 'wire.send' ? event.to : 'peer' in event ? event.peer : undefined;

describe('a peer that falls silent', () => {
  const arrivals = { meanMs: beatMs + timing.acceptablePauseMs, deviationMs: 40 };
  const suspectedMs = silenceUntil(timing.suspicionPhi, arrivals);

  test('is suspected when φ reaches the threshold, and the suspicion says why (SRDS 2004)', () => {
    const told = keepBeating(watching(['n2']), [], 4000);
    expect(timeOf(told, 'detector.suspected')).toBeCloseTo(suspectedMs, 3);
    const events = told.map(({ event }) => event);
    expect(only(events, 'detector.suspected')).toMatchObject([
      { reason: expect.stringMatching(/silent for \d+ ms, expected every 320 ± 40 ms, φ 8/) },
    ]);
  });

  test('is failed once, never later than T_hb after the last sign of life', () => {
    for (const lateMs of [0, 50, 99]) {
      const told = keepBeating(
        watching(['n2'], 10, () => lateMs),
        [],
        10_000,
      );
      const failed = told.filter(({ event }) => event.type === 'detector.failed');
      expect(failed).toHaveLength(1);
      expect(failed[0]?.ms).toBeLessThanOrEqual(heartbeatTimeoutMs);
      expect(failed[0]?.ms).toBeGreaterThan(heartbeatTimeoutMs * 0.9);
    }
  });

  test('is failed by T_hb although it never beat at all', () => {
    const told = keepBeating(watching(['n2'], 0), [], 10_000);
    expect(timeOf(told, 'detector.failed')).toBeLessThanOrEqual(heartbeatTimeoutMs);
  });

  test('is probed directly by T_hb / 2, then through three peers that are trusted (SWIM 3.1)', () => {
    const peers = ['n2', 'n3', 'n4', 'n5', 'n6'];
    const told = keepBeating(watching(peers), ['n3', 'n4', 'n5', 'n6'], 4000);
    expect(timeOf(told, 'detector.probe')).toBeLessThanOrEqual(heartbeatTimeoutMs / 2);
    for (const helper of ['n3', 'n4', 'n5']) {
      const askedMs = timeOf(told, 'detector.ask', helper);
      expect(askedMs).toBe(heartbeatTimeoutMs / 2 + probeTimeoutMs);
    }
    expect(timeOf(told, 'detector.ask', 'n6')).toBeUndefined();
    expect(timeOf(told, 'detector.failed')).toBeGreaterThan(
      heartbeatTimeoutMs / 2 + 2 * probeTimeoutMs - 1,
    );
    expect(told.filter(({ event }) => event.type === 'detector.failed')).toHaveLength(1);
  });

  test('is no helper for another that is silent too', () => {
    const told = keepBeating(watching(['n2', 'n3']), [], 4000);
    expect(timeOf(told, 'detector.ask', 'n3')).toBeUndefined();
  });

  test.each([
    ['its beat', heard('n2', beat('n2'))],
    ['its answer to a probe', heard('n2', { type: 'detector.alive' })],
    ['its own probe', heard('n2', { type: 'detector.probe' })],
    [
      'the word of a helper that it answered',
      heard('n3', { type: 'detector.vouch', peer: 'n2', peerIncarnation: 1 }),
    ],
  ] as const)('is cleared by %s, and then has T_hb again', (_, sign) => {
    const play = watching(['n2', 'n3']);
    keepBeating(play, ['n3'], 2800);
    expect(only(play.hear(sign), 'detector.cleared')).toEqual([
      { type: 'detector.cleared', peer: 'n2' },
    ]);
    const told = keepBeating(play, ['n3'], 4000);
    const failedMs = timeOf(told, 'detector.failed') ?? 0;
    expect(failedMs).toBeGreaterThan(heartbeatTimeoutMs * 0.9);
    expect(failedMs).toBeLessThanOrEqual(heartbeatTimeoutMs);
  });

  test('is not cleared by what an earlier life of it says, or a helper of an earlier life', () => {
    const play = watching(['n2', 'n3']);
    keepBeating(play, ['n3'], 2800);
    const old = { type: 'detector.vouch', peer: 'n2', peerIncarnation: 0 } as const;
    expect(typesOf(play.hear(heard('n3', old)))).toEqual([]);
    expect(typesOf(play.hear(heard('n2', beat('n2'), 0)))).toEqual([]);
    expect(typesOf(play.pass(200))).toContain('detector.failed');
  });

  test('is watched no more once it has left the view', () => {
    const play = watching(['n2']);
    play.hear({ type: 'membership.left', peer: 'n2', how: 'goodbye', reason: '' });
    expect(keepBeating(play, [], 10_000).filter(({ event }) => 'peer' in event)).toEqual([]);
  });
});

describe('another contract', () => {
  const changed = (heartbeatMs: number, everyMs = beatMs) => ({
    type: 'contract.changed' as const,
    timing: { ...timing, heartbeatTimeoutMs: heartbeatMs, beatMs: everyMs },
    ...{ former: [timing], changes: [] },
  });

  test.each([2_000, 6_000])('holds for a silence that has begun: failed after %d ms', (ms) => {
    const play = watching(['n2', 'n3']);
    keepBeating(play, ['n3'], beatMs * 4);
    play.hear(changed(ms));
    const told = keepBeating(play, ['n3'], 8_000);
    const silentMs = (timeOf(told, 'detector.failed') ?? 0) + beatMs * 4;
    expect(silentMs).toBeGreaterThan(ms * 0.9);
    expect(silentMs).toBeLessThanOrEqual(ms);
  });

  test('of other beats suspects nobody who goes on as before until he follows', () => {
    for (const everyMs of [beatMs - 60, beatMs + 60]) {
      const play = watching(['n2', 'n3']);
      play.hear(changed(heartbeatTimeoutMs, everyMs));
      const told = keepBeating(play, ['n2', 'n3'], 5_000);
      expect(timeOf(told, 'detector.suspected')).toBeUndefined();
    }
  });
});

describe('a broken connection', () => {
  test('that was reset leads to a probe, and proves nothing by itself', () => {
    const said = watching(['n2']).hear({ type: 'wire.lost', peer: 'n2', why: 'reset' });
    expect(sent(said)).toEqual([{ to: 'n2', message: { type: 'detector.probe' } }]);
    expect(said).toHaveLength(1);
  });

  test('that is refused fails the peer at once: its host says that the process is gone', () => {
    const said = watching(['n2']).hear({ type: 'wire.lost', peer: 'n2', why: 'refused' });
    expect(typesOf(said)).toEqual(['detector.suspected', 'detector.failed']);
    expect(only(said, 'detector.suspected')[0]?.phi).toBeGreaterThanOrEqual(0);
  });

  test.each(['unreachable', 'overflow'] as const)('that is %s proves nothing', (why) =>
    expect(watching(['n2']).hear({ type: 'wire.lost', peer: 'n2', why })).toEqual([]),
  );

  test('to a stranger means nothing', () => {
    for (const peer of ['n9', '__proto__', 'constructor']) {
      expect(watching(['n2']).hear({ type: 'wire.lost', peer, why: 'refused' })).toEqual([]);
    }
  });
});

describe('a node whose own loop stalled', () => {
  test('doubts itself first: nobody is suspected for the time it slept (Lifeguard)', () => {
    const play = watching(['n2', 'n3']);
    play.pass(200);
    play.stall(10_000);
    const said = play.pass(beatMs - 1);
    for (const peer of ['n2', 'n3']) play.hear(heard(peer, beat(peer)));
    said.push(...keepBeating(play, ['n2', 'n3'], 5000).map(({ event }) => event));
    expect(said.filter(({ type }) => /suspected|failed/.test(type))).toEqual([]);
  });

  test('still fails who stays silent, after T_hb of its own running time', () => {
    const play = watching(['n2']);
    play.pass(600);
    play.stall(10_000);
    const told = keepBeating(play, [], 4000);
    expect(timeOf(told, 'detector.failed')).toBeLessThanOrEqual(heartbeatTimeoutMs);
  });
});

describe('a helper', () => {
  test('probes whom it is asked about, and vouches when that one answers (SWIM 3.1)', () => {
    const play = watching(['n2', 'n3']);
    const asked = play.hear(heard('n3', { type: 'detector.ask', peer: 'n2' }));
    const probe = { type: 'detector.probe', for: 'n3' } as const;
    expect(sent(asked)).toEqual([{ to: 'n2', message: probe }]);
    const vouch = { type: 'detector.vouch', peer: 'n2', peerIncarnation: 1 };
    expect(sent(play.hear(heard('n2', { type: 'detector.alive', for: 'n3' })))).toEqual([
      { to: 'n3', message: vouch },
    ]);
  });

  test('does not probe strangers', () => {
    const ask = heard('n2', { type: 'detector.ask', peer: 'n9' } as const);
    expect(watching(['n2']).hear(ask)).toEqual([]);
  });

  test('answers a probe, and says for whom', () => {
    const probe = heard('n2', { type: 'detector.probe', for: 'n3' } as const);
    expect(sent(watching(['n2']).hear(probe))).toEqual([
      { to: 'n2', message: { type: 'detector.alive', for: 'n3' } },
    ]);
  });
});

describe('one’s own beats', () => {
  const beats = (said: readonly Emitted[]) =>
    sent(said).filter(
      (one): one is { to: string; message: Only<Message, 'detector.beat'> } =>
        one.message.type === 'detector.beat',
    );

  test('begin with the group, go to all every beatMs, and end with a stop', () => {
    const play = watching([]);
    expect(play.pass(5000)).toEqual([]);
    expect(beats(play.hear({ type: 'genesis.formed', group: 'g' }))).toHaveLength(1);
    const said = beats(play.pass(beatMs * 10));
    expect(said).toHaveLength(10);
    expect(said[0]?.to).toBe(ALL);
    play.hear({ type: 'node.stopping' });
    expect(play.pass(5000)).toEqual([]);
  });

  test('say the term, the leader and how far the log goes', () => {
    const play = watching([]);
    play.hear({ type: 'genesis.formed', group: 'g' });
    play.hear({ type: 'election.elected', leader: 'n2', term: 4 });
    play.hear({ type: 'replica.appended', index: 9, term: 4, matched: 8, commit: 7 });
    const [{ message } = { message: undefined }] = beats(play.pass(beatMs));
    expect(message).toEqual({ ...beat('s1'), term: 4, leader: 'n2', index: 8, commit: 7 });
  });

  test('go out at once when one is elected: they end the others’ waiting', () => {
    const play = watching([]);
    play.hear({ type: 'genesis.formed', group: 'g' });
    play.pass(10);
    expect(beats(play.hear({ type: 'election.elected', leader: 'n1', term: 4 }))).toMatchObject([
      { message: { leader: 'n1', term: 4 } },
    ]);
    expect(play.hear({ type: 'election.elected', leader: 'n2', term: 5 })).toEqual([]);
  });
});
