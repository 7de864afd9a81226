/**
 * What lamps show where no lamp driver is heard, but their node tells its stage, as under `greenwave
 * watch`: the groups of the stage are green, the others red. Ambers and clearances nobody tells.
 */
import type { Intersection } from '../protocol/district.ts';
import type { Lamps } from '../protocol/lamp.ts';
import { nodesOf } from '../protocol/serving.ts';
import type { Picture } from './picture.ts';

export interface ShownLamps {
  readonly lamps: Lamps | undefined;
  /** They are inferred from a stage. */
  readonly isTold: boolean;
}

export const lampsOf = (picture: Picture, intersection: Intersection): ShownLamps => {
  const { lamps } = picture.intersections.get(intersection.id) ?? {};
  if (lamps) return { lamps, isTold: false };
  const [server = '', ...others] = nodesOf(intersection);
  const told = picture.nodes.get(server)?.stage;
  const stage = intersection.stages.find(({ id }) => id === told);
  // Of a shared intersection no single node tells what all show.
  if (!stage || others.length > 0) return { lamps: undefined, isTold: false };
  const lampOf = (group: string) => {
    if (stage.green.includes(group)) return 'green';
    return stage.permissive?.includes(group) ? 'greenPermissive' : 'red';
  };
  const inferred = intersection.groups.map(({ id }) => [id, lampOf(id)] as const);
  return { lamps: Object.fromEntries(inferred), isTold: true };
};
