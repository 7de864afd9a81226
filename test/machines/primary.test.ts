/**
 * The primary, sentence by sentence: what it orders, counts as committed, and repairs. (Raft, Ongaro
 * and Ousterhout 2014, sections 5.3, 5.4 and 6; thesis is Ongaro's.)
 */
import { describe, expect, test } from 'vitest';
import type { replicaMachine } from '../../machines/replica.ts';
import { ALL } from '../../protocol/event.ts';
import { FRAME_BYTES_MAX } from '../../transport/transport.ts';
import {
  ack,
  admitting,
  advanced,
  answered,
  beat,
  changing,
  committed,
  elected,
  entry,
  formed,
  lost,
  nack,
  opening,
  prepare,
  prepared,
  type ReplicaRow,
  replica,
  request,
  termsOf,
  voter,
  voters,
  written,
} from './log-words.ts';
import { heard, only, sent } from './play.ts';
import { isPlain, prove, sends, take, takeAll } from './table.ts';

/** b leads term 1; its first entry is on its disk and on a's, and so committed. */
const OPEN = [elected('b', 1), written(1), ack('a', 1, 1)];
/** The new voters once more: those before them vote no longer. */
const AGREED = { type: 'replica.configured', index: 3 };
const COMMIT_TOLD = sends(ALL, { type: 'replica.prepare', entries: [] });
const appended = { type: 'replica.appended' };

const rows = (...table: ReplicaRow[]) => prove<typeof replicaMachine>(() => replica(), table);

