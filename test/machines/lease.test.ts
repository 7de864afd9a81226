/**
 * The lease, sentence by sentence. (Ongaro's thesis, section 6.4: read-only queries without a log
 * entry; 6.4.1: with clocks; 5.4.1 of the paper: what a new leader holds.)
 */
import { describe, expect, test } from 'vitest';
import { leaseMachine } from '../../machines/lease.ts';
import {
  advanced,
  ask,
  BAR_MS,
  committed,
  configured,
  elected,
  grant,
  HELD,
  leaseMs,
  lost,
  OFFICE,
  played,
  read,
  refused,
  renew,
  renewed,
  retryMs,
  stopping,
  timing,
  voter,
  voters,
  WAKES,
} from './lease-words.ts';
import { only, Play, sent, typesOf } from './play.ts';
import { isPlain, prove, type Row, sends, takeAll } from './table.ts';

const rows = (...table: Row<typeof leaseMachine>[]) => prove(() => played(), table);

describe('who does not lead', () => {
  rows(
    {
      proves: 'says that no leader is known',
      when: ask(),
      says: [refused('no leader is known')],
      state: 'following',
    },
    {
      proves: 'names the leader, who may be asked',
      given: [advanced(3), elected('a', 3)],
      when: ask(),
      says: [refused('a leads')],
    },
    {
      proves: 'names no leader of a term that is over',
      given: [advanced(3), elected('a', 3), advanced(4)],
      when: ask(),
      says: [refused('no leader is known')],
    },
    {
      proves: 'names no leader that is lost',
      given: [advanced(3), elected('a', 3), lost(3)],
      when: ask(),
      says: [refused('no leader is known')],
    },
  );
});

describe('a voter', () => {
  rows(
    {
      proves: 'grants a round of the term it is in (thesis 6.4)',
      given: [advanced(3)],
      when: renew('a', 3, 9),
      says: [sends('a', { type: 'lease.grant', term: 3, round: 9, store: 'sb' })],
    },
    {
      proves: 'grants nothing once it is in a later term: it may have voted there (thesis 6.4.1)',
      given: [advanced(3), advanced(4)],
      when: renew('a', 3),
      says: [],
    },
    {
      proves: 'grants nothing of a term that it has not entered',
      given: [advanced(3)],
      when: renew('a', 4),
      says: [],
    },
    {
      proves: 'grants nothing while it does not vote',
      given: [advanced(3), configured([voter('a'), voter('c')])],
      when: renew('a', 3),
      says: [],
    },
    {
      proves: 'grants nothing for the store that it has lost: a voter is node and store',
      given: [advanced(3), configured([voter('a'), voter('b', 'former')])],
      when: renew('a', 3),
      says: [],
    },
    {
      proves: 'goes on granting when it leaves: it votes until it is gone',
      given: [advanced(3), elected('a', 3), stopping],
      when: renew('a', 3),
      says: [sends('a', { type: 'lease.grant', term: 3 })],
    },
  );
});

describe('a new leader', () => {
  rows(
    {
      proves: 'serves no read before an entry of its own term is committed (thesis 6.4, step 1)',
      given: [advanced(3), elected('b', 3), committed(7, 2), 2 * leaseMs],
      when: ask(),
      says: [refused('nothing of this term is committed yet')],
      state: { leading: 'quiet' },
    },
    {
      proves: 'serves no read while a former lease may run, and asks for no round (thesis 6.4.1)',
      given: [advanced(3), elected('b', 3), committed(7, 3), Math.floor(BAR_MS)],
      when: ask(),
      says: [refused('the lease of a former leader may not have run out')],
      state: { leading: 'quiet' },
    },
    {
      proves: 'waits anew with each office',
      given: [...HELD, advanced(4), elected('b', 4), committed(8, 4)],
      when: ask(),
      says: [refused(/former leader/)],
    },
    {
      proves: 'asks for a round once a former lease has run out for sure',
      given: OFFICE,
      when: ask(),
      says: [WAKES, renewed(3, 1)],
      state: { leading: 'renewing' },
    },
  );

  test('waits longer than a lease by what clocks may gain on each other', () => {
    const drift = timing.clockDriftPpmMax / 1e6;
    // The former leader's clock is as slow as may be, ours as fast.
    expect(BAR_MS / (1 + drift)).toBeGreaterThanOrEqual((leaseMs / (1 - drift)) * (1 - 1e-12));
    expect(BAR_MS).toBeLessThan(leaseMs * 1.01);
  });
});

