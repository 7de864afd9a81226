/**
 * The districts that are broken: five nodes that serve one intersection each; and five, or four, that
 * share one, every approach with its node, its host and its cabinet. The same scenarios run in all.
 */
import type { DistrictFile, Intersection } from '../../protocol/district.ts';
import { crossroads } from '../e2e/crossroads.ts';

/** On a network of their own districts need no port of their own. */
const PORT = 5007;
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];

export interface Kind {
  readonly name: string;
  readonly district: DistrictFile;
  readonly nodes: readonly string[];
  /** Whether greens are agreed on. */
  readonly isShared: boolean;
  /** Whose lamps go on when only nodes of one side hear each other. */
  readonly goOn: (sides: readonly (readonly string[])[]) => string[];
}

/** Short greens, so that one that is lost shows soon. */
const crossroadsOfShortGreens = (): DistrictFile => {
  const district = crossroads(NODES.length, PORT, 'own');
  return {
    ...district,
    expect: NODES.length,
    intersections: district.intersections.map((intersection) => ({
      ...intersection,
      groups: intersection.groups.map((group) => ({ ...group, maxGreenS: 5 })),
    })),
  };
};

/** A node that serves a whole intersection needs nobody. */
export const ownIntersections: Kind = {
  name: 'five nodes with an intersection each',
  district: crossroadsOfShortGreens(),
  nodes: NODES,
  isShared: false,
  goOn: (sides) => sides.flat(),
};

const approach = (id: string) => ({
  id,
  kind: 'vehicle' as const,
  minGreenS: 2,
  maxGreenS: 5,
  amberS: 1,
  redClearanceS: 0.5,
});

/** North, south and a fifth road together; east and west together. */
const fiveRoads: Intersection = {
  id: 'five-roads',
  nodes: { N: 'n1', S: 'n2', E: 'n3', W: 'n4', F: 'n5' },
  position: [0, 0],
  groups: ['N', 'S', 'E', 'W', 'F'].map(approach),
  conflicts: ['N', 'S', 'F'].flatMap((a) => ['E', 'W'].map((b): [string, string] => [a, b])),
  yields: [],
  stages: [
    { id: 'nsf', green: ['N', 'S', 'F'] },
    { id: 'ew', green: ['E', 'W'] },
  ],
  programs: [
    {
      id: '0',
      offsetS: 0,
      steps: [
        { stage: 'nsf', greenS: 3 },
        { stage: 'ew', greenS: 3 },
      ],
    },
  ],
};

const contract = {
  discovery: { port: PORT },
  // The least that the contract allows, because who comes without a disk waits for a horizon.
  timing: { electionTimeoutMs: 2500, rightHorizonMs: 16_000 },
};

/** Without a majority of its nodes no right of way is granted at a shared intersection. */
export const sharedIntersection: Kind = {
  name: 'five nodes that share one intersection',
  district: {
    name: 'shared',
    expect: NODES.length,
    intersections: [fiveRoads],
    ...contract,
  },
  nodes: NODES,
  isShared: true,
  goOn: (sides) => [...(sides.find((side) => side.length > NODES.length / 2) ?? [])],
};

const { F: _, ...fourNodes } = fiveRoads.nodes ?? {};
const isOfFour = (group: string): boolean => Object.hasOwn(fourNodes, group);

/** North and south together, east and west together; all of the three that are left must be there. */
export const fourApproaches: Kind = {
  name: 'four nodes that share one intersection',
  district: {
    name: 'crossing',
    expect: 4,
    intersections: [
      {
        ...fiveRoads,
        id: 'four-roads',
        nodes: fourNodes,
        groups: fiveRoads.groups.filter(({ id }) => isOfFour(id)),
        conflicts: fiveRoads.conflicts.filter((pair) => pair.every(isOfFour)),
        stages: fiveRoads.stages.map((stage) => ({
          ...stage,
          green: stage.green.filter(isOfFour),
        })),
      },
    ],
    ...contract,
  },
  nodes: NODES.slice(0, 4),
  isShared: true,
  goOn: (sides) => [...(sides.find((side) => side.length > 2) ?? [])],
};

/** By the word that a run of tests asks for it with. */
export const kinds: Readonly<Record<string, Kind>> = {
  own: ownIntersections,
  shared: sharedIntersection,
  four: fourApproaches,
};
