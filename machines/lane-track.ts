/**
 * What is kept of each lane, where sensors count vehicles and do not tell them apart. Who comes in is
 * let drive on freely in mind until he leaves or is seen to stand. Pure; of it `lane-loops.ts` and
 * `lane-areas.ts` make the account of a step, `lanes.ts` the account of all lanes.
 *
 * Which way a vehicle will turn no such sensor tells. It is taken to turn as those did who left
 * before; and when one stands first at a green of its lane for a while, to need one of the others, or
 * a green that need not yield. Nor is it told which of several lanes who comes will choose: each gets
 * its share of those who left before.
 */
import { isGreen, isLit, type Lamps } from '../protocol/lamp.ts';
import { spread } from './spread.ts';

/** A vehicle: when it could be at the stop line, and for how long it has stood. In seconds. Who should
 *  have been there and is not seen to stand has a time that has passed. */
export interface Car {
  readonly etaS: number;
  readonly waitedS: number;
}

export interface Counts {
  readonly near: number;
  readonly far: number;
  readonly all: number;
}

export interface LaneTrack {
  readonly lane: string;
  /** The groups that vehicles of the lane may need. */
  readonly groups: readonly string[];
  /** From the stop line upstream. */
  readonly cars: readonly Car[];
  /** Those on a stretch that leads to this lane and to others. */
  readonly behind: readonly Car[];
  /** Whether the first one stands. */
  readonly stands: boolean;
  /** For how long the first one has stood at a green of its lane. In seconds. */
  readonly idleS: number;
  /** How many have come during the step. */
  readonly came: number;
  /** For how long nobody has left, and for how long nobody may. In seconds. */
  readonly calmS: number;
  readonly shutS: number;
  /** Whether the last who left had to yield, or may have had to. */
  readonly yields: boolean;
  /** For how long somebody has stood on the loop upstream. In seconds. */
  readonly fullS: number;
  /** How many were counted of late: on the stretch at the stop line, on the last, and on all. */
  readonly counts: readonly Counts[];
  /** How many have left for each of the groups, slowly forgotten; and how many at all. */
  readonly turns: readonly number[];
  readonly gone: number;
  /** The groups of which the first needs one, by what it did so far. */
  readonly needs: readonly string[];
  /** What is due to the lane of those who came, when the last was given to one: at most one vehicle. */
  readonly credit: number;
}

/** What is known of lanes that is not said by their readings. */
export interface Surroundings {
  readonly lamps: Lamps;
  /** How fast who is free drives on a lane. In m/s. */
  readonly speedOf: (lane: string) => number;
}

/** A lane, and what is told of it in a step. */
export interface Told extends Surroundings {
  readonly lane: string;
  readonly groups: readonly string[];
  readonly was: LaneTrack;
  readonly stepS: number;
}

/** Who stands so long first at a green of his lane waits for another one. In seconds. */
const NEEDS_OTHER_S = 4;
/** A vehicle that stands within this is in the queue, whatever the way that is left to it. */
export const QUEUE_M = 60;
/** What a vehicle that stands takes of a lane. In metres. */
export const CAR_M = 7.5;
/** A stop line that nobody has left for so long is calm. In seconds. */
export const CALM_S = 3;
/** After so long, who has left a stop line stands in nobody's way: who need not yield, and who may have
 *  had to wait inside. In seconds. */
const PASSED_S = 1;
const YIELDED_S = 5;
/** After so long, who left counts for a third of what it did. In seconds. */
const TURNS_S = 600;
const CARS_MAX = 100;

/** Whether somebody may stand inside who came from this lane: who has to yield may have to wait there. */
export const mayBeInside = ({ calmS, yields }: LaneTrack): boolean =>
  calmS < (yields ? YIELDED_S : PASSED_S);

export const newTrack = (lane: string, groups: readonly string[]): LaneTrack => ({
  ...{ lane, groups, cars: [], behind: [], stands: false, idleS: 0, came: 0 },
  ...{ calmS: YIELDED_S, shutS: 0, yields: false, fullS: 0, counts: [], credit: 0, needs: groups },
  ...{ turns: groups.map(() => 0), gone: 0 },
});