describe('a primary', () => {
  rows(
    {
      proves: 'opens its term with an entry of its own (section 8)',
      when: elected('b', 1),
      says: [
        appended,
        { type: 'storage.write', puts: [{ value: { term: 1, command: opening('b') } }] },
        prepared(ALL, [0, 0], [1]),
      ],
      state: 'primary',
    },
    {
      proves: 'commits nothing before a majority has it on disk (section 5.3)',
      given: [elected('b', 1)],
      when: written(1),
      says: [],
    },
    {
      proves: 'does not count itself before its own write is done (thesis 10.2.1)',
      given: [elected('b', 1)],
      when: ack('a', 1, 1),
      says: [],
    },
    {
      proves: 'commits what a majority acknowledged, and tells it (section 5.3)',
      given: [elected('b', 1), written(1)],
      when: ack('a', 1, 1),
      says: [appended, committed(1, 1), COMMIT_TOLD],
    },
    {
      proves: 'commits without its own disk, when the others are a majority (thesis 10.2.1)',
      given: [elected('b', 1), ack('a', 1, 1)],
      when: ack('c', 1, 1),
      says: [appended, committed(1, 1), COMMIT_TOLD],
    },
    {
      proves: 'counts no acknowledgement of another term (section 5.1)',
      given: [elected('b', 2), written(1)],
      when: ack('a', 1, 1),
      says: [],
    },
    {
      proves: 'counts no acknowledgement of another store: a voter is node and store',
      given: [elected('b', 1), written(1)],
      when: ack('a', 1, 1, 'another'),
      says: [],
    },
    {
      proves: 'counts no acknowledgement of who does not vote (section 5.3)',
      given: [elected('b', 1), written(1)],
      when: ack('x', 1, 1),
      says: [],
    },
    {
      proves: 'counts no acknowledgement of what it never said (section 5.3)',
      given: [elected('b', 1), written(1)],
      when: ack('a', 1, 9),
      says: [],
    },
    {
      proves: 'answers its own requests with the place of the command (section 8)',
      given: OPEN,
      when: request(admitting('b')),
      says: [appended, {}, prepared(ALL, [1, 1], [1]), { ...answered(), index: 2 }],
    },
    {
      proves: 'answers the requests of others over the wire (section 8)',
      given: OPEN,
      when: heard('a', { type: 'replica.propose', ticket: 7, command: admitting('a') }),
      says: [
        appended,
        {},
        prepared(ALL, [1, 1], [1]),
        sends('a', { type: 'replica.answer', ticket: 7, index: 2, problems: [] }),
      ],
    },
    {
      proves: 'refuses a command that may not be applied, and says why',
      given: OPEN,
      when: request({ kind: 'district.dismiss', node: 'x' }),
      says: [{ ...answered('x is not a member'), transient: false }],
    },
    {
      proves: 'lets nobody else open a term (section 8)',
      given: OPEN,
      when: request(opening('a')),
      says: [answered('only a new leader opens a term')],
    },
    {
      proves: 'lets no former leader, whose word comes late, open or grant in its log',
      given: OPEN,
      when: heard('a', {
        type: 'replica.propose',
        ticket: 7,
        command: {
          ...{ kind: 'timescale.open', term: 0, startMs: 0 },
          ...{ clockBoundMs: 200, horizonMs: 45_000, driftPpm: 1000 },
        },
      }),
      says: [
        sends('a', {
          type: 'replica.answer',
          problems: ['the timescale of term 0 is not that of term 1'],
          transient: false,
        }),
        { type: 'replica.refused' },
      ],
    },
    {
      proves: 'checks a command against those before it that are not committed yet',
      given: [...OPEN, request(admitting('x')), request({ kind: 'district.dismiss', node: 'x' })],
      when: request({ kind: 'district.dismiss', node: 'x' }),
      says: [answered('x is not a member')],
    },
    {
      proves: 'repairs a gap with the entries that follow (section 5.3)',
      given: [...OPEN, request(admitting('b'))],
      when: nack('c', 1, 0),
      says: [prepared('c', [0, 0], [1, 1])],
    },
    {
      proves: 'repairs a follower that stands still behind it (section 5.3)',
      given: [...OPEN, beat('c', 1, { leader: 'b', index: 0 })],
      when: beat('c', 1, { leader: 'b', index: 0 }),
      says: [prepared('c', [0, 0], [1])],
    },
    {
      proves: 'lets a follower that makes progress be',
      given: [...OPEN, request(admitting('b')), beat('c', 1, { leader: 'b', index: 0 })],
      when: beat('c', 1, { leader: 'b', index: 1 }),
      says: [],
    },
    {
      proves:
        'asks again for an acknowledgement that was lost, of a follower that holds all (section 5.3)',
      given: [elected('b', 1), written(1), beat('a', 1, { leader: 'b', index: 1 })],
      when: beat('a', 1, { leader: 'b', index: 1 }),
      says: [prepared('a', [0, 0], [1])],
    },
    {
      proves: 'asks for no acknowledgement of what is committed (section 5.3)',
      given: [...OPEN, beat('c', 1, { leader: 'b', index: 1 })],
      when: beat('c', 1, { leader: 'b', index: 1 }),
      says: [],
    },
    {
      proves: 'steps down when the election does (thesis 6.2)',
      given: OPEN,
      when: lost(1),
      says: [],
      state: 'backup',
    },
    {
      proves: 'steps down for a newer term (section 5.1)',
      given: OPEN,
      when: advanced(2),
      state: 'backup',
      context: { term: 2, leader: null },
    },
    {
      proves: 'is not moved by the news of a leader of an older term (section 5.1)',
      given: [elected('b', 3)],
      when: elected('a', 2),
      says: [],
      state: 'primary',
      context: { term: 3 },
    },
    {
      proves: 'that stepped down answers that it does not lead (thesis 6.2)',
      given: [...OPEN, lost(1)],
      when: heard('a', { type: 'replica.propose', ticket: 7, command: admitting('a') }),
      says: [sends('a', { type: 'replica.answer', transient: true })],
    },
  );

  test('commits only entries of its own term by counting (section 5.4.2, figure 8)', () => {
    const play = replica();
    takeAll(play, [elected('a', 2), prepare('a', 2, [0, 0], [entry(2)]), written(1)]);
    take(play, elected('b', 4));
    expect(termsOf(play)).toEqual([2, 4]);
    // The entry of term 2 is on two of three disks, and still may be replaced by one of term 3.
    expect(takeAll(play, [written(2), ack('a', 4, 1)])).toEqual([]);
    const said = take(play, ack('a', 4, 2));
    expect(only(said, 'replica.committed')).toMatchObject([committed(1, 2), committed(2, 4)]);
  });

  test('gathers what comes while two writes are under way into the next (thesis 10.2.2)', () => {
    const play = replica({ steps: [formed, elected('b', 1)] });
    take(play, request(admitting('b')));
    expect(sent(takeAll(play, [request(admitting('x')), request(admitting('y'))]))).toEqual([]);
    const said = take(play, written(1));
    expect(only(said, 'storage.write')).toMatchObject([{ ticket: 3, puts: [{}, {}] }]);
    expect(sent(said)).toMatchObject([{ to: ALL, message: { prevIndex: 2 } }]);
  });

  test('that loses the office has all written that waited: a log on disk has no gap (thesis 3.8)', () => {
    const play = replica({ steps: [formed, elected('b', 1)] });
    takeAll(play, [request(admitting('b')), request(admitting('x')), request(admitting('y'))]);
    const said = take(play, lost(1));
    expect(only(said, 'storage.write')).toMatchObject([{ ticket: 3, puts: [{}, {}] }]);
    takeAll(play, [written(1), written(2)]);
    expect(play.snapshot.context.durable).toBe(2);
    take(play, written(3));
    expect(play.snapshot.context.durable).toBe(4);
  });

  test('sends long commands in several messages, each of which fits into a frame', () => {
    const play = replica({ steps: [formed, elected('b', 1)] });
    // Two writes are under way then, so the others are gathered.
    for (let k = 0; k < 41; k += 1) {
      const links = Array.from({ length: 40 }, () => ({
        from: 'x'.repeat(200),
        to: 'y',
        lengthM: 9,
        speedMps: 9,
      }));
      take(play, request({ kind: 'district.admit', node: `n${k}`, store: 's', links }));
    }
    const flushed = sent(take(play, written(1)));
    const repaired = sent(take(play, nack('c', 1, 2)));
    for (const messages of [flushed, repaired]) {
      for (const { message } of messages) {
        expect(JSON.stringify(message).length).toBeLessThan(FRAME_BYTES_MAX);
      }
    }
    const sizes = flushed.map(({ message }) =>
      message.type === 'replica.prepare' ? message.entries.length : 0,
    );
    expect(sizes.reduce((a, b) => a + b)).toBe(40);
    expect(repaired).toMatchObject([{ message: { prevIndex: 2 } }]);
  });

  /** What b's store holds: so many entries of term 1, none of them committed. */
  const holding = (count: number) =>
    replica({
      stored: { base: null, first: 1, entries: Array.from({ length: count }, () => entry(1)) },
      steps: [formed, elected('b', 2), written(1)],
    });

  test('serves the snapshot to who is behind its log, and the same until it is taken (section 7)', () => {
    const play = holding(300);
    const said = take(play, ack('a', 2, 301));
    expect(only(said, 'storage.write')).toMatchObject([{ puts: [{ key: 'base' }] }]);
    const { log, base } = play.snapshot.context;
    expect([log.offset, base.index]).toEqual([173, 301]);
    const [first] = sent(take(play, nack('c', 2, 3)));
    expect(first).toMatchObject({ message: { type: 'replica.chunk', offset: 0, index: 301 } });
    takeAll(play, [request(admitting('x')), written(3), ack('a', 2, 302)]);
    const fetch = { type: 'replica.fetch' as const, term: 2, index: 301, offset: 9 };
    expect(sent(take(play, heard('c', fetch)))).toMatchObject([
      { to: 'c', message: { index: 301, offset: 9 } },
    ]);
  });

  test('refuses more than can be on its way at once, for the time being', () => {
    const said = take(holding(1023), request(admitting('x')));
    expect(said).toMatchObject([
      { type: 'replica.answered', problems: [expect.stringMatching('too many')], transient: true },
    ]);
    expect(take(holding(1022), request(admitting('x')))).toContainEqual(
      expect.objectContaining({ type: 'replica.answered', problems: [] }),
    );
  });
});

