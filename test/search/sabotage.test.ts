/**
 * The sabotage suite: the real machines with one guard, action or assignment changed, each found by
 * a search. A search that could not find a broken machine would prove nothing about a good one; and
 * each passes on the machines as they are.
 */
import { afterAll, describe, expect, test } from 'vitest';
import type * as Explore from '../../simulation/search/explore.ts';
import type * as Worlds from '../../simulation/search/world.ts';
import { type CheckName, checks, type House } from './sabotage-checks.ts';
import { type Copy, copyOf, original, type Sabotage } from './sabotaged.ts';

/** What is done to the machines, which search finds it, and what it finds. */
interface Case extends Sabotage {
  readonly check: CheckName;
  readonly found: RegExp;
}

const ELECTION = 'machines/election.ts';
const LEASE = 'machines/lease.ts';
const ELECTORATE = 'machines/electorate.ts';
const GENESIS = 'machines/genesis.ts';
const RIGHTS = 'machines/rights.ts';

const TWO_GREENS = /west and north are lit at one instant/;

const cases: Readonly<Record<string, Case>> = {
  'a vote is given twice in a term': {
    file: ELECTION,
    replace: '(event.term === context.term && context.votedFor === null)',
    by: '(event.term === context.term)',
    check: 'an election with a crash',
    found: /had written its vote|both lead/,
  },
  'a vote is not restored after a restart': {
    file: ELECTION,
    replace: '...stored,',
    by: '...stored, votedFor: null,',
    check: 'an election with a crash',
    found: /had written its vote|both lead/,
  },
  'a vote is cast when its write is asked for': {
    file: ELECTION,
    replace: 'enqueue.emit(voteWrite(ticket, { term, votedFor: from }));',
    by: `enqueue.emit(voteWrite(ticket, { term, votedFor: from }));
      enqueue.emit(reply(context, { type: 'election.vote', to: from, term, granted: true }));`,
    check: 'an election with a crash',
    found: /votes for \w in term 2; its disk says/,
  },
  "a write's answer is taken for another's": {
    file: ELECTION,
    replace: 'event.ticket === context.ticket,',
    by: 'true,',
    check: 'two elections',
    found: /its disk says/,
  },
  'half of the voters are a majority': {
    file: 'machines/ballot.ts',
    replace: 'count * 2 > voters.length',
    by: 'count * 2 >= voters.length',
    check: 'an election of two',
    found: /both lead in term 2/,
  },
  'a log is not compared again when the vote is written': {
    file: ELECTION,
    replace: 'context.claim.term === context.term &&\n      isUpToDate(context.claim, context),',
    by: 'context.claim.term === context.term,',
    check: 'a log that grows by itself',
    found: /holds 3@1 and votes for/,
  },
  'there is no pre-vote': {
    file: ELECTION,
    replace: "{ guard: 'mayStand', target: '#election.prospective' },",
    by: "{ guard: 'mayStand', target: '#election.candidate' },",
    check: 'a cut-off node returns',
    found: /which a majority hears, loses its term/,
  },
  'a leader ignores newer terms': {
    file: ELECTION,
    replace:
      "{ guard: 'isNewer', target: 'follower.leaderless', actions: ['stepDown', 'advance'] },\n          { actions: 'noteFollower' },",
    by: "{ actions: 'noteFollower' },",
    check: 'two elections',
    found: /hears of term 3 and goes on leading/,
  },
  'a claim is heeded while a leader is heard': {
    file: ELECTION,
    replace: "{ guard: 'isRepeated', actions: 'answerClaim' },\n              {},",
    by: "{ guard: 'isRepeated', actions: 'answerClaim' },",
    check: 'two elections',
    found: /follows \w, and heeds the claim of/,
  },
  'logs are not compared at voting': {
    file: 'machines/ballot.ts',
    replace: '  theirs.lastTerm > mine.lastTerm ||',
    by: '  theirs.lastTerm > -mine.lastTerm ||',
    check: 'a node that lacks an entry stands',
    found: /leads in term 2 without committed entry 2/,
  },
  'an entry is acknowledged before it is durable': {
    file: 'machines/backup.ts',
    replace: 'index: Math.min(durable, matched) }',
    by: 'index: matched + 0 * durable }',
    check: 'a leader and its backups',
    found: /acknowledges entry \d of term 1, which is not on its disk/,
  },
  'entries are acknowledged that may not match': {
    file: 'machines/backup.ts',
    replace: 'index: Math.min(durable, matched) }',
    by: 'index: durable + 0 * matched }',
    check: 'a leader that was cut off returns',
    found: /entry 3@2 is committed, but not on a majority of disks/,
  },
  'a backup takes entries after others than the leader’s': {
    file: 'machines/backup.ts',
    replace: 'termAt(log, prevIndex) !== event.prevTerm)',
    by: 'termAt(log, prevIndex) === undefined)',
    check: 'a leader that was cut off returns',
    found: /commits entry 2 of term 1, but that of term 2 was committed/,
  },
  'an entry of an older term is committed by counting': {
    file: 'machines/primary.ts',
    replace: ' || termAt(replica.log, index) !== replica.term)',
    by: ')',
    check: 'a leader dies before it commits',
    found: /commits entry 2 of term 1 by counting/,
  },
  'a leader counts itself before its disk has the entry': {
    file: 'machines/primary.ts',
    replace: '? replica.durable : 0;',
    by: '? replica.matched : 0;',
    check: 'a leader and its backups',
    found: /not on a majority of disks/,
  },
  'voters change before an entry of the term is committed': {
    file: 'machines/primary.ts',
    replace: 'if (termAt(log, commit) !== term) return',
    by: 'if (termAt(log, commit) === undefined) return',
    check: 'two leaders that each take a voter out',
    found: /was committed there before|without committed entry/,
  },
  'two changes of voters are under way at once': {
    file: 'machines/primary.ts',
    replace: "pending.some((entry) => entry.command.kind === 'voters.change')",
    by: 'pending.length < 0',
    check: 'a leader changes the voters twice',
    found: /two changes of voters under way/,
  },
  'a lease counts from the answers and not from the sending': {
    file: LEASE,
    replace: `win: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ untilMs: context.sentAt +`,
    by: `win: enqueueActions(({ context, event, enqueue }) => {
      enqueue.assign({ untilMs: event.at +`,
    check: 'leases where clocks drift',
    found: /a and b serve reads at one instant/,
  },
  'a new leader does not wait for the former lease': {
    file: LEASE,
    replace: 'event.at + formerLeaseMs(context.longest)',
    by: 'event.at',
    check: 'leases where clocks drift',
    found: /a and b serve reads at one instant/,
  },
  'a new leader waits as if all clocks were equal': {
    file: LEASE,
    replace: '(leaseMs * (1e6 + clockDriftPpmMax)) / (1e6 - clockDriftPpmMax)',
    by: 'leaseMs + 0 * clockDriftPpmMax',
    check: 'leases where clocks drift',
    found: /a and b serve reads at one instant/,
  },
  'a voter grants the round of a leader it has voted out': {
    file: LEASE,
    replace: "event.type === 'lease.renew' && event.term === context.term &&",
    by: "event.type === 'lease.renew' &&",
    check: 'leases where clocks drift',
    found: /a and b serve reads at one instant/,
  },
  'a voter is retired as soon as it is gone': {
    file: ELECTORATE,
    replace: '?? context.ledAt) >= timing.settleMs',
    by: '?? context.ledAt) >= 0 * timing.settleMs',
    check: 'voters that come and go',
    found: /retired before it has been gone for long/,
  },
  'any number of voters is enough': {
    file: ELECTORATE,
    replace: 'living.length >= Math.max(target, VOTERS_KEPT)',
    by: 'living.length + VOTERS_KEPT >= target',
    check: 'voters that come and go',
    found: /only 2 voters would be left/,
  },
  'a proposer ignores what was accepted before': {
    file: GENESIS,
    replace: 'if (best && !isVoid(best, promises)) return',
    by: 'if (best && isVoid(best, promises)) return',
    check: 'a ballot and the next',
    found: /two groups are founded/,
  },
  'a promise is said before it is on disk': {
    file: GENESIS,
    replace: "promising: {\n          entry: 'writeBallot',",
    by: "promising: {\n          entry: ['writeBallot', 'sayPromise'],",
    check: 'a ballot and the next',
    found: /says genesis.promise of a ballot that its disk has not promised/,
  },
  'an acceptance is said before it is on disk': {
    file: GENESIS,
    replace: "accepting: {\n          entry: 'writeBallot',",
    by: "accepting: {\n          entry: ['writeBallot', 'sayAccept'],",
    check: 'a ballot and the next',
    found: /says genesis.accept of a ballot that its disk has not accepted/,
  },
  'a lesser ballot is accepted than was promised': {
    file: GENESIS,
    replace: 'compareBallots(event.ballot, context.promised) >= 0 &&',
    by: '',
    check: 'a ballot and the next',
    found: /forgets a promise that is on its disk|two groups are founded/,
  },
  'a promise is not restored after a restart': {
    file: GENESIS,
    replace: '...(ballot ?? { promised: null, accepted: null }),',
    by: '...{ promised: null, accepted: ballot?.accepted ?? null },',
    check: 'ballots with a crash',
    found: /forgets a promise that is on its disk|two groups are founded/,
  },
  'half of the nodes found a group': {
    file: 'machines/founding.ts',
    replace: 'Math.floor(nodes / 2) + 1',
    by: 'Math.ceil(nodes / 2)',
    check: 'a ballot of two',
    found: /two groups are founded/,
  },
  'there is no clearance between rights of way': {
    file: RIGHTS,
    replace: 'const boundsMs = newest.clockBoundMs + own.clockBoundMs;',
    by: 'const boundsMs = 0 * (newest.clockBoundMs + own.clockBoundMs);',
    check: 'rights where clocks drift',
    found: TWO_GREENS,
  },
  'a right is cut short for others before its holder has released it': {
    file: RIGHTS,
    replace: 'if (own === newest) return interval.untilMs + boundsMs;',
    by: 'if (own === newest) return interval.fromMs + boundsMs;',
    check: 'rights where clocks drift',
    found: TWO_GREENS,
  },
  'a node trusts its own disk after a start': {
    file: 'machines/holder.ts',
    replace: 'lifeIn(state, id) === incarnation,',
    by: 'lifeIn(state, id) <= incarnation,',
    check: 'rights that are given up before a crash',
    found: TWO_GREENS,
  },
};

