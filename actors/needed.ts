/**
 * Which messages somebody waits for, and which can be said again or do without: what is dropped first
 * when there is too much to hear or to send.
 */

/** Votes, entries and acknowledgements of the log, leases, founding, and the end of a life. */
const NEEDED: ReadonlySet<string> = new Set([
  ...['election.poll', 'election.lean', 'election.claim', 'election.vote', 'election.handover'],
  ...['replica.prepare', 'replica.ack', 'replica.chunk', 'replica.propose', 'replica.answer'],
  ...['lease.renew', 'lease.grant'],
  ...['genesis.prepare', 'genesis.promise', 'genesis.propose', 'genesis.accept'],
  ...['membership.goodbye', 'membership.present', 'detector.alive', 'detector.vouch'],
]);

export const isNeeded = (type: string): boolean => NEEDED.has(type);