/** All cars a step later, as far as nobody holds them up. */
export const drivenOn = (cars: readonly Car[], stepS: number): Car[] =>
  cars.map(({ etaS, waitedS }) => ({ etaS: etaS - stepS, waitedS }));

/** The track after a step of which this is known. */
export const settled = (
  told: Told,
  now: Pick<LaneTrack, 'cars' | 'stands' | 'came'> & Partial<LaneTrack> & { left: number },
): LaneTrack => {
  const { lane, groups, was, stepS, lamps } = told;
  const { left, cars, ...rest } = now;
  const isOpen = groups.some((group) => isGreen(lamps[group]));
  const isIdle = now.stands && left === 0 && isOpen;
  const idleS = isIdle ? was.idleS + stepS : 0;
  const others = groups.filter((group) => lamps[group] !== 'green');
  // Who does not go at a green of his lane waits for another, or for a gap; at all of them, for room.
  const narrowed = idleS >= NEEDS_OTHER_S && others.length > 0 ? others : was.needs;
  return {
    ...{ ...was, fullS: 0, counts: [], behind: [], ...rest, lane, groups, idleS },
    cars: cars.slice(0, CARS_MAX),
    needs: left > 0 || cars.length === 0 ? groups : narrowed,
    calmS: left > 0 ? 0 : Math.min(YIELDED_S, was.calmS + stepS),
    shutS: groups.some((group) => isLit(lamps[group] ?? 'red')) ? 0 : was.shutS + stepS,
    yields: groups.some((group) => {
      const lamp = lamps[group];
      return lamp === 'greenPermissive' || (lamp === 'amber' && was.yields);
    }),
    turns: turnsAfter(told, left),
    gone: was.gone + left,
  };
};

/** Who leaves has turned as his lamp lets him: where that leaves a choice, as one that need not yield
 *  lets him, and as others did. */
const turnsAfter = ({ groups, was, stepS, lamps }: Told, left: number): number[] => {
  const turns = was.turns.map((count) => count * (1 - stepS / TURNS_S));
  for (let k = 0; k < left; k += 1) {
    const may = k === 0 ? was.needs : groups;
    const lit = may.filter((group) => isLit(lamps[group] ?? 'red'));
    const green = lit.filter((group) => lamps[group] === 'green');
    const likely = green.length > 0 ? green : lit.length > 0 ? lit : may;
    const worth = likely.map((group) => 1 + (was.turns[groups.indexOf(group)] ?? 0));
    const total = worth.reduce((sum, one) => sum + one, 0);
    likely.forEach((group, n) => {
      const place = groups.indexOf(group);
      turns[place] = (turns[place] ?? 0) + (worth[n] ?? 0) / total;
    });
  }
  return turns;
};

/** What part of those on a lane turns so that they need the group. */
export const turnShare = ({ groups, turns }: LaneTrack, group: string): number => {
  const total = turns.reduce((sum, count) => sum + 1 + count, 0);
  return (1 + (turns[groups.indexOf(group)] ?? 0)) / total;
};

/** The group that the `k`th on the lane is taken to need. */
export const turnOf = (track: LaneTrack, k: number): string => {
  let left = spread(track.gone + k);
  for (const group of track.groups) {
    left -= turnShare(track, group);
    if (left < 0) return group;
  }
  return track.groups.at(-1) ?? '';
};

/** Shares `count` vehicles out to these lanes, as many left each of them before: one after another. */
export const sharedOut = <T extends Pick<LaneTrack, 'turns' | 'credit'>>(
  lanes: readonly T[],
  count: number,
): { to: T[]; credits: Map<T, number> } => {
  const worthOf = ({ turns }: T) => turns.reduce((sum, count) => sum + count, 1);
  const total = lanes.reduce((sum, lane) => sum + worthOf(lane), 0);
  const credits = new Map(lanes.map((lane) => [lane, lane.credit]));
  const to: T[] = [];
  for (let k = 0; k < count; k += 1) {
    let next: T | undefined;
    for (const lane of lanes) {
      credits.set(lane, (credits.get(lane) ?? 0) + worthOf(lane) / total);
      if (!next || (credits.get(lane) ?? 0) > (credits.get(next) ?? 0)) next = lane;
    }
    if (!next) break;
    credits.set(next, (credits.get(next) ?? 0) - 1);
    to.push(next);
  }
  return { to, credits };
};
