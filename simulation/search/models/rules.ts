/**
 * States rules of the protocol as laws: what the paper demands of one node in one move, where the
 * harm of breaking it shows only after more terms than a search goes through.
 */
import { isUpToDate } from '../../../machines/ballot.ts';
import type { Context as Election } from '../../../machines/election.ts';
import { lastIndexOf } from '../../../machines/log.ts';
import type { Replica } from '../../../machines/replication.ts';
import type { Deal } from '../model.ts';
import type { NodeView } from '../node.ts';

type Law = (deal: Deal) => string | undefined;

const electionOf = (view: NodeView) => view.contextOf('election') as Election | undefined;
const replicaOf = (view: NodeView) => view.contextOf('replica') as Replica | undefined;

/** Raft section 5.1: who leads and hears of a newer term leads no longer. */
export const leadersHeedTerms: Law = ({ before, stimulus, after }) => {
  if (stimulus.kind !== 'hear' || before.stateOf('election') !== 'leader') return undefined;
  const { heard } = stimulus.letter;
  const led = electionOf(before)?.term ?? 0;
  // A poll that was granted is for a term that may come.
  const isThere = 'term' in heard && !['election.poll', 'election.lean'].includes(heard.type);
  if (!isThere || heard.term <= led || after.stateOf('election') !== 'leader') return undefined;
  return `${after.local.node} hears of term ${heard.term} and goes on leading in term ${led}`;
};

/** Section 5.4.1: a vote goes to a log that is no older than the voter's own when it is cast. */
export const votesAreUpToDate: Law = ({ before, after, letters }) => {
  const claim = electionOf(before)?.claim;
  const voter = electionOf(after);
  const isCast = letters.some(({ heard }) => heard.type === 'election.vote' && heard.granted);
  if (!claim || !voter || !isCast || isUpToDate(claim, voter)) return undefined;
  const [theirs, ours] = [claim, voter].map((end) => `${end.lastIndex}@${end.lastTerm}`);
  return `${voter.id} holds ${ours} and votes for ${claim.from}, whose log ends in ${theirs}`;
};

/** Thesis section 4.2.3: who hears a leader heeds no candidate, unless the leader sent it. */
export const followersHeedNoClaims: Law = ({ before, stimulus, after }) => {
  if (stimulus.kind !== 'hear' || before.stateOf('election') !== 'follower.following')
    return undefined;
  const { heard } = stimulus.letter;
  const [was, is] = [electionOf(before), electionOf(after)];
  if (heard.type !== 'election.claim' || heard.transfer || was?.term === is?.term) return undefined;
  return `${after.local.node} follows ${was?.leader}, and heeds the claim of ${heard.from}`;
};

/** A leader that a majority hears keeps its term, whoever comes back. */
export const keepsOffice =
  (leader: string): Law =>
  ({ before, after }) => {
    const isLost =
      after.local.node === leader &&
      before.stateOf('election') === 'leader' &&
      after.stateOf('election') !== 'leader';
    return isLost ? `${leader}, which a majority hears, loses its term` : undefined;
  };

/** Section 5.4.2: by counting, a leader commits only entries of its own term. */
export const commitsOwnTerm: Law = ({ before, after, heard }) => {
  if (before.stateOf('replica') !== 'primary' || after.stateOf('replica') !== 'primary') {
    return undefined;
  }
  const last = heard.findLast(({ type }) => type === 'replica.committed');
  const term = replicaOf(after)?.term;
  if (last?.type !== 'replica.committed' || last.term === term) return undefined;
  return `${after.local.node} leads in term ${term} and commits entry ${last.index} of term ${last.term} by counting`;
};

/** Thesis section 4.1 and raft-dev of July 2015: one change, and not before a commit of this term. */
export const votersChangeOneByOne: Law = ({ before, after }) => {
  const [was, is] = [replicaOf(before), replicaOf(after)];
  if (!was || !is || after.stateOf('replica') !== 'primary') return undefined;
  const isNew = lastIndexOf(is.log) > lastIndexOf(was.log);
  const pending = is.log.entries.slice(is.commit - is.log.offset);
  const changes = pending.filter(({ command }) => command.kind === 'voters.change').length;
  if (!isNew || changes === 0) return undefined;
  if (changes > 1) return `${is.id} has two changes of voters under way`;
  const committed = is.log.entries[is.commit - is.log.offset - 1]?.term ?? is.log.offsetTerm;
  return committed === is.term
    ? undefined
    : `${is.id} changes the voters before anything of its term ${is.term} is committed`;
};
