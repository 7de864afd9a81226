/**
 * The duties of a detector: whom a node watches in its view, who helps it to, and who is told when
 * a peer is failed. Pure neighbour of `detector.ts`.
 */
import { ALL, type Emitted, type Send } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { at, names } from './map.ts';
import { isSmall, lifeIn, MONITORS, monitorsOf, type Ring, watchedBy } from './neighbours.ts';
import { nextLookAt, type Watched } from './silence.ts';

/** Peers asked to probe in our place. */
const HELPERS_MAX = 3;

/** What a node's duties follow from. */
export interface Post {
  readonly id: string;
  readonly timing: Timing;
  readonly leader: string | null;
  readonly ring: Ring;
  /** Those in the view whom this node watches. */
  readonly peers: Readonly<Record<string, Watched>>;
}

export const WAKE = 'detector:look';

/** Asks to be woken when somebody's silence has its next consequence, but not before `soonestMs`. */
export const nextWake = (
  { timing, peers }: Pick<Post, 'timing' | 'peers'>,
  soonestMs = Number.NEGATIVE_INFINITY,
): Emitted[] => {
  const looks = Object.values(peers).map((watched) => nextLookAt(timing, watched));
  if (looks.length === 0) return [];
  return [{ type: 'clock.wake', id: WAKE, atMs: Math.max(soonestMs, Math.min(...looks)) }];
};

export const probeOf = (peer: string): Send => ({
  type: 'wire.send',
  to: peer,
  message: { type: 'detector.probe' },
});

/** Whom this node is to watch, and how often it should hear each. */
const dutiesOf = ({ id, ring, leader, timing: { beatMs } }: Post): Map<string, number> => {
  if (isSmall(ring)) {
    return new Map(ring.filter((life) => life.id !== id).map((life) => [life.id, beatMs]));
  }
  const duties = new Map(watchedBy(ring, id).map((peer) => [peer, beatMs * MONITORS]));
  if (leader !== null && leader !== id && lifeIn(ring, leader)) duties.set(leader, beatMs);
  return duties;
};

/** Whom a node of this view and leader watches from now on: goes on with those it watched. */
export const rewatch = (context: Post, now: number): { peers: Post['peers']; says: Emitted[] } => {
  const watching: [string, Watched][] = [];
  const says: Emitted[] = [];
  let isChanged = false;
  const take = (peer: string, watched: Watched) => {
    watching.push([peer, watched]);
    isChanged ||= at(context.peers, peer) !== watched;
  };
  const duties = dutiesOf(context);
  for (const [peer, everyMs] of duties) {
    const { incarnation = 0 } = lifeIn(context.ring, peer) ?? {};
    const known = at(context.peers, peer);
    if (known?.incarnation !== incarnation) {
      take(peer, watchedSince(now, { incarnation, everyMs, why: 'duty' }));
      // Opens the connection whose reset will tell of the peer's death.
      says.push(probeOf(peer));
    } else if (known.everyMs === everyMs && known.why === 'duty') take(peer, known);
    else take(peer, { ...known, everyMs, intervalsMs: [], why: 'duty' });
  }
  for (const peer of names(context.peers)) {
    const known = context.peers[peer] as Watched;
    const isHere = lifeIn(context.ring, peer)?.incarnation === known.incarnation;
    if (known.why === 'doubt' && isHere && !duties.has(peer)) take(peer, known);
  }
  const peers = Object.fromEntries(watching);
  const { timing } = context;
  return { peers, says: isChanged ? [...says, ...nextWake({ timing, peers })] : says };
};

export const watchedSince = (
  lastAt: number,
  rest: Pick<Watched, 'incarnation' | 'everyMs' | 'why'>,
): Watched => ({ ...rest, lastAt, intervalsMs: [], standing: 'trusted', probe: 'none' });

/** Those that may probe `peer` in our place: first whom we know to live. */
export const helpersFor = ({ id, peers, ring }: Post, peer: string): string[] => {
  const trusted = names(peers).filter((name) => peers[name]?.standing === 'trusted');
  const others = isSmall(ring) ? [] : monitorsOf(ring, id).filter((name) => !at(peers, name));
  return [...trusted, ...others].filter((name) => name !== peer).slice(0, HELPERS_MAX);
};

/** Whether anybody else was heard of late: who hears nobody is cut off itself. */
export const isHearing = ({ peers, timing }: Post, peer: string, now: number): boolean =>
  names(peers).some(
    (name) =>
      name !== peer && now - (peers[name] as Watched).lastAt <= timing.heartbeatTimeoutMs / 2,
  );

/** What is said when a peer is failed: to ourselves, and in a large view to all. */
export const failure = (context: Post, peer: string, reason: string): Emitted[] => {
  const says: Emitted[] = [{ type: 'detector.failed', peer, reason }];
  const { id, ring } = context;
  const life = lifeIn(ring, peer);
  // Others who watch it for other reasons leave that to its monitors, or all would speak at once.
  if (!life || isSmall(ring) || !monitorsOf(ring, peer).includes(id)) return says;
  const { incarnation: peerIncarnation } = life;
  const message = { type: 'detector.obituary' as const, peer, peerIncarnation, reason };
  return [...says, { type: 'wire.send', to: ALL, message }];
};
