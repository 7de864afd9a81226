/**
 * A made-up district of plain crossroads with short greens, so that tests see stages change soon.
 */
import type { DistrictFile, Intersection } from '../../protocol/district.ts';

const group = (id: string) => ({
  id,
  kind: 'vehicle' as const,
  minGreenS: 2,
  maxGreenS: 10,
  amberS: 1,
  redClearanceS: 0.5,
});

export const crossroad = (place: number): Intersection => ({
  id: `x${place}`,
  node: `n${place}`,
  position: [place * 300, 0],
  groups: [group('NS'), group('EW')],
  conflicts: [['NS', 'EW']],
  yields: [],
  stages: [
    { id: 'ns', green: ['NS'] },
    { id: 'ew', green: ['EW'] },
  ],
  programs: [
    {
      id: '0',
      offsetS: 0,
      steps: [
        { stage: 'ns', greenS: 3 },
        { stage: 'ew', greenS: 3 },
      ],
    },
  ],
});

/** `count` crossroads in a row, found at `port`. */
export const crossroads = (count: number, port: number, name = 'crossroads'): DistrictFile => {
  const places = Array.from({ length: count }, (_, k) => k + 1);
  return {
    name,
    intersections: places.map(crossroad),
    links: places.slice(1).flatMap((k) => [
      { from: `x${k - 1}`, to: `x${k}`, lengthM: 300, speedMps: 14 },
      { from: `x${k}`, to: `x${k - 1}`, lengthM: 300, speedMps: 14 },
    ]),
    discovery: { port },
  };
};
