/**
 * Makes up a district for measurements of lamps: intersections that one node serves, and others that
 * three share, all with short greens, under a brisk contract, so that all that is waited for is short
 * too: the horizon after a start, and the right of way of a holder who does not answer.
 */
import type { DistrictFile, Intersection } from '../protocol/district.ts';
import { lan, type Timing } from '../protocol/timing.ts';

/** Patient with silence, because all nodes share one machine; otherwise as brisk as that allows. */
export const brisk: Timing = {
  ...lan(),
  acceptablePauseMs: 800,
  leaderSilenceMs: 1_500,
  placeSpacingMs: 70,
  electionTimeoutMs: 2_000,
  rightHorizonMs: 15_000,
};

const group = (id: string) => ({
  id,
  kind: 'vehicle' as const,
  minGreenS: 2,
  maxGreenS: 8,
  amberS: 1,
  redClearanceS: 0.5,
});

/** Groups a and b conflict, and c goes with a. */
const streets = (groups: readonly string[]): Omit<Intersection, 'id' | 'position'> => ({
  groups: groups.map(group),
  conflicts: groups.filter((id) => id !== 'b').map((id) => [id, 'b']),
  yields: [],
  stages: [
    { id: 'across', green: groups.filter((id) => id !== 'b') },
    { id: 'along', green: ['b'] },
  ],
});

/** One whose groups have a node each: `s1a`, `s1b`, `s1c`. */
const shared = (place: number): Intersection => ({
  ...streets(['a', 'b', 'c']),
  id: `s${place}`,
  position: [place * 300, 0],
  nodes: Object.fromEntries(['a', 'b', 'c'].map((id) => [id, `s${place}${id}`])),
});

const whole = (place: number): Intersection => ({
  ...streets(['a', 'b']),
  id: `w${place}`,
  position: [place * 300, 300],
  node: `w${place}`,
});

const upTo = (count: number) => Array.from({ length: count }, (_, k) => k + 1);

interface Size {
  readonly name: string;
  readonly port: number;
  readonly shared: number;
  readonly whole: number;
}

export const lampDistrict = ({ name, port, ...count }: Size): DistrictFile => ({
  name,
  expect: count.shared * 3 + count.whole,
  intersections: [...upTo(count.shared).map(shared), ...upTo(count.whole).map(whole)],
  timing: brisk,
  discovery: { port },
});
