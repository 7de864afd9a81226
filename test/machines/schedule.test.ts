/** Who leads keeps the schedule of shared intersections: sentence by sentence. */
import { describe, expect, test } from 'vitest';
import { apply } from '../../machines/district-state.ts';
import { scheduleMachine } from '../../machines/schedule.ts';
import type { Command, State } from '../../protocol/command.ts';
import type { Emitted } from '../../protocol/event.ts';
import { only, Play } from './play.ts';
import { agreed, committed, NODES, restored, timescale, timing } from './right-words.ts';
import { isPlain } from './table.ts';

const OFFSET_MS = 5_000;
const START_MS = 10_000;

type Playing = Play<typeof scheduleMachine>;
const kept = (term = 2, related: { term: number; boundMs: number }[] = []) =>
  ({ type: 'timekeeper.kept', term, offsetMs: OFFSET_MS, related }) as const;
const present = (peer: string, sinceMs: number, term = 2) =>
  ({ type: 'timekeeper.present', peer, sinceMs, term }) as const;
const answered = (ticket: number, problems: string[]) =>
  ({ type: 'replica.answered', owner: 'schedule', ticket, problems, transient: false }) as const;
const joined = (peer: string) =>
  ({
    type: 'membership.joined',
    ...{ peer, peerIncarnation: 1, store: peer },
    ...{ host: '10.0.0.1', port: 6000 },
  }) as const;

/** n1n, which has settled, with the others in its view, and this agreed. */
const played = (state: State = agreed()): Playing => {
  const play = new Play(scheduleMachine, { id: 'n1n', timing }, { nowMs: START_MS });
  for (const peer of NODES.slice(1)) play.hear(joined(peer));
  play.hear({ type: 'holder.settled' });
  play.hear(restored(state));
  return play;
};

const requests = (said: readonly Emitted[]) => only(said, 'replica.request');
const commandOf = (said: readonly Emitted[]): Command | undefined => requests(said)[0]?.command;
const newest = (state: State = agreed()): State => ({
  ...state,
  timescales: [timescale(2, START_MS + OFFSET_MS)],
});

/** In office, its timescale open, and most nodes of the crossing known to be here. */
const scheduling = (state = newest()): Playing => {
  const play = played(state);
  play.hear(kept());
  for (const peer of NODES.slice(1)) play.hear(present(peer, START_MS + OFFSET_MS));
  return play;
};

describe('in office', () => {
  test('it opens the timescale of its term, with its bound to the last that is agreed', () => {
    const play = played();
    const related = [
      { term: 7, boundMs: 1 },
      { term: 1, boundMs: 3 },
    ];
    expect(commandOf(play.hear(kept(8, related)))).toMatchObject({
      kind: 'timescale.open',
      ...{ term: 8, startMs: START_MS + OFFSET_MS, to: { term: 1, boundMs: 3 } },
    });
  });

  test('the bound has grown by what clocks drift until it is proposed', () => {
    const play = new Play(scheduleMachine, { id: 'n1n', timing }, { nowMs: START_MS });
    play.hear(kept(8, [{ term: 1, boundMs: 3 }]));
    play.pass(10_000);
    const said = play.hear(restored(agreed()));
    const grownMs = (10_000 * 2 * timing.clockDriftPpmMax) / 1e6;
    expect(commandOf(said)).toMatchObject({ to: { term: 1, boundMs: 3 + grownMs } });
  });

  test('a timescale that it knows nothing of is left unrelated', () => {
    expect(commandOf(played().hear(kept(8)))).not.toHaveProperty('to');
  });

  test('when its timescale is agreed, it grants', () => {
    const play = played();
    const open = commandOf(play.hear(kept()));
    if (!open) throw new Error('it opens nothing');
    play.hear(committed(open));
    for (const peer of NODES.slice(1)) play.hear(present(peer, START_MS + OFFSET_MS));
    const said = play.pass(timing.retryMs);
    expect(commandOf(said)).toMatchObject({ kind: 'right.grant', term: 2, intersection: 'x1' });
  });

  test('one thing is asked for once, and once more when it stays unanswered', () => {
    const play = scheduling();
    expect(requests(play.pass(timing.retryMs))).toHaveLength(1);
    expect(requests(play.pass(timing.retryMs))).toHaveLength(0);
    expect(requests(play.pass(timing.retryMs))).toHaveLength(1);
  });

  test('what is refused is asked for again at the next look, as things are then', () => {
    const play = scheduling();
    const [first] = requests(play.pass(timing.retryMs));
    play.hear(answered(first?.ticket ?? 0, ['no']));
    const [second] = requests(play.pass(timing.retryMs));
    expect(second?.ticket).toBe((first?.ticket ?? 0) + 1);
    expect(second?.command).not.toEqual(first?.command);
  });

  test('a grant that is agreed is followed by the next at once, until enough is granted', () => {
    const splits = [
      { stage: 'ns', splitS: 13 },
      { stage: 'ew', splitS: 11 },
    ];
    const plan = { id: 'short', cycleS: 24, intersections: [{ id: 'x1', offsetS: 0, splits }] };
    const play = scheduling({ ...newest(), plan });
    let command = commandOf(play.pass(timing.retryMs));
    let grants = 0;
    for (; command && grants < 50; grants += 1) command = commandOf(play.hear(committed(command)));
    expect(grants).toBeGreaterThan(1);
    expect(grants).toBeLessThan(50);
    expect(requests(play.pass(timing.retryMs))).toEqual([]);
  });

  test('it never stops: five minutes of looks, and there is always enough granted', () => {
    const play = scheduling();
    let untilMs = 0;
    for (let k = 0; k < 500; k += 1) {
      let said = play.pass(timing.retryMs);
      for (let command = commandOf(said); command; command = commandOf(said)) {
        if (command.kind === 'right.grant') untilMs = command.last.greenUntilMs;
        said = play.hear(committed(command));
      }
      const groupMs = play.nowMs + OFFSET_MS;
      for (const peer of NODES.slice(1)) play.hear(present(peer, groupMs - 100));
      expect(untilMs - groupMs).toBeGreaterThan(timing.heartbeatTimeoutMs);
    }
  });
});

