/**
 * Makes up a district of any size for simulations: plain crossroads on a grid or along a line, a
 * pedestrian crossing at every third, with short greens, so that stages change often.
 */
import type { District } from '../protocol/check-district.ts';
import type { Group, Intersection, Link } from '../protocol/district.ts';
import { discoveryDefault, lan } from '../protocol/timing.ts';

const BLOCK_M = 300;
const SPEED_MPS = 14;

/** How a made-up town looks. */
export interface TownOptions {
  readonly shape?: 'grid' | 'line';
  readonly name?: string;
}

/** `count` intersections, each with a node of its own, named so that they sort by number. */
export const town = (count: number, { shape = 'grid', name = 'town' }: TownOptions = {}) => {
  const width = shape === 'line' ? count : Math.ceil(Math.sqrt(count));
  const digits = String(count).length;
  const places = Array.from({ length: count }, (_, k) => k);
  const label = (place: number) => String(place + 1).padStart(digits, '0');
  const district: District = {
    name,
    expect: count,
    intersections: places.map((place) => crossroads(label(place), place, width)),
    links: places.flatMap((place) => links(place, { width, count, label })),
    plans: [],
    timing: lan(),
    discovery: discoveryDefault,
  };
  return district;
};

/** A signal group with short greens. */
export const group = (id: string, kind: Group['kind'] = 'vehicle'): Group => ({
  id,
  kind,
  minGreenS: 4,
  maxGreenS: 20,
  amberS: kind === 'pedestrian' ? 4 : 3,
  redClearanceS: 1,
});

/** Plain crossroads of two streets. */
export const crossroads = (label: string, place: number, width: number): Intersection => {
  const hasWalk = place % 3 === 0;
  const walk = hasWalk ? ['walk'] : [];
  return {
    id: `x${label}`,
    node: `n${label}`,
    position: [(place % width) * BLOCK_M, Math.floor(place / width) * BLOCK_M],
    groups: [group('NS'), group('EW'), ...walk.map((id) => group(id, 'pedestrian'))],
    conflicts: [['NS', 'EW'], ...walk.map((id): [string, string] => [id, 'EW'])],
    yields: [],
    stages: [
      { id: 'ns', green: ['NS', ...walk] },
      { id: 'ew', green: ['EW'] },
    ],
    programs: [
      {
        id: '0',
        offsetS: 0,
        steps: [
          { stage: 'ns', greenS: 8 + (place % 4) },
          { stage: 'ew', greenS: 7 + (place % 3) },
        ],
      },
    ],
  };
};

interface Streets {
  readonly width: number;
  readonly count: number;
  readonly label: (place: number) => string;
}

/** Streets both ways to the right and downwards. */
export const links = (place: number, { width, count, label }: Streets): Link[] => {
  const right = (place + 1) % width === 0 ? [] : [place + 1];
  return [...right, place + width]
    .filter((other) => other < count)
    .flatMap((other) => {
      const [here, there] = [`x${label(place)}`, `x${label(other)}`];
      const street = { lengthM: BLOCK_M, speedMps: SPEED_MPS };
      return [
        { from: here, to: there, ...street },
        { from: there, to: here, ...street },
      ];
    });
};
