/** Words for tests of the lease: what node b of the voters a, b, c hears and says of it. */
import { expect } from 'vitest';
import { formerLeaseMs, leaseMachine } from '../../machines/lease.ts';
import { ALL } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import { heard, Play } from './play.ts';
import { type Step, sends, takeAll } from './table.ts';

export type LeaseStep = Step<typeof leaseMachine>;

export const timing = lan();
export const { leaseMs, retryMs } = timing;
export const BAR_MS = formerLeaseMs(timing);
export const voter = (node: string, store = `s${node}`) => ({ node, store });
export const voters = ['a', 'b', 'c'].map((node) => voter(node));

export const configured = (of = voters, index = 0) => ({
  type: 'replica.configured' as const,
  voters: of,
  index,
});
export const advanced = (term: number) => ({ type: 'election.advanced' as const, term });
export const elected = (leader: string, term: number) => ({
  type: 'election.elected' as const,
  leader,
  term,
});
export const lost = (term: number) => ({ type: 'election.lost' as const, term, reason: '' });
export const committed = (index: number, term: number) => ({
  type: 'replica.committed' as const,
  ...{ index, term, command: { kind: 'term.open' as const, leader: 'b' } },
});
export const ask = (ticket = 1) => ({ type: 'lease.ask' as const, owner: 'test', ticket });
export const renew = (from: string, term: number, round = 1) =>
  heard(from, { type: 'lease.renew', term, round } as const);
export const grant = (from: string, term: number, round: number, store = `s${from}`) =>
  heard(from, { type: 'lease.grant', term, round, store } as const);
export const stopping = { type: 'node.stopping' as const };

export const read = (index: number, ticket = 1) => ({
  type: 'lease.answered',
  ...{ owner: 'test', ticket, index, problems: [], transient: false },
});
export const refused = (problem: string | RegExp, ticket = 1) => ({
  type: 'lease.answered',
  ...{ owner: 'test', ticket, transient: true },
  problems: [typeof problem === 'string' ? problem : expect.stringMatching(problem)],
});
export const renewed = (term: number, round: number) =>
  sends(ALL, { type: 'lease.renew', term, round });
export const WAKES = { type: 'clock.wake', id: 'lease:round' };

/** Node b of the voters a, b, c. */
export const played = (steps: readonly LeaseStep[] = [configured()]) => {
  const play = new Play(leaseMachine, { id: 'b', store: 'sb', timing }, { nowMs: 5000 });
  takeAll(play, steps);
  return play;
};

/** b leads term 3, of which an entry is committed; no former lease runs any more. */
export const OFFICE: readonly LeaseStep[] = [
  advanced(3),
  elected('b', 3),
  committed(7, 3),
  Math.ceil(BAR_MS),
];
/** And holds a lease, won at once. */
export const HELD: readonly LeaseStep[] = [...OFFICE, ask(), grant('a', 3, 1)];
