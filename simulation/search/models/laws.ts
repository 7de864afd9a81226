/**
 * States what every move of every node must keep to. A law looks at one node before and after one
 * move, so that it is checked once for each step and not once for each world.
 *
 * The two laws of votes together say that a vote is never given twice, over all lives of a node:
 * what is cast is what the disk says, and what the disk says of a term never changes.
 */

import { logKey } from '../../../machines/log.ts';
import type { Replica } from '../../../machines/replication.ts';
import type { Entry } from '../../../protocol/command.ts';
import type { Disk } from '../disk.ts';
import { canonicalText } from '../interner.ts';
import type { Deal } from '../model.ts';

interface Vote {
  readonly term: number;
  readonly votedFor: string | null;
}

const voteOn = (disk: Disk): Vote =>
  (disk['vote'] as Vote | undefined) ?? { term: 0, votedFor: null };

/** Raft section 5.2: the vote is on disk before it is cast, and so is a candidate's own. */
export const votesAreWritten = ({ after, letters }: Deal): string | undefined => {
  const { node, disk } = after.local;
  const { term, votedFor } = voteOn(disk);
  for (const { to, heard } of letters) {
    if (
      heard.type === 'election.vote' &&
      heard.granted &&
      (heard.term !== term || votedFor !== to)
    ) {
      return `${node} votes for ${to} in term ${heard.term}; its disk says ${votedFor} in term ${term}`;
    }
    if (heard.type === 'election.claim' && (heard.term !== term || votedFor !== node)) {
      return `${node} claims term ${heard.term}; its disk says ${votedFor} in term ${term}`;
    }
  }
  return undefined;
};

/** A vote that is on disk stays there until a later term. */
export const votesStand = ({ before, after }: Deal): string | undefined => {
  const [was, is] = [voteOn(before.local.disk), voteOn(after.local.disk)];
  if (is.term > was.term) return undefined;
  if (is.term === was.term && (was.votedFor === null || was.votedFor === is.votedFor)) {
    return undefined;
  }
  return (
    `${after.local.node} had written its vote for ${was.votedFor} in term ${was.term}, ` +
    `and now for ${is.votedFor} in term ${is.term}`
  );
};

/** What a node acknowledges is on its disk, and is what it holds in memory. */
export const acksAreWritten = ({ after, letters }: Deal): string | undefined => {
  const { node, disk } = after.local;
  const replica = after.contextOf('replica') as Replica | undefined;
  if (!replica) return undefined;
  for (const { heard } of letters) {
    if (heard.type !== 'replica.ack') continue;
    for (let index = replica.log.offset + 1; index <= heard.index; index += 1) {
      const entry = disk[logKey(index)] as Entry | undefined;
      const held = replica.log.entries[index - replica.log.offset - 1];
      if (!entry || canonicalText(entry) !== canonicalText(held)) {
        return `${node} acknowledges entry ${index} of term ${heard.term}, which is not on its disk`;
      }
    }
  }
  return undefined;
};

/** Nobody acknowledges to a leader older than the term of a vote it has written. */
export const acksKeepPromises = ({ after, letters }: Deal): string | undefined => {
  const { node, disk } = after.local;
  const { term, votedFor } = voteOn(disk);
  for (const { to, heard } of letters) {
    if (heard.type === 'replica.ack' && heard.term < term) {
      return `${node} acknowledges to ${to} in term ${heard.term}, but has voted for ${votedFor} in term ${term}`;
    }
  }
  return undefined;
};
