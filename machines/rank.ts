/**
 * Names groups, and ranks them by their names alone: `GENERATION.FOUNDERS.NODE.TAIL`. A name says
 * how often its district was recovered, how many nodes founded it, and whose ballot did; the tail
 * makes it unlike every other of the same node. Because the rank is a pure function of the name,
 * all agree on it, and because a name never changes, two groups never yield to each other.
 */
import type { Voter } from '../protocol/command.ts';
import { digestOf } from '../protocol/digest.ts';

/** Characters of a node's id in a name, which stands in every datagram. */
const NODE_CHARS = 24;
const TAIL_CHARS = 8;

export interface Origin extends Voter {
  /** 1, and one more with every recovery. */
  readonly generation: number;
  /** How many nodes founded it. */
  readonly founders: number;
  /** Which of the node's ballots, or which of its groups, this is. */
  readonly round: number;
}

/** The name of a group. Names of two ballots of one store differ, because their rounds do. */
export const groupName = ({ generation, founders, node, store, round }: Origin): string => {
  const tail = digestOf({ node, store, round }).slice(0, TAIL_CHARS);
  return `${generation}.${founders}.${node.slice(0, NODE_CHARS)}.${tail}`;
};

/** What a name says of a group's rank; nothing at all ranks last. */
export const rankOf = (group: string): { generation: number; founders: number } => {
  const [, generation = '0', founders = '0'] = /^(\d{1,9})\.(\d{1,9})\./.exec(group) ?? [];
  return { generation: Number(generation), founders: Number(founders) };
};

/** Whether `group` ranks above `other`: a later generation, then more founders, then the lesser name. */
export const isAbove = (group: string, other: string): boolean => {
  const [a, b] = [rankOf(group), rankOf(other)];
  if (a.generation !== b.generation) return a.generation > b.generation;
  if (a.founders !== b.founders) return a.founders > b.founders;
  return group < other;
};
