/**
 * Draws intersections at random, for tests of everything that must hold for all of them: groups of
 * all kinds, conflicts, filter turns, and stages that the district check finds nothing wrong with.
 */
import { checkIntersection, conflictsOf } from '../../protocol/check-district.ts';
import type { Member } from '../../protocol/command.ts';
import type { Group, Intersection, Stage } from '../../protocol/district.ts';

export type Random = () => number;

export const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;

const between = (random: Random, low: number, high: number, step: number) =>
  Math.round((low + random() * (high - low)) / step) * step;

const anyGroup = (random: Random, id: string): Group => {
  const minGreenS = between(random, 1, 12, 0.25);
  const redAmberS = pick(random, [undefined, undefined, 1, 2]);
  return {
    id,
    kind: pick(random, ['vehicle', 'vehicle', 'pedestrian', 'bicycle', 'transit'] as const),
    minGreenS,
    maxGreenS: minGreenS + between(random, 0, 30, 0.5),
    amberS: between(random, 1, 6, 0.13),
    redClearanceS: between(random, 0, 4, 0.17),
    ...(redAmberS !== undefined && { redAmberS }),
    flash: pick(random, ['red', 'red', 'amber', 'dark'] as const),
  };
};

/** A stage of as many groups as go together, in an order of their own. */
const anyStage = (
  random: Random,
  { groups, conflicts, yields }: Pick<Intersection, 'groups' | 'conflicts' | 'yields'>,
  id: string,
): Stage => {
  const table = conflictsOf({ conflicts, yields });
  const lit: { id: string; isPermissive: boolean }[] = [];
  const shuffled = groups.map((group) => ({ group, key: random() }));
  for (const { group } of shuffled.sort((a, b) => a.key - b.key)) {
    if (lit.length > 0 && random() < 0.3) continue;
    const isPermissive = random() < 0.4;
    const fits = lit.every((other) =>
      table.allows(group.id, isPermissive, other.id, other.isPermissive),
    );
    if (fits) lit.push({ id: group.id, isPermissive });
  }
  const ids = (isPermissive: boolean) =>
    lit.filter((one) => one.isPermissive === isPermissive).map((one) => one.id);
  const permissive = ids(true);
  return { id, green: ids(false), ...(permissive.length > 0 && { permissive }) };
};

/** One that passes the district check. */
export const anyIntersection = (random: Random, id = 'x', node = 'n1'): Intersection => {
  const count = 2 + Math.floor(random() * 6);
  const groups = Array.from({ length: count }, (_, k) => anyGroup(random, `g${k}`));
  const conflicts: [string, string][] = [];
  const yields: [string, string][] = [];
  for (const [k, a] of groups.entries()) {
    for (const b of groups.slice(0, k)) {
      const kind = random();
      if (kind < 0.5) conflicts.push([a.id, b.id]);
      if (kind > 0.35 && kind < 0.65) yields.push([a.id, b.id]);
    }
  }
  const stages = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, k) =>
    anyStage(random, { groups, conflicts, yields }, `s${k}`),
  );
  const steps = stages
    .filter(() => random() < 0.8)
    .map((stage) => ({ stage: stage.id, greenS: between(random, 1, 40, 0.1) }));
  const intersection: Intersection = {
    id,
    node,
    position: [0, 0],
    groups,
    conflicts,
    yields,
    stages,
    ...(steps.length > 0 && { programs: [{ id: 'p', offsetS: 0, steps }] }),
  };
  // Two that cross may not both flash amber; the others are sound as drawn.
  const isSound = checkIntersection(intersection).length === 0;
  if (isSound) return intersection;
  return { ...intersection, groups: groups.map(({ flash: _, ...group }) => group) };
};

/** Members of a district: intersections in a row and some links between any two. */
export const anyMembers = (random: Random): Member[] => {
  const count = 1 + Math.floor(random() * 6);
  return Array.from({ length: count }, (_, k) => ({
    node: `n${k}`,
    store: `s${k}`,
    intersection: anyIntersection(random, `x${k}`, `n${k}`),
    links: Array.from({ length: Math.floor(random() * 3) }, () => ({
      from: `x${k}`,
      to: `x${Math.floor(random() * (count + 1))}`,
      lengthM: 20 + random() * 2000,
      speedMps: 3 + random() * 20,
    })),
  }));
};
