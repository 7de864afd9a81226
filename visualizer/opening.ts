/**
 * How a journal begins when its own beginning is gone: the picture that the dropped lines led to, as
 * JSON. A server hands it to whoever comes late, and a saved journal starts with it.
 */
import type { JournalLine } from '../protocol/journal.ts';
import {
  blankPicture,
  type NodePicture,
  type PeerPicture,
  type Picture,
  type Streets,
} from './picture.ts';

/** A picture without maps. */
export type PlainPicture = Omit<Picture, 'nodes' | 'intersections'> & {
  readonly nodes: readonly (Omit<NodePicture, 'view'> & { view: readonly PeerPicture[] })[];
  readonly intersections: readonly (readonly [
    string,
    Picture['intersections'] extends Map<string, infer I> ? I : never,
  ])[];
};

export interface Opening {
  readonly name: string;
  readonly streets: Streets;
  /** Where it does not begin with the district itself. */
  readonly picture?: PlainPicture;
  readonly lines?: readonly JournalLine[];
}

export const openingOf = (picture: Picture): Opening => {
  const { nodes, intersections, name, streets } = picture;
  const plain: PlainPicture = {
    ...picture,
    nodes: [...nodes.values()].map((node) => ({ ...node, view: [...node.view.values()] })),
    intersections: [...intersections],
  };
  return { name, streets, picture: plain };
};

/** The picture before the opening's lines. */
export const pictureOf = ({ name, streets, picture }: Opening): Picture => {
  if (!picture) return blankPicture(name, streets);
  const nodes = picture.nodes.map((node): [string, NodePicture] => [
    node.node,
    { ...node, view: new Map(node.view.map((peer) => [peer.peer, peer])) },
  ]);
  return {
    ...picture,
    nodes: new Map(nodes),
    intersections: new Map(picture.intersections),
  };
};