describe('a change of voters', () => {
  const more = [...voters, voter('d')];
  const ADMITTED = [...OPEN, request(admitting('d')), written(2), ack('a', 1, 2)];
  rows(
    {
      proves: 'is not made before an entry of the leader’s own term is committed (raft-dev, 2015)',
      given: [elected('b', 1), request(admitting('d'))],
      when: request(changing(more)),
      says: [{ ...answered('nothing of this term is committed yet'), transient: true }],
    },
    {
      proves: 'counts from the moment it is in the log (section 6)',
      given: ADMITTED,
      when: request(changing(more)),
      says: [{ type: 'replica.configured', voters: more, index: 3 }, appended, {}, {}, {}],
    },
    {
      proves: 'needs a majority of the new voters: two of four are none (section 6)',
      given: [...ADMITTED, request(changing(more)), written(3)],
      when: ack('a', 1, 3),
      says: [],
    },
    {
      proves: 'is committed by a majority of the new voters (section 6)',
      given: [...ADMITTED, request(changing(more)), written(3), ack('a', 1, 3)],
      when: ack('d', 1, 3),
      says: [AGREED, appended, committed(3, 1), COMMIT_TOLD],
    },
    {
      proves: 'is made one at a time (thesis 4.1)',
      given: [...ADMITTED, request(changing(more))],
      when: request(changing([...more, voter('e')])),
      says: [{ ...answered('another change of voters is under way'), transient: true }],
    },
    {
      proves: 'is of one voter (thesis 4.1)',
      given: ADMITTED,
      when: request(changing([voter('b')])),
      says: [answered('voters must change by exactly one')],
    },
    {
      proves: 'counts a node that lost its store as two voters until the old one is retired',
      given: [
        ...OPEN,
        request(admitting('c', 'anew')),
        ...[written(2), ack('a', 1, 2)],
        request(changing([...voters, voter('c', 'anew')])),
        ...[written(3), ack('c', 1, 3, 'anew')],
      ],
      when: ack('a', 1, 3),
      says: [AGREED, appended, committed(3, 1), COMMIT_TOLD],
    },
  );
});

test('the context of a primary is plain JSON', () => {
  const play = replica();
  for (const step of [...OPEN, request(admitting('b')), nack('c', 1, 0), lost(1)]) {
    take(play, step);
    expect(isPlain(play.snapshot.context)).toBe(true);
  }
});
