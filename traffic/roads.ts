/**
 * The roads of a district as the queue model drives on them: lanes that end at stop lines, and which
 * ways lead on from each. Read from the district file; where it says nothing, plain streets on which
 * traffic keeps right and most of it goes straight on. Pure.
 */
import type { Intersection, Link } from '../protocol/district.ts';
import {
  approachesOf,
  around,
  compass,
  direction,
  dot,
  placesOf,
  type Vector,
} from './approaches.ts';
import { type Exits, exitsOf } from './exits.ts';
import { type GroupMovements, type LaneDraft, lanesOf, movementsOn } from './lane-drafts.ts';

/** `s` straight on, `l` and `r` left and right, `t` back. */
export type Direction = 's' | 'l' | 'r' | 't';

/** One way on from a lane. */
export interface Turn {
  readonly group: string;
  readonly direction: Direction;
  readonly lane: Lane;
  readonly to: Road;
  /** Its movements are guessed: no file says that its lamps keep it apart from oncoming traffic. */
  readonly isGuessed: boolean;
}

export interface Lane {
  readonly road: Road;
  /** Among all lanes of the district. */
  readonly index: number;
  readonly name: string;
  /** Where it comes from at its intersection; of no meaning where there is none. */
  readonly towards: Vector;
  /** None where the road leads out of the district. */
  readonly turns: readonly Turn[];
}

/** What somebody who comes onto a road may want, and in which lanes it can be had. */
export interface Choice {
  readonly direction: Direction;
  readonly turns: readonly Turn[];
}

export interface Road {
  readonly id: string;
  /** The intersection it comes from; none where it leads into the district. */
  readonly from?: string;
  /** The intersection at whose stop line it ends; none where it leads out of the district. */
  readonly to?: string;
  /** From its one intersection to the world outside; for roads at the edge alone. */
  readonly towards?: Vector;
  readonly lengthM: number;
  readonly speedMps: number;
  /** From the middle of the street to the kerb. */
  readonly lanes: readonly Lane[];
  readonly choices: readonly Choice[];
}

export interface Roads {
  readonly all: readonly Road[];
  readonly lanes: readonly Lane[];
  /** Those on which traffic comes into the district. */
  readonly entries: readonly Road[];
  readonly intersections: readonly Intersection[];
  /** The lanes that end at each intersection. */
  readonly approaching: ReadonlyMap<string, readonly Lane[]>;
}

export interface Streets {
  readonly intersections: readonly Intersection[];
  readonly links: readonly Link[];
}

/** Where the file says nothing of a street. In metres, and metres a second (50 km/h). */
export const EDGE_M = 100;
const SPEED_MPS = 13.9;

type Draft = { -readonly [K in keyof Road]: Road[K] } & { lanes: Lane[]; choices: Choice[] };

export const roadsOf = ({ intersections, links }: Streets): Roads => {
  const places = placesOf(intersections);
  const known = links.filter(({ from, to }) => places.has(from) && places.has(to) && from !== to);
  const roads = known.map((link, k): Draft => roadOf(link, k));
  const lanes: Lane[] = [];
  const approaching = new Map<string, Lane[]>(intersections.map(({ id }) => [id, []]));
  const fill: (() => void)[] = [];
  for (const intersection of intersections) {
    const here = around(intersection, known, places);
    const { id } = intersection;
    const leave = (towards: Vector): Road => {
      const road = edge({ id: `${id}>${compass(towards)}`, from: id, towards });
      roads.push(road);
      return road;
    };
    const links = known.flatMap((link, k) => {
      const road = roads[k];
      return link.from === id && road ? [{ link, road }] : [];
    });
    const exits = exitsOf({ at: here.at, places, links, leave });
    const byGroup = intersection.groups
      .filter(({ kind }) => kind === 'vehicle')
      .map((group) => ({ group, approaches: approachesOf(group, here) }));
    for (const towards of approachesTo(byGroup)) {
      const into = known.findIndex(
        ({ from, to }) =>
          to === id && dot(direction(here.at, places.get(from) as Vector), towards) > 0.999,
      );
      const road = roads[into] ?? edge({ id: `${id}<${compass(towards)}`, to: id, towards });
      if (into < 0) roads.push(road);
      const movements = movementsOn(towards, byGroup);
      const drafts = lanesOf({ movements, link: known[into], name: road.id });
      fill.push(() => {
        const made = drafts.map((draft) => addLane(road, draft, lanes, { towards, exits }));
        road.choices = choicesOf(made);
        approaching.get(id)?.push(...made);
      });
    }
  }
  for (const one of fill) one();
  roads.forEach((road, k) => {
    if (road.lanes.length === 0) plainLanes(road, known[k]?.lanes ?? 1, lanes);
  });
  const entries = roads.filter(({ from, choices }) => from === undefined && choices.length > 0);
  return { all: roads, lanes, entries, intersections, approaching };
};

const roadOf = ({ from, to, lengthM, speedMps }: Link, place: number): Draft => ({
  id: `${from}>${to}#${place}`,
  from,
  to,
  lengthM,
  speedMps,
  lanes: [],
  choices: [],
});

const edge = (ends: Pick<Road, 'id' | 'from' | 'to' | 'towards'>): Draft => ({
  ...{ ...ends, lengthM: EDGE_M, speedMps: SPEED_MPS },
  lanes: [],
  choices: [],
});

const approachesTo = (byGroup: readonly GroupMovements[]): Vector[] => {
  const all = byGroup.flatMap(({ approaches }) => approaches);
  return all.filter((one, k) => all.findIndex((other) => dot(one, other) > 0.999) === k);
};

interface Leading {
  readonly towards: Vector;
  readonly exits: Exits;
}

const addLane = (road: Draft, draft: LaneDraft, lanes: Lane[], { towards, exits }: Leading) => {
  const turns: Turn[] = [];
  const lane: Lane = { road, index: lanes.length, name: draft.name, towards, turns };
  for (const { group, direction: turn, isGuessed } of draft.turns) {
    const to = exits(group, towards, turn);
    turns.push({ group, direction: turn, lane, to, isGuessed });
  }
  lanes.push(lane);
  road.lanes.push(lane);
  return lane;
};

const NOWHERE: Vector = { x: 0, y: 0 };

/** Lanes that lead out of the district, or to an intersection where nothing waits for them. */
const plainLanes = (road: Draft, count: number, lanes: Lane[]): void => {
  for (let k = 0; k < count; k += 1) {
    const name = `${road.id}_${k}`;
    const lane = { road, index: lanes.length, name, towards: NOWHERE, turns: [] };
    lanes.push(lane);
    road.lanes.push(lane);
  }
};

const choicesOf = (lanes: readonly Lane[]): Choice[] => {
  const found = new Map<string, Turn[]>();
  for (const turn of lanes.flatMap(({ turns }) => turns)) {
    const key = `${turn.direction} ${turn.to.id}`;
    found.set(key, [...(found.get(key) ?? []), turn]);
  }
  return [...found.values()].flatMap((turns) => {
    const [first] = turns;
    return first ? [{ direction: first.direction, turns }] : [];
  });
};
