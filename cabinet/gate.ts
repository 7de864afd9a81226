/**
 * The conflict table of the last gate: what every lamp value claims of the road, and which claims
 * of two groups cannot stand together. It repeats on purpose what `protocol` knows, because a gate
 * that shares its table with what it guards shares its mistakes.
 */
import type { Group, Intersection } from '../protocol/district.ts';
import type { Lamp } from '../protocol/lamp.ts';

/** What someone who obeys a lamp takes for himself: nothing, the road, or what others leave of it. */
export type Claim = 'none' | 'yielding' | 'protected';

/** Amber after a permissive green yields still; `claimOf` knows what came before. */
const CLAIMS: Record<Lamp, Claim> = {
  red: 'none',
  // It lets nobody go yet, but they will at any moment: against a group it does not yield to, lit.
  redAmber: 'yielding',
  green: 'protected',
  greenPermissive: 'yielding',
  amber: 'protected',
  flashingAmber: 'protected',
  flashingRed: 'none',
  dark: 'none',
};

/** What `lamp` claims when it follows a lamp that claimed `before`. */
export const claimOf = (lamp: Lamp, before: Claim = 'none'): Claim =>
  lamp === 'amber' && before === 'yielding' ? 'yielding' : CLAIMS[lamp];

export const isGreen = (lamp: Lamp): boolean => lamp === 'green' || lamp === 'greenPermissive';

/** What a group shows, and what of its past still binds it. */
export interface Shown {
  readonly lamp: Lamp;
  readonly claim: Claim;
  /** When the lamp changed. Clearances of lamps that are lit are measured from here. */
  readonly sinceMs: number;
  /** When it should have changed by its sequence; sequences to come are checked against this. */
  readonly dueMs: number;
  /** Since when it has been green without a break, for the minimum. */
  readonly greenSinceMs: number;
  /** What it claimed before it ended: its red clearance is owed to that. */
  readonly ended: Claim;
}

/** A moment's view of a group. */
export interface Claimant {
  readonly group: string;
  readonly claim: Claim;
}

/** The durations of a group's description in milliseconds. */
export const durationsOf = (group: Group) => ({
  minGreenMs: group.minGreenS * 1000,
  amberMs: group.amberS * 1000,
  redClearanceMs: group.redClearanceS * 1000,
});

/** How long a driver that knows nothing of the past shows red: until anyone has left the junction. */
export const startUpMsOf = ({ groups }: Intersection): number =>
  Math.max(...groups.map(({ amberS, redClearanceS }) => (amberS + redClearanceS) * 1000));

export interface Table {
  /** Whether the two may not be lit together. */
  readonly clash: (a: Claimant, b: Claimant) => boolean;
}

/** The table of one intersection. A pair in both `conflicts` and `yields` is governed by yields. */
export const createTable = ({ conflicts, yields }: Intersection): Table => {
  const foes = pairs(conflicts);
  const yielders = pairs(yields);
  const gives = (a: Claimant, b: Claimant) => yielders.get(a.group)?.has(b.group) === true;
  return {
    clash(a, b) {
      if (a.group === b.group || a.claim === 'none' || b.claim === 'none') return false;
      const aGives = gives(a, b);
      const bGives = gives(b, a);
      if (aGives || bGives) {
        return !(aGives && a.claim === 'yielding') && !(bGives && b.claim === 'yielding');
      }
      return foes.get(a.group)?.has(b.group) === true || foes.get(b.group)?.has(a.group) === true;
    },
  };
};

const pairs = (list: readonly (readonly [string, string])[]) => {
  const found = new Map<string, Set<string>>();
  for (const [a, b] of list) found.set(a, (found.get(a) ?? new Set()).add(b));
  return found;
};

/** The first two that clash, or undefined when all may stand together. */
export const firstClash = (
  table: Table,
  claimants: readonly Claimant[],
): readonly [Claimant, Claimant] | undefined => {
  for (const [k, a] of claimants.entries()) {
    const b = claimants.slice(0, k).find((other) => table.clash(a, other));
    if (b) return [b, a];
  }
  return undefined;
};
