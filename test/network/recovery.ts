/**
 * How long a district takes to be one again: one leader whom all follow, one view, all caught up.
 */
import { machineMs } from './record.ts';
import type { Town } from './town.ts';

/** Milliseconds from the fault, or from its healing. */
export interface Recovery {
  readonly leaderMs: number;
  readonly viewMs: number;
  readonly caughtUpMs: number;
}

/** All follow one of themselves in one term. */
const hasOneLeader = (town: Town, nodes: readonly string[]): boolean => {
  const [first] = nodes.map((node) => town.watch(node));
  if (!first?.leader || !nodes.includes(first.leader)) return false;
  return nodes.every((node) => {
    const { leader, term, group } = town.watch(node);
    return leader === first.leader && term === first.term && group === first.group;
  });
};

/** Each sees those and nobody else. */
const hasOneView = (town: Town, nodes: readonly string[], seen: readonly string[]): boolean =>
  nodes.every((node) => {
    const { view } = town.watch(node);
    return view.size === seen.length - 1 && seen.every((one) => one === node || view.has(one));
  });

/** All have the same last entry, of the term of their leader. */
const hasCaughtUp = (town: Town, nodes: readonly string[]): boolean => {
  const [first] = nodes.map((node) => town.watch(node));
  return nodes.every((node) => {
    const { commit, commitTerm, term, isEnrolled } = town.watch(node);
    return commit === first?.commit && commitTerm === term && isEnrolled;
  });
};

const told = (town: Town, nodes: readonly string[]): string =>
  nodes
    .map((node) => {
      const { view, leader, term, commit, commitTerm, group, isEnrolled } = town.watch(node);
      const seen = [...view].sort().join(' ');
      const enrolled = isEnrolled ? 'enrolled' : 'not enrolled';
      return `${node} sees ${seen}, follows ${leader ?? 'nobody'} in term ${term}, has ${commit} of ${commitTerm}, ${enrolled} in ${group}`;
    })
    .join('\n');

/**
 * Waits until these nodes are one district that sees `seen`; says when, counted from `sinceMs`, each
 * part was so.
 */
export const recovered = async (
  town: Town,
  nodes: readonly string[],
  sinceMs: number,
  seen = nodes,
): Promise<Recovery> => {
  const parts = [
    { holds: () => hasOneLeader(town, nodes), sinceMs: -1 },
    { holds: () => hasOneView(town, nodes, seen), sinceMs: -1 },
    { holds: () => hasCaughtUp(town, nodes), sinceMs: -1 },
  ];
  await town.until(
    () => {
      for (const part of parts) {
        if (!part.holds()) part.sinceMs = -1;
        else if (part.sinceMs < 0) part.sinceMs = machineMs();
      }
      return parts.every((part) => part.sinceMs >= 0);
    },
    () => `one leader, one view, all caught up:\n${told(town, nodes)}`,
  );
  const [leaderMs = 0, viewMs = 0, caughtUpMs = 0] = parts.map((part) =>
    Math.max(0, Math.round(part.sinceMs - sinceMs)),
  );
  return { leaderMs, viewMs, caughtUpMs };
};
