/**
 * Brings backups up to the primary: sends again what was lost, and the snapshot to who is too far
 * behind. Pure neighbour of `replica.ts`.
 */
import { ALL, CHUNK_CHARS_MAX, type HeardAs } from '../protocol/event.ts';
import { lastIndexOf, termAt } from './log.ts';
import { followerOf, prepareAfter } from './primary.ts';
import { type Replica, type Turn, votersOf } from './replication.ts';

/** Sends all again that is not committed: what a successor lacks, it has or asks for at once. */
export const sendRest = (replica: Replica): Turn => {
  const { log, commit } = replica;
  if (commit >= lastIndexOf(log)) return { next: replica, says: [] };
  const message = prepareAfter(replica, commit);
  return { next: replica, says: [{ type: 'wire.send', to: ALL, message }] };
};

/** Sends a peer what it says it lacks; or the snapshot, when the log no longer reaches back. */
export const repair = (replica: Replica, peer: string, index: number): Turn => {
  if (index > lastIndexOf(replica.log)) return { next: replica, says: [] };
  if (termAt(replica.log, index) === undefined)
    return serve(replica, peer, { index: 0, offset: 0 });
  const message = prepareAfter(replica, index);
  return { next: replica, says: [{ type: 'wire.send', to: peer, message }] };
};

/**
 * A follower's beat says what it holds; one that stands still behind us is repaired. One that holds
 * all, and of which we know it not, has acknowledged into the void: it is sent again what is not
 * committed, so that it acknowledges again.
 */
export const noteBeat = (
  replica: Replica,
  { from, term, leader, index, store }: HeardAs<'detector.beat'>,
): Turn => {
  if (term !== replica.term || leader !== replica.id) return { next: replica, says: [] };
  const known = followerOf(replica, from, store);
  const followers = { ...replica.followers, [from]: { ...known, beatIndex: index } };
  const next = { ...replica, followers };
  const { sent, commit } = replica;
  if (index !== known.beatIndex) return { next, says: [] };
  if (index < sent) return repair(next, from, index);
  // Who does not vote acknowledges nothing.
  const isVoter = votersOf(next).voters.some(
    (voter) => voter.node === from && voter.store === store,
  );
  const isUnknown = isVoter && known.match < sent && commit < sent;
  return isUnknown ? repair(next, from, commit) : { next, says: [] };
};

/** Sends one part of the snapshot; it stays the same until the follower has it or asks anew. */
export const serve = (
  replica: Replica,
  peer: string,
  { index, offset }: { index: number; offset: number },
): Turn => {
  const { serving, commit, log } = replica;
  const isKept = serving !== null && (index === serving.index || serving.index >= log.offset);
  const snapshot =
    isKept && (index !== 0 || serving.index === commit)
      ? serving
      : {
          index: commit,
          term: termAt(log, commit) ?? log.offsetTerm,
          text: JSON.stringify(replica.state),
        };
  const start = index === snapshot.index ? offset : 0;
  return {
    next: { ...replica, serving: snapshot },
    says: [
      {
        type: 'wire.send',
        to: peer,
        message: {
          type: 'replica.chunk',
          term: replica.term,
          index: snapshot.index,
          indexTerm: snapshot.term,
          offset: start,
          total: snapshot.text.length,
          data: snapshot.text.slice(start, start + CHUNK_CHARS_MAX),
        },
      },
    ],
  };
};
