/** Words for tests of the election: what a voter hears and says, and how b comes to lead. */
import { type ElectionInput, electionMachine } from '../../machines/election.ts';
import type { Message } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import { heard, Play } from './play.ts';
import { prove, type Row, type Step, sends, takeAll } from './table.ts';

export const timing = lan();
export const voter = (node: string) => ({ node, store: `s${node}` });
export const voters = ['a', 'b', 'c'].map(voter);

/** Where a log ends: last term, last index. */
export type End = readonly [number, number];
export const OURS: End = [2, 5];

export const end = ([lastTerm, lastIndex]: End) => ({ lastTerm, lastIndex });
export const poll = (from: string, term: number, at: End = OURS) =>
  heard(from, { type: 'election.poll', term, ...end(at) });
export const claim = (from: string, term: number, at: End = OURS, transfer = false) =>
  heard(from, { type: 'election.claim', term, transfer, ...end(at) });
export const reply =
  (type: 'election.lean' | 'election.vote', granted: boolean) =>
  (from: string, term: number, at: End = OURS, store = `s${from}`) =>
    heard(from, { type, term, store, granted, ...end(at) });
export const [lean, refusal, vote, denial] = [
  reply('election.lean', true),
  reply('election.lean', false),
  reply('election.vote', true),
  reply('election.vote', false),
];
export const beat = (
  from: string,
  term: number,
  leader?: string,
  rest: { store?: string; index?: number } = {},
) =>
  heard(from, {
    type: 'detector.beat',
    term,
    ...(leader !== undefined && { leader }),
    store: `s${from}`,
    index: 5,
    commit: 5,
    ...rest,
  } satisfies Message);
export const prepare = (from: string, term: number) =>
  heard(from, { type: 'replica.prepare', term, prevIndex: 5, prevTerm: 2, entries: [], commit: 0 });
export const appended = ([term, index]: End) => ({
  type: 'replica.appended' as const,
  index,
  term,
  matched: 0,
  commit: 0,
});
export const configured = (of = voters) => ({
  type: 'replica.configured' as const,
  voters: of,
  index: 0,
});
export const written = (ticket: number) => ({
  type: 'storage.written' as const,
  owner: 'election',
  ticket,
});
export const suspected = (peer: string) =>
  ({ type: 'detector.suspected', peer, reason: 'silent', phi: 9 }) as const;

/** Node b of the voters a, b, c, in term 2, its log ending at (2, 5), without a leader. */
export const started = (rest: Partial<ElectionInput> = {}) => {
  const stored = { term: 2, votedFor: null };
  return new Play(electionMachine, { id: 'b', store: 'sb', timing, stored, ...rest });
};
export const leaderless = (rest: Partial<ElectionInput> = {}) => {
  const play = started(rest);
  takeAll(play, [appended(OURS), configured()]);
  return play;
};

export const LEADERLESS = { follower: 'leaderless' };
export const FOLLOWING = { follower: 'following' };
export const VOTING = { follower: 'voting' };
export const says = {
  advanced: (term: number) => ({ type: 'election.advanced', term }),
  elected: (leader: string, term: number) => ({ type: 'election.elected', leader, term }),
  lost: (term: number) => ({ type: 'election.lost', term }),
  write: (ticket: number, term: number, votedFor: string) => ({
    type: 'storage.write',
    owner: 'election',
    ticket,
    puts: [{ key: 'vote', value: { term, votedFor } }],
  }),
  vote: (to: string, term: number, granted: boolean) =>
    sends(to, { type: 'election.vote', term, store: 'sb', granted }),
  lean: (to: string, term: number, granted: boolean) =>
    sends(to, { type: 'election.lean', term, store: 'sb', granted }),
};

export type ElectionRow = Row<typeof electionMachine>;
export type ElectionStep = Step<typeof electionMachine>;
export const rows = (...table: ElectionRow[]) => prove(leaderless, table);

/** b polls, is leant to by c, stands in term 3, and leads by c's vote. */
export const STANDING: readonly ElectionStep[] = [timing.placeSpacingMs, lean('c', 3)];
export const ASKING: readonly ElectionStep[] = [...STANDING, written(1)];
export const LEADING: readonly ElectionStep[] = [...ASKING, vote('c', 3)];
