/**
 * The picture of a district at one instant, as its journal paints it: lamps, views, roles, terms,
 * commits, machines, faults, the log and what was notable. Pure: no clock, no page, no network.
 *
 * A picture's maps are changed in place while lines are read; what they hold is never changed, only
 * replaced. So a copy of a picture is a copy of two small maps, which is what makes rewind cheap.
 */
import type { Command, Voter } from '../protocol/command.ts';
import type { Intersection, Link } from '../protocol/district.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { Plan } from '../protocol/plan.ts';
import { nodesOf } from '../protocol/serving.ts';
import { type NetworkPicture, quietNetwork } from './network-picture.ts';
import type { TrafficPicture } from './traffic-picture.ts';

/** Entries of the log and notes that a picture keeps: as many as somebody reads. */
export const LOG_MAX = 200;
export const NOTES_MAX = 300;

/** What is known of a node's process. `unknown`: nothing was heard of it yet. */
export type Standing = 'unknown' | 'up' | 'stalled' | 'down';
export type Role = 'leader' | 'candidate' | 'backup' | 'leaderless' | 'down' | 'unknown';

/** A peer as one node sees it. */
export interface PeerPicture {
  readonly peer: string;
  readonly incarnation: number | undefined;
  readonly sinceMs: number;
  /** Why it is suspected, when it is; with the φ of that moment. */
  readonly suspected: { readonly phi: number; readonly reason: string } | undefined;
}

/** Bytes in the second that runs, and how many a second there were in the last. */
export interface Rate {
  readonly sinceMs: number;
  readonly bytes: number;
  readonly perSecond: number | undefined;
}

export interface Step {
  readonly atMs: number;
  readonly from: unknown;
}

export interface NodePicture {
  readonly node: string;
  /** The intersection it serves. */
  readonly intersection: string | undefined;
  readonly standing: Standing;
  readonly pid: number | undefined;
  readonly incarnation: number | undefined;
  readonly group: string | undefined;
  readonly leader: string | undefined;
  readonly term: number;
  readonly commit: number;
  readonly plan: string | undefined;
  readonly stage: string | undefined;
  readonly mode: string | undefined;
  /** How far its clock may be from the group's. In milliseconds. */
  readonly boundMs: number | undefined;
  /** What the clock of its host gains because somebody had it so. In microseconds a second. */
  readonly driftPpm: number;
  /** The group's time less that of the journal, as the node has it. In milliseconds. */
  readonly groupAheadMs: number | undefined;
  /** φ of its silence, as an observer knows it. */
  readonly phi: number | undefined;
  readonly view: ReadonlyMap<string, PeerPicture>;
  /** The state of each machine, by its name. */
  readonly machines: Readonly<Record<string, unknown>>;
  /** The last step of each that has made one: when, and from which state. */
  readonly steps: Readonly<Record<string, Step>>;
  readonly said: Rate;
  readonly heard: Rate;
  readonly trouble: string | undefined;
}

export interface IntersectionPicture {
  /** What its lamps show; undefined until a lamp driver has said so. */
  readonly lamps: Lamps | undefined;
  readonly sinceMs: number;
}

export interface LogEntry {
  readonly index: number;
  readonly term: number;
  readonly command: Command;
  /** When the first node knew that it is agreed. */
  readonly atMs: number;
}

export type NoteKind = 'election' | 'view' | 'process' | 'fault' | 'plan' | 'trouble';
/** Something that somebody who looks back wants to find. */
export interface Note {
  readonly t: number;
  readonly kind: NoteKind;
  readonly text: string;
  /** How many nodes said the same. */
  readonly by: number;
}

export interface Streets {
  readonly intersections: readonly Intersection[];
  readonly links: readonly Link[];
}

export interface Picture {
  /** The time of the last line. */
  t: number;
  name: string;
  streets: Streets;
  nodes: Map<string, NodePicture>;
  intersections: Map<string, IntersectionPicture>;
  network: NetworkPicture;
  voters: readonly Voter[];
  log: readonly LogEntry[];
  /** The plan that is agreed on, and since when as far as is known here. */
  plan: { readonly plan: Plan; readonly sinceMs: number } | undefined;
  notes: readonly Note[];
  traffic: TrafficPicture | undefined;
}

const noRate: Rate = { sinceMs: 0, bytes: 0, perSecond: undefined };

/** A node of which nothing is known but what it serves. */
export const unknownNode = (node: string, intersection: string | undefined): NodePicture => ({
  node,
  intersection,
  standing: 'unknown',
  pid: undefined,
  incarnation: undefined,
  group: undefined,
  leader: undefined,
  term: 0,
  commit: 0,
  plan: undefined,
  stage: undefined,
  mode: undefined,
  boundMs: undefined,
  driftPpm: 0,
  groupAheadMs: undefined,
  phi: undefined,
  view: new Map(),
  machines: {},
  steps: {},
  said: noRate,
  heard: noRate,
  trouble: undefined,
});

/** The picture before the first line. */
export const blankPicture = (name: string, streets: Streets): Picture => {
  const picture: Picture = {
    t: 0,
    name,
    streets: { intersections: [], links: [] },
    nodes: new Map(),
    intersections: new Map(),
    network: quietNetwork,
    voters: [],
    log: [],
    plan: undefined,
    notes: [],
    traffic: undefined,
  };
  addStreets(picture, streets);
  return picture;
};

/** Adds intersections that are new, the nodes that serve them, and their links. */
export const addStreets = (picture: Picture, { intersections, links }: Streets): void => {
  const known = new Set(picture.streets.intersections.map(({ id }) => id));
  const fresh = intersections.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return;
  for (const intersection of fresh) {
    // Its lamps may have been heard of before.
    const shown = picture.intersections.get(intersection.id);
    const dark = { lamps: undefined, sinceMs: picture.t };
    picture.intersections.set(intersection.id, shown ?? dark);
    for (const node of nodesOf(intersection)) {
      const known = picture.nodes.get(node) ?? unknownNode(node, intersection.id);
      picture.nodes.set(node, { ...known, intersection: intersection.id });
    }
  }
  const is =
    ({ from, to }: Link) =>
    (one: Link) =>
      one.from === from && one.to === to;
  picture.streets = {
    intersections: [...picture.streets.intersections, ...fresh],
    links: [
      ...picture.streets.links,
      ...links.filter((link) => !picture.streets.links.some(is(link))),
    ],
  };
};

export const copyOf = (picture: Picture): Picture => ({
  ...picture,
  nodes: new Map(picture.nodes),
  intersections: new Map(picture.intersections),
});

/** The outermost name of a machine's state. */
export const outermost = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'object' && value !== null
      ? Object.keys(value)[0]
      : undefined;

export const roleOf = (node: NodePicture): Role => {
  if (node.standing === 'down') return 'down';
  if (node.standing === 'unknown') return 'unknown';
  const election = outermost(node.machines['election']);
  if (election === 'leader' || node.leader === node.node) return 'leader';
  if (election === 'candidate' || election === 'prospective') return 'candidate';
  return node.leader === undefined ? 'leaderless' : 'backup';
};

/** Who leads in the latest term that anybody leads in. */
export const leaderOf = ({ nodes }: Pick<Picture, 'nodes'>): NodePicture | undefined => {
  let leader: NodePicture | undefined;
  for (const node of nodes.values()) {
    if (roleOf(node) === 'leader' && node.term >= (leader?.term ?? 0)) leader = node;
  }
  return leader;
};
