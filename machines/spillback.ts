/**
 * Streets that are full: a queue that reaches back to the intersection before lets nobody leave there,
 * whatever is green (spill-back). Who sees its end tells, and who would feed it does not count on its
 * greens meanwhile, so that the time goes to others. Pure neighbour of `arrivals.ts`.
 */
import type { Intersection } from '../protocol/district.ts';
import type { Expected } from './expectation.ts';
import { CAR_M } from './lane-track.ts';
import type { Street } from './platoons.ts';

/** A neighbour to which the street was full, and until when that is believed. */
export interface Full {
  readonly to: string;
  readonly untilMs: number;
}

/** What an intersection takes of a street. In metres. */
const INSIDE_M = 20;
/** A street is full when so much of it is taken. */
const FULL_SHARE = 0.9;
/** Two words may be lost. In milliseconds. */
const BELIEVED_MS = 5_000;

/** The neighbours from which nobody can come, because the street from there is full. */
export const fullOf = (
  { intersection, links }: Street,
  { lanes }: Pick<Expected, 'lanes'>,
): string[] => {
  const { id, groups } = intersection;
  // Those who have begun to drive off take more room, so that there are fewer of them.
  const standing = new Map(
    lanes.map(({ lane, vehicles }) => [lane, vehicles.filter(({ waitedS }) => waitedS > 0).length]),
  );
  const isFull = ({ lengthM, toGroups }: Street['links'][number]): boolean => {
    const own = groups.filter((group) => toGroups?.includes(group.id));
    const into = new Set(own.flatMap(({ movements = [] }) => movements.map(({ from }) => from)));
    const room = (into.size * Math.max(0, lengthM - INSIDE_M)) / CAR_M;
    const taken = [...into].reduce((sum, lane) => sum + (standing.get(lane) ?? 0), 0);
    return room >= 1 && taken >= FULL_SHARE * room;
  };
  const full = links.filter((link) => link.to === id && link.from !== id && isFull(link));
  return [...new Set(full.map(({ from }) => from))];
};

/** The full streets after a neighbour spoke. */
export const fullAfter = (
  known: readonly Full[],
  { intersection, links }: Street,
  { from, full, at }: { from: string; full: readonly string[]; at: number },
): Full[] => {
  const others = known.filter(({ to, untilMs }) => to !== from && untilMs > at);
  const leadsThere = links.some((link) => link.from === intersection.id && link.to === from);
  if (!leadsThere || !full.includes(intersection.id)) return others;
  return [...others, { to: from, untilMs: at + BELIEVED_MS }];
};

/** The groups all of whose streets are full. */
export const blockedBy = (
  known: readonly Full[],
  { intersection: { id, groups }, links }: Street,
  at: number,
): string[] => {
  const full = new Set(known.filter(({ untilMs }) => untilMs > at).map(({ to }) => to));
  if (full.size === 0) return [];
  const own = links.filter(({ from }) => from === id);
  const feeds = (group: Intersection['groups'][number]) =>
    own.filter(({ fromGroups }) => fromGroups?.includes(group.id));
  const isBlocked = (group: Intersection['groups'][number]) =>
    feeds(group).length > 0 && feeds(group).every(({ to }) => full.has(to));
  return groups.filter(isBlocked).map((group) => group.id);
};