describe('who is present', () => {
  test('only those known in this term count', () => {
    const play = played(newest());
    play.hear(kept());
    for (const peer of NODES.slice(1)) play.hear(present(peer, START_MS + OFFSET_MS, 1));
    expect(requests(play.pass(timing.retryMs))).toEqual([]);
  });

  test('what comes late takes nothing back', () => {
    const play = scheduling();
    play.hear(present('n1e', 3));
    const command = commandOf(play.pass(timing.retryMs));
    expect(command).toMatchObject({
      present: expect.arrayContaining([{ node: 'n1e', sinceMs: START_MS + OFFSET_MS }]),
    });
  });

  test('a leader that has not settled does not count itself', () => {
    const play = new Play(scheduleMachine, { id: 'n1n', timing }, { nowMs: START_MS });
    for (const peer of NODES.slice(1)) play.hear(joined(peer));
    play.hear(restored(newest()));
    play.hear(kept());
    for (const peer of ['n1e', 'n1s']) play.hear(present(peer, START_MS + OFFSET_MS));
    expect(requests(play.pass(timing.retryMs))).toEqual([]);
    play.hear(present('n1w', START_MS + OFFSET_MS));
    expect(requests(play.pass(timing.retryMs))).toHaveLength(1);
  });

  test('a holder that has left the view is given nothing', () => {
    const play = scheduling();
    play.hear({ type: 'membership.left', peer: 'n1w', how: 'goodbye', reason: 'bye' });
    const command = commandOf(play.pass(timing.retryMs));
    const groups = command?.kind === 'right.grant' ? command.grants.map(({ group }) => group) : [];
    expect(groups).toEqual(['E']);
  });
});

describe('out of office', () => {
  test.each([
    ['another is elected', { type: 'election.elected', leader: 'n1e', term: 3 }],
    ['it has lost the election', { type: 'election.lost', reason: 'nobody answers', term: 2 }],
    ['its clock has jumped', { type: 'clock.jumped', byMs: 9_000 }],
  ] as const)('it asks for nothing more when %s', (_, event) => {
    const play = scheduling();
    play.hear(event as Parameters<Playing['hear']>[0]);
    expect(play.value).toBe('following');
    expect(requests(play.pass(5_000))).toEqual([]);
  });

  test('it goes on when it is elected itself', () => {
    const play = scheduling();
    play.hear({ type: 'election.elected', leader: 'n1n', term: 2 });
    expect(play.value).toBe('scheduling');
  });

  test('a backup asks for nothing, but knows what is agreed', () => {
    const play = played();
    const state = apply(newest(), { kind: 'right.enter', node: 'n1e', incarnation: 2 });
    play.hear(restored(newest()));
    play.hear(committed({ kind: 'right.enter', node: 'n1e', incarnation: 2 }));
    expect(requests(play.pass(5_000))).toEqual([]);
    expect(play.snapshot.context.state).toEqual(state);
  });
});

test('without a shared intersection it opens no timescale', () => {
  const play = new Play(scheduleMachine, { id: 'n1n', timing }, { nowMs: START_MS });
  expect(requests(play.hear(kept()))).toEqual([]);
  expect(requests(play.pass(5_000))).toEqual([]);
  expect(play.value).toBe('idle');
});

test('its context is plain JSON', () => {
  const play = scheduling();
  play.pass(timing.retryMs);
  expect(isPlain(play.snapshot.context)).toBe(true);
});
