/**
 * A backup, sentence by sentence: what it takes, acknowledges, asks for and commits. (Raft, Ongaro
 * and Ousterhout 2014, section 5.3; thesis is Ongaro's.)
 */
import { describe, expect, test } from 'vitest';
import type { replicaMachine } from '../../machines/replica.ts';
import { lan } from '../../protocol/timing.ts';
import {
  acked,
  advanced,
  answered,
  beat,
  changing,
  committed,
  elected,
  entry,
  formed,
  nacked,
  opening,
  prepare,
  type ReplicaRow,
  replica,
  request,
  termsOf,
  voter,
  voters,
  written,
} from './log-words.ts';
import { only } from './play.ts';
import { isPlain, prove, sends, take, takeAll } from './table.ts';

const timing = lan();
const appended = (index: number, term: number, matched: number, commit = 0) => ({
  type: 'replica.appended',
  ...{ index, term, matched, commit },
});
const [one, two, three] = [entry(1), entry(1), entry(1)];
/** a leads term 1, and its three entries are here and on disk. */
const HOLDING = [elected('a', 1), prepare('a', 1, [0, 0], [one, two, three]), written(1)];

describe('a backup', () => {
  const rows = (...table: ReplicaRow[]) =>
    prove<typeof replicaMachine>(() => replica({ steps: [formed, elected('a', 1)] }), table);

  rows(
    {
      proves: 'has entries written, and acknowledges nothing before they are (thesis 3.8)',
      when: prepare('a', 1, [0, 0], [one, two]),
      says: [
        appended(2, 1, 2),
        { type: 'storage.write', owner: 'replica', ticket: 1, puts: [{}, {}] },
      ],
    },
    {
      proves: 'acknowledges what is on its disk (section 5.3)',
      given: [prepare('a', 1, [0, 0], [one, two])],
      when: written(1),
      says: [acked('a', 1, 2)],
    },
    {
      proves: 'acknowledges again what comes again (section 5.5)',
      given: HOLDING,
      when: prepare('a', 1, [0, 0], [one, two]),
      says: [acked('a', 1, 3)],
    },
    {
      proves: 'asks for what follows its end when there is a gap (section 5.3)',
      given: HOLDING,
      when: prepare('a', 1, [1, 5], [entry(1)]),
      says: [nacked('a', 3)],
    },
    {
      proves: 'asks for all that is not committed when an entry contradicts (section 5.3)',
      given: [...HOLDING, beat('a', 1, { leader: 'a', index: 3, commit: 1 }), elected('c', 3)],
      when: prepare('c', 3, [2, 3], [entry(3)]),
      says: [nacked('c', 1)],
    },
    {
      proves: 'does not ask twice within a moment',
      given: [...HOLDING, prepare('a', 1, [1, 5], [entry(1)])],
      when: prepare('a', 1, [1, 6], [entry(1)]),
      says: [],
    },
    {
      proves: 'asks again when the answer does not come',
      given: [...HOLDING, prepare('a', 1, [1, 5], [entry(1)]), timing.repairMs],
      when: prepare('a', 1, [1, 6], [entry(1)]),
      says: [nacked('a', 3)],
    },
    {
      proves: 'asks for more at once when a part of what was missing has come',
      given: [...HOLDING, prepare('a', 1, [1, 9]), prepare('a', 1, [1, 3], [entry(1)])],
      when: prepare('a', 1, [1, 10]),
      says: [nacked('a', 4)],
    },
    {
      proves: 'takes nothing from an older term (section 5.1)',
      given: [elected('c', 2)],
      when: prepare('a', 1, [0, 0], [one]),
      says: [],
    },
    {
      proves: 'commits what the leader committed (section 5.3)',
      given: HOLDING,
      when: beat('a', 1, { leader: 'a', index: 3, commit: 2 }),
      says: [appended(3, 1, 3, 2), committed(1, 1), committed(2, 1)],
    },
    {
      proves: 'commits never beyond what matches the leader’s log (section 5.3)',
      given: [...HOLDING, elected('c', 2)],
      when: beat('c', 2, { leader: 'c', index: 4, commit: 3 }),
      says: [nacked('c', 0)],
      context: { commit: 0 },
    },
    {
      proves: 'commits never beyond what it has (section 5.3)',
      given: HOLDING,
      when: prepare('a', 1, [1, 3], [], 9),
      says: [appended(3, 1, 3, 3), committed(1, 1), committed(2, 1), committed(3, 1)],
      context: { commit: 3 },
    },
    {
      proves: 'asks for what the leader’s beat says it lacks (section 5.3)',
      given: HOLDING,
      when: beat('a', 1, { leader: 'a', index: 5 }),
      says: [nacked('a', 3)],
    },
    {
      proves: 'heeds no beat of who does not lead (section 5.2)',
      given: HOLDING,
      when: beat('c', 1, { leader: 'a', index: 5, commit: 3 }),
      says: [],
    },
    {
      proves: 'says that less matches, as soon as there is a newer term (section 5.1)',
      given: HOLDING,
      when: advanced(2),
      says: [appended(3, 1, 0)],
      context: { term: 2, leader: null, matched: 0 },
    },
    {
      proves: 'acknowledges nothing to a former leader once it has advanced (section 5.1)',
      given: [prepare('a', 1, [0, 0], [one]), advanced(2)],
      when: written(1),
      says: [],
    },
    {
      proves: 'is not moved back by the news of a leader of an older term (section 5.1)',
      given: [prepare('c', 3, [0, 0], [entry(3)])],
      when: elected('a', 2),
      says: [],
      context: { term: 3, leader: 'c', matched: 1 },
    },
    {
      proves: 'does not lead by the news of an office of an older term (section 5.1)',
      given: [prepare('c', 3, [0, 0], [entry(3)])],
      when: elected('b', 2),
      says: [],
      state: 'backup',
    },
    {
      proves: 'hands its own requests to the leader (thesis 6.2)',
      when: request(opening('b')),
      says: [sends('a', { type: 'replica.propose', ticket: 1 })],
    },
    {
      proves: 'says that no leader is known when there is none',
      given: [advanced(2)],
      when: request(opening('b')),
      says: [{ ...answered('no leader is known'), transient: true }],
    },
  );

  test('replaces conflicting entries, and all that follow them (section 5.3)', () => {
    const play = replica({ steps: [formed, ...HOLDING, elected('c', 2)] });
    const said = take(play, prepare('c', 2, [1, 1], [entry(2)]));
    expect(termsOf(play)).toEqual([1, 2]);
    expect(only(said, 'storage.write')).toMatchObject([
      { puts: [{ key: 'log/000000000002' }], removes: [{ from: 'log/000000000002' }] },
    ]);
  });

  test('keeps what follows entries that it has already (section 5.3)', () => {
    const play = replica({ steps: [formed, ...HOLDING] });
    take(play, prepare('a', 1, [0, 0], [one]));
    expect(termsOf(play)).toEqual([1, 1, 1]);
  });

  test('does not acknowledge replaced entries when their write is done (section 5.3)', () => {
    const play = replica({ steps: [formed, elected('a', 1)] });
    takeAll(play, [prepare('a', 1, [0, 0], [one, two, three]), elected('c', 2)]);
    take(play, prepare('c', 2, [1, 1], [entry(2)]));
    expect(take(play, written(1))).toMatchObject([acked('c', 2, 1)]);
    expect(take(play, written(2))).toMatchObject([acked('c', 2, 2)]);
  });

  test('counts voters from the entry on, and no longer when it is replaced (thesis 4.1)', () => {
    const play = replica({ steps: [formed, elected('a', 1)] });
    const more = [...voters, voter('d')];
    const change = { term: 1, command: changing(more) };
    const said = take(play, prepare('a', 1, [0, 0], [change]));
    expect(only(said, 'replica.configured')).toMatchObject([
      { voters: more, former: voters, index: 1 },
    ]);
    take(play, elected('c', 2));
    const undone = take(play, prepare('c', 2, [0, 0], [entry(2)]));
    expect(only(undone, 'replica.configured')).toMatchObject([{ voters, index: 0 }]);
  });

  test('says who voted before a change until that is committed (thesis 4.2.2)', () => {
    const play = replica({ steps: [formed, elected('a', 1)] });
    const fewer = voters.slice(0, 2);
    take(play, prepare('a', 1, [0, 0], [{ term: 1, command: changing(fewer) }]));
    const told = take(play, beat('a', 1, { leader: 'a', index: 1, commit: 1 }));
    const said = only(told, 'replica.configured');
    expect(said).toMatchObject([{ voters: fewer, index: 1 }]);
    expect(said[0]).not.toHaveProperty('former');
  });
});

test('the context of a backup is plain JSON', () => {
  const play = replica();
  for (const step of [...HOLDING, prepare('a', 1, [1, 9]), advanced(2), elected('c', 2)]) {
    take(play, step);
    expect(isPlain(play.snapshot.context)).toBe(true);
  }
});
