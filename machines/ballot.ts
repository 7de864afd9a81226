/**
 * The arithmetic of a ballot: majorities, places in line, which of two logs is newer, and the
 * words in which a voter answers. Pure neighbour of `election.ts`.
 */
import type { Voter } from '../protocol/command.ts';
import type { Send, Write } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { at } from './map.ts';

export interface LogEnd {
  readonly lastTerm: number;
  readonly lastIndex: number;
}

/** What a follower's last beat said, and when. */
export interface Following {
  readonly at: number;
  readonly store: string;
  readonly index: number;
}

interface Self {
  readonly id: string;
  readonly store: string;
  readonly voters: readonly Voter[];
}

export const logEnd = ({ lastTerm, lastIndex }: LogEnd): LogEnd => ({ lastTerm, lastIndex });

/** A voter is node and store: a node that lost its disk is not that voter any more. */
export const isVoter = ({ voters, id, store }: Self): boolean =>
  voters.some((voter) => voter.node === id && voter.store === store);

/** Whom a round counts before anybody has answered. */
export const ownVote = (self: Self): string[] => (isVoter(self) ? [self.id] : []);

export const isMajority = (count: number, { voters }: Pick<Self, 'voters'>): boolean =>
  count * 2 > voters.length;

/** Section 5.4.1: the later last term wins; of equal terms, the longer log. */
export const isUpToDate = (theirs: LogEnd, mine: LogEnd): boolean =>
  theirs.lastTerm > mine.lastTerm ||
  (theirs.lastTerm === mine.lastTerm && theirs.lastIndex >= mine.lastIndex);

interface Line extends Self {
  readonly attempt: number;
  readonly lost: string | null;
}

/** How many voters stand before this one, in the line rotated by the attempt. */
export const placeOf = ({ attempt, lost, ...self }: Line): number => {
  const { voters, id } = self;
  // A node whose lost store still votes has one place all the same.
  const line = [...new Set(voters.map(({ node }) => node))].filter((node) => node !== lost).sort();
  const place = line.indexOf(id);
  // Who cannot stand, by name or by store, looks again when everyone has had a turn.
  if (place < 0 || !isVoter(self)) return line.length + 1;
  return (place - (attempt % line.length) + line.length) % line.length;
};

interface Office {
  readonly followers: Readonly<Record<string, Following>>;
  readonly timing: Timing;
}

/** The last word of a voter that follows this leader; none, when it is older than a silence. */
export const followingOf = (
  { followers, timing }: Office,
  { node, store }: Voter,
  now: number,
): Following | undefined => {
  const known = at(followers, node);
  return known?.store === store && now - known.at <= timing.leaderSilenceMs ? known : undefined;
};

/** The voter that should lead next: it still follows, and has all, or else more than the others. */
export const successorOf = (
  office: Office & Pick<Self, 'voters'>,
  holders: readonly string[],
  now: number,
): string | undefined =>
  office.voters
    .flatMap((voter) => {
      const known = followingOf(office, voter, now);
      const isHolder = holders.includes(voter.node);
      const index = isHolder ? Number.POSITIVE_INFINITY : (known?.index ?? 0);
      return known ? [{ node: voter.node, index }] : [];
    })
    .sort((a, b) => (a.index === b.index ? (a.node < b.node ? -1 : 1) : b.index - a.index))[0]
    ?.node;

interface Answer {
  readonly type: 'election.lean' | 'election.vote';
  readonly to: string;
  readonly granted: boolean;
  /** The term it is for, when that is not the voter's own. */
  readonly term?: number;
}

/** The answer to a poll or a claim. It says where the voter's log ends, so that one can tell why. */
export const reply = (
  voter: LogEnd & { readonly term: number; readonly store: string },
  { type, to, granted, term = voter.term }: Answer,
): Send => ({
  type: 'wire.send',
  to,
  message: { type, term, store: voter.store, granted, ...logEnd(voter) },
});

/** Asks for a vote to be written; it counts when that is done, and not before. */
export const voteWrite = (
  ticket: number,
  vote: { readonly term: number; readonly votedFor: string },
): Write => ({
  type: 'storage.write',
  owner: 'election',
  ticket,
  puts: [{ key: 'vote', value: vote }],
  removes: [],
});
