/**
 * Which lanes an approach has, and which ways lead on from each. Imported movements name their lanes;
 * elsewhere each group has a lane of its own, and further lanes of a street go to who drives straight
 * on. Pure.
 */
import type { Group, Link } from '../protocol/district.ts';
import { dot, rankOf, type Vector } from './approaches.ts';
import type { Direction } from './roads.ts';

export interface GroupMovements {
  readonly group: Group;
  /** Where its traffic comes from. */
  readonly approaches: readonly Vector[];
}

export interface TurnDraft {
  readonly group: string;
  readonly direction: Direction;
  readonly isGuessed: boolean;
}

export interface LaneDraft {
  readonly name: string;
  readonly turns: readonly TurnDraft[];
}

interface Movement extends TurnDraft {
  /** Lane or edge, where a file says so. */
  readonly from: string | undefined;
}

/** Where the file says nothing, one may go everywhere but back. */
const ALL_WAYS: readonly Direction[] = ['l', 's', 'r'];
const DIRECTIONS: Record<string, Direction> = { s: 's', l: 'l', L: 'l', r: 'r', R: 'r', t: 't' };

/** What may be done on an approach. Movements of a group with several approaches are dealt out by
 *  where they come from. */
export const movementsOn = (towards: Vector, byGroup: readonly GroupMovements[]): Movement[] =>
  byGroup.flatMap(({ group, approaches }): Movement[] => {
    const place = approaches.findIndex((one) => dot(one, towards) > 0.999);
    if (place < 0) return [];
    const { id, movements = [] } = group;
    if (movements.length === 0) {
      return ALL_WAYS.map((direction) => ({
        ...{ group: id, direction, isGuessed: true, from: undefined },
      }));
    }
    const streets = [...new Set(movements.map(({ from }) => streetOf(from)))];
    return movements
      .filter(({ from }) => streets.indexOf(streetOf(from)) % approaches.length === place)
      .map(({ from, direction = 's' }) => ({
        ...{ group: id, direction: DIRECTIONS[direction] ?? 's', isGuessed: false, from },
      }));
  });

/** A lane of SUMO is named by its edge and its number. */
const LANE = /_\d+$/;
const streetOf = (from: string): string => from.replace(LANE, '');

interface Approach {
  readonly movements: readonly Movement[];
  readonly link: Link | undefined;
  /** For lanes that have no name. */
  readonly name: string;
}

/** The lanes of an approach, from the middle of the street to the kerb. */
export const lanesOf = ({ movements, link, name }: Approach): LaneDraft[] => {
  const isNamed = movements.every(({ from }) => from !== undefined && LANE.test(from));
  const lanes = isNamed ? namedLanes(movements) : groupLanes(movements, link?.lanes ?? 1, name);
  return lanes.sort((a, b) => rankOf(waysOf(a)) - rankOf(waysOf(b)) || (a.name < b.name ? 1 : -1));
};

const waysOf = ({ turns }: LaneDraft): string => turns.map(({ direction }) => direction).join('');

const namedLanes = (movements: readonly Movement[]): LaneDraft[] => {
  const names = [...new Set(movements.map(({ from }) => from ?? ''))];
  return names.map((name) => ({
    name,
    turns: distinctTurns(movements.filter(({ from }) => from === name)),
  }));
};

const groupLanes = (movements: readonly Movement[], count: number, name: string): LaneDraft[] => {
  const groups = [...new Set(movements.map(({ group }) => group))];
  const own = groups.map((group) =>
    distinctTurns(movements.filter((movement) => movement.group === group)),
  );
  const straight = own.filter((turns) => turns.some(({ direction }) => direction === 's'));
  const wide = straight.length > 0 ? straight : own;
  const more = Math.max(0, count - own.length);
  const lanes = own.flatMap((turns) => {
    const place = wide.indexOf(turns);
    const share = Math.floor(more / wide.length) + (place < more % wide.length ? 1 : 0);
    return place < 0 ? [turns] : spread(turns, 1 + share);
  });
  return lanes.map((turns, k) => ({ name: `${name}_${k}`, turns }));
};

/** The same group on several lanes: who turns left keeps to the middle, who turns right to the kerb. */
const spread = (turns: readonly TurnDraft[], count: number): TurnDraft[][] =>
  Array.from({ length: count }, (_, k) => {
    const kept = turns.filter(({ direction }) => {
      if (direction === 's') return true;
      return direction === 'r' ? k === count - 1 : k === 0;
    });
    return kept.length > 0 ? kept : [...turns];
  });

const distinctTurns = (movements: readonly Movement[]): TurnDraft[] => {
  const found = new Map(
    movements.map(({ group, direction, isGuessed }) => [
      `${group} ${direction}`,
      { group, direction, isGuessed },
    ]),
  );
  return [...found.values()];
};
