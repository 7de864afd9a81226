/**
 * Who serves what. Apart from the schemas, because whoever only asks this need not load them: the
 * page does not.
 */
import type { Intersection } from './district.ts';

/** The nodes that serve an intersection, sorted. */
export const nodesOf = (intersection: Intersection): string[] =>
  intersection.node !== undefined
    ? [intersection.node]
    : [...new Set(Object.values(intersection.nodes ?? {}))].sort();

/** Whether several nodes serve it, so that a green needs a committed right of way. */
export const isShared = (intersection: Intersection): boolean => nodesOf(intersection).length > 1;

/** What a node brings along: the intersection it serves, or undefined when it serves none. */
export const intersectionOf = (
  { intersections }: { readonly intersections: readonly Intersection[] },
  node: string,
): Intersection | undefined =>
  intersections.find((intersection) => nodesOf(intersection).includes(node));
