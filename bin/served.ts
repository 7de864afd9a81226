/**
 * What a district has agreed that there is to command: intersections, groups, and who serves them.
 */
import type { State } from '../protocol/command.ts';
import { nodesOf } from '../protocol/district.ts';
import { OperatorError } from './read-district.ts';

/** The group at an intersection, or an `OperatorError` that says what there is. */
export const demandGroup = (
  { members }: Pick<State, 'members'>,
  intersection: string,
  group: string,
): void => {
  const known = members.flatMap((member) => member.intersection ?? []);
  const found = known.find(({ id }) => id === intersection);
  if (!found) {
    const there = [...new Set(known.map(({ id }) => id))].sort();
    throw new OperatorError(
      `no intersection ${intersection}; the district has ${there.join(', ')}`,
    );
  }
  const groups = found.groups.map(({ id }) => id);
  if (groups.includes(group)) return;
  throw new OperatorError(`no group ${group} at ${intersection}; it has ${groups.join(', ')}`);
};

/** Who serves what, sorted. */
export const serversOf = (state: State): { node: string; intersection: string }[] =>
  state.members
    .flatMap(({ node, intersection }) =>
      intersection && nodesOf(intersection).includes(node)
        ? [{ node, intersection: intersection.id }]
        : [],
    )
    .sort((a, b) => (a.node < b.node ? -1 : 1));