describe('a round', () => {
  rows(
    {
      proves: 'is won by a majority with the leader, and answers who waits (thesis 6.4, step 3)',
      given: [...OFFICE, ask(1), ask(2)],
      when: grant('a', 3, 1),
      says: [read(7, 1), read(7, 2)],
      state: { leading: 'quiet' },
    },
    {
      proves: 'answers with what is committed by then',
      given: [...OFFICE, ask(), committed(8, 3)],
      when: grant('a', 3, 1),
      says: [read(8)],
    },
    {
      proves: 'of a sole voter is won at once',
      given: [configured([voter('b')]), ...OFFICE],
      when: ask(),
      says: [WAKES, renewed(3, 1), read(7)],
    },
    {
      proves: 'is not won by one grant that comes twice',
      given: [configured([...voters, voter('d'), voter('e')]), ...OFFICE, ask(), grant('a', 3, 1)],
      when: grant('a', 3, 1),
      says: [],
    },
    {
      proves: 'is not won by grants of another round',
      given: [...OFFICE, ask()],
      when: grant('a', 3, 2),
      says: [],
    },
    {
      proves: 'is not won by grants of another term',
      given: [...OFFICE, ask()],
      when: grant('a', 2, 1),
      says: [],
    },
    {
      proves: 'is not won by another store: a voter is node and store',
      given: [...OFFICE, ask()],
      when: grant('a', 3, 1, 'another'),
      says: [],
    },
    {
      proves: 'is not won by who does not vote',
      given: [...OFFICE, ask()],
      when: grant('x', 3, 1),
      says: [],
    },
    {
      proves: 'does not count the leader where it does not vote (thesis 4.2.2)',
      given: [configured([voter('a'), voter('c')]), ...OFFICE, ask()],
      when: grant('a', 3, 1),
      says: [],
    },
    {
      proves: 'is counted by the voters in force at the end',
      given: [...OFFICE, ask(), configured([...voters, voter('d')])],
      when: grant('a', 3, 1),
      says: [],
      state: { leading: 'renewing' },
    },
    {
      proves: 'forgets grants of who votes no longer',
      given: [
        configured([...voters, voter('d')]),
        ...OFFICE,
        ask(),
        grant('a', 3, 1),
        configured([voter('b'), voter('c'), voter('d')]),
      ],
      when: grant('a', 3, 1),
      says: [],
      state: { leading: 'renewing' },
    },
    {
      proves: 'that is not answered is begun again after retryMs, with another number',
      given: [...OFFICE, ask()],
      when: retryMs,
      says: [WAKES, renewed(3, 2)],
      state: { leading: 'renewing' },
    },
    {
      proves: 'is begun three times; then who waits is told to ask again',
      given: [...OFFICE, ask(1), ask(2), 2 * retryMs],
      when: retryMs,
      says: [refused(/no majority/, 1), refused(/no majority/, 2)],
      state: { leading: 'quiet' },
    },
    {
      proves: 'lost before has no part in the next',
      given: [...OFFICE, ask(), 3 * retryMs],
      when: ask(),
      says: [WAKES, renewed(3, 4)],
    },
  );

  test('that is won later than its lease would end is worth nothing', () => {
    const late = new Play(leaseMachine, { id: 'b', store: 'sb', timing }, { lateMs: () => 9_999 });
    takeAll(late, [configured(), ...OFFICE, ask()]);
    late.pass(leaseMs - 1);
    expect(late.hear(grant('x', 3, 1))).toEqual([]);
    late.pass(1);
    expect(late.hear(grant('a', 3, 1))).toEqual([]);
    expect(late.value).toEqual({ leading: 'renewing' });
  });

  test('has so many reads wait and no more', () => {
    const play = played([configured(), ...OFFICE]);
    for (let ticket = 1; ticket <= 64; ticket += 1) {
      expect(only(play.hear(ask(ticket)), 'lease.answered')).toEqual([]);
    }
    expect(play.hear(ask(65))).toMatchObject([refused('too many reads are waiting', 65)]);
    expect(only(play.hear(grant('c', 3, 1)), 'lease.answered')).toHaveLength(64);
  });
});

