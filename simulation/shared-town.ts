/**
 * Makes up a district of shared intersections for simulations: crossroads along a line, each served
 * by two nodes, three or four.
 *
 * Two are one for each street: the fewest that can disagree, and since both must be there, the most
 * easily darkened. Three have one street in one hand and the other in two. Four, a node for each
 * approach, cost twice as much to simulate as two, and have the majorities that a loss leaves whole.
 */
import type { District } from '../protocol/check-district.ts';
import type { Intersection } from '../protocol/district.ts';
import { discoveryDefault, lan } from '../protocol/timing.ts';
import { random } from './random.ts';
import { crossroads, group, links } from './town.ts';

/** The approaches of a shared crossroads. */
const APPROACHES = ['N', 'E', 'S', 'W'] as const;
type Approach = (typeof APPROACHES)[number];

export const sharersKnown = [2, 3, 4] as const;
/** How many nodes serve an intersection. */
export type Sharers = (typeof sharersKnown)[number];

/** Which of so many nodes serves an approach: each is called after those that it has. */
const HANDS: Readonly<Record<Sharers, Readonly<Record<Approach, string>>>> = {
  2: { N: 'ns', E: 'ew', S: 'ns', W: 'ew' },
  3: { N: 'ns', E: 'e', S: 'ns', W: 'w' },
  4: { N: 'n', E: 'e', S: 's', W: 'w' },
};

/** By how many nodes each intersection is served: `sharers`, and as many as have `nodes` in all. */
export const evenly = (nodes: number, sharers: Sharers): Sharers[] =>
  Array.from({ length: Math.ceil(nodes / sharers) }, () => sharers);

/** Pairs are drawn twice as often, because they cost half. */
const LOTS: readonly Sharers[] = [2, 2, 3, 4];

/** The same, drawn from a seed, so that there are `nodes` in all, or two when that is one. */
export const mixedBy = (seed: number, nodes: number): Sharers[] => {
  const draw = random(seed, 'sharers');
  const mix: Sharers[] = [];
  for (let left = Math.max(2, nodes); left > 0; ) {
    // One node alone shares nothing.
    const some = draw.pick(LOTS.filter((count) => count === left || count < left - 1));
    mix.push(some);
    left -= some;
  }
  return mix;
};

/** By every third crossroads the northern node serves a pedestrian crossing too. */
export const sharedTown = (mix: readonly Sharers[], name = 'shared'): District => {
  const count = mix.length;
  const label = (place: number) => String(place + 1).padStart(String(count).length, '0');
  return {
    name,
    expect: mix.reduce<number>((sum, sharers) => sum + sharers, 0),
    intersections: mix.map((sharers, place) => sharedCrossroads(label(place), place, sharers)),
    links: mix.flatMap((_, place) => links(place, { width: count, count, label })),
    plans: [],
    timing: lan(),
    discovery: discoveryDefault,
  };
};

const sharedCrossroads = (label: string, place: number, sharers: Sharers): Intersection => {
  const walk = place % 3 === 0 ? ['walk'] : [];
  const { node: _, ...crossing } = crossroads(label, place, place + 1);
  const holder = (approach: Approach) => `n${label}${HANDS[sharers][approach]}`;
  return {
    ...crossing,
    nodes: {
      ...Object.fromEntries(APPROACHES.map((approach) => [approach, holder(approach)])),
      ...Object.fromEntries(walk.map((id) => [id, holder('N')])),
    },
    groups: [
      ...APPROACHES.map((approach) => group(approach)),
      ...walk.map((id) => group(id, 'pedestrian')),
    ],
    conflicts: [
      ...['N', 'S'].flatMap((a) => ['E', 'W'].map((b): [string, string] => [a, b])),
      ...walk.flatMap((id) => ['E', 'W'].map((b): [string, string] => [id, b])),
    ],
    stages: [
      { id: 'ns', green: ['N', 'S', ...walk] },
      { id: 'ew', green: ['E', 'W'] },
    ],
  };
};