const STATES_MAX = 3_000_000;
/** A search takes seconds; processors are shared. */
const SABOTAGE_MS = 300_000;

const searchOf = async (check: CheckName, { load }: Pick<Copy, 'load'>) => {
  const house: House = {
    election: (await load('simulation/search/models/election.ts')) as House['election'],
    replica: (await load('simulation/search/models/replica.ts')) as House['replica'],
    electorate: (await load('simulation/search/models/electorate.ts')) as House['electorate'],
    genesis: (await load('simulation/search/models/genesis.ts')) as House['genesis'],
    lease: (await load('simulation/search/models/lease.ts')) as House['lease'],
    rights: (await load('simulation/search/models/rights.ts')) as House['rights'],
    rules: (await load('simulation/search/models/rules.ts')) as House['rules'],
    voters: (await load('simulation/search/models/voters.ts')) as House['voters'],
  };
  const { explore } = (await load('simulation/search/explore.ts')) as typeof Explore;
  const { World } = (await load('simulation/search/world.ts')) as typeof Worlds;
  return explore(new World(checks[check](house)), { statesMax: STATES_MAX });
};

const copies: Copy[] = [];
afterAll(() => {
  for (const copy of copies) copy.remove();
});

describe('the machines as they are', () => {
  test.each(Object.keys(checks) as CheckName[])(
    'pass the search of %s',
    async (check) => {
      const { verdict, wrong } = await searchOf(check, original);
      expect({ verdict, wrong }).toEqual({ verdict: 'exhausted', wrong: undefined });
    },
    SABOTAGE_MS,
  );
});

describe('a machine in which', () => {
  test.each(Object.entries(cases))(
    '%s is found',
    async (_, { check, found, ...sabotage }) => {
      const copy = copyOf(sabotage);
      copies.push(copy);
      const { verdict, wrong } = await searchOf(check, copy);
      expect(verdict).toBe('violated');
      expect(wrong).toMatch(found);
    },
    SABOTAGE_MS,
  );
});