describe('a lease', () => {
  rows(
    {
      proves: 'answers at once, and nothing is sent (thesis 6.4.1)',
      given: [...HELD, committed(9, 3), leaseMs - 1],
      when: ask(2),
      says: [read(9, 2)],
    },
    {
      proves: 'counts from the sending of its round, not from when it was won',
      given: [...OFFICE, ask(), retryMs - 1, grant('a', 3, 1), leaseMs - (retryMs - 1)],
      when: ask(2),
      says: [WAKES, renewed(3, 2)],
    },
    {
      proves: 'counts, of a round begun again, from the second sending',
      given: [...OFFICE, ask(), retryMs, grant('a', 3, 2), leaseMs - 1],
      when: ask(2),
      says: [read(7, 2)],
    },
    {
      proves: 'that has run out is renewed by a round of another number',
      given: [...HELD, leaseMs],
      when: ask(2),
      says: [WAKES, renewed(3, 2)],
    },
    {
      proves: 'is asked for by reads alone: at rest nothing is said',
      given: HELD,
      when: 60_000,
      says: [],
    },
    {
      proves: 'ends with the office',
      given: [...HELD, lost(3)],
      when: ask(2),
      says: [refused('no leader is known', 2)],
      state: 'following',
      context: { untilMs: null },
    },
    {
      proves: 'ends with the term',
      given: [...HELD, advanced(4)],
      when: ask(2),
      says: [refused('no leader is known', 2)],
      context: { untilMs: null },
    },
    {
      proves: 'ends when another leads',
      given: [...HELD, elected('c', 4)],
      when: ask(2),
      says: [refused('c leads', 2)],
    },
    {
      proves: 'is given up by who is asked to stop, before it hands over (thesis 3.10)',
      given: [...HELD, stopping],
      when: ask(2),
      says: [refused('no leader is known', 2)],
      state: 'stopping',
      context: { untilMs: null },
    },
    {
      proves: 'is not had again by who stops, even if it is elected',
      given: [...HELD, stopping, advanced(4), elected('b', 4), committed(8, 4), 2 * leaseMs],
      when: ask(2),
      says: [refused('no leader is known', 2)],
    },
  );

  test.each([
    ['loses its office', lost(3)],
    ['is in another term', advanced(4)],
    ['stops', stopping],
  ] as const)('that was asked for by a leader that %s answers nobody', (_, step) => {
    const play = played([configured(), ...OFFICE, ask(1), ask(2)]);
    expect(play.hear(step)).toMatchObject([
      refused('this node leads no longer', 1),
      refused('this node leads no longer', 2),
    ]);
    expect(typesOf(play.hear(grant('a', 3, 1)))).toEqual([]);
    expect(sent(play.pass(60_000))).toEqual([]);
  });

  test('takes the commit of a snapshot for what it is', () => {
    const state = { voters: [], members: [] };
    const play = played([configured(), advanced(3), elected('b', 3), 2 * leaseMs]);
    play.hear({ type: 'replica.restored', index: 9, term: 2, state });
    expect(play.hear(ask())).toMatchObject([refused(/nothing of this term/)]);
    play.hear(committed(10, 3));
    takeAll(play, [ask(2)]);
    expect(play.hear(grant('c', 3, 1))).toMatchObject([read(10, 2)]);
  });

  test('is plain data', () => {
    for (const steps of [[], OFFICE, HELD, [...HELD, stopping]]) {
      expect(isPlain(played([configured(), ...steps]).snapshot.context)).toBe(true);
    }
  });
});
