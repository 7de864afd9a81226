/**
 * Gathers the signals of a light into signal groups, and says which groups conflict.
 *
 * A group is what always shows the same and comes from the same edge, and no two of its signals are
 * foes, not even merging ones. From the foes of its signals follows what two groups may do:
 * - a *merge*: their foes all leave one edge and end in one edge, so that cars from both just zip
 *   (foes that leave one edge for different ones do cross: a right turn and the bicycles beside it);
 * - a *conflict*: some other foes;
 * - a *yield* [a, b], for a conflict only: a sound stage of the network lights `a` permissively
 *   while `b` is lit, and wherever they are foes, the matrix makes `a` yield to `b`.
 * The matrix alone would not do for a yield, because it also lets a side road wait for a gap in the
 * main road: only filter turns that the network's engineers chose are taken over. The programs alone
 * would not do either, because a `g` without a duty to yield does not stop for anyone.
 *
 * Where two groups yield to each other signal by signal in opposite directions, no pair of groups
 * can say so: they are split into single signals, so that the network's own sound stages survive.
 */
import type { Group } from '../protocol/district.ts';
import { approachNames, approachOf, compassPoint, numbered } from './approach-names.ts';
import type { Light, Signal } from './sumo-lights.ts';
import type { Point, SumoNetwork } from './sumo-network.ts';
import { type JudgedPhase, stagePhases } from './sumo-phases.ts';

export interface SignalGroup {
  readonly id: string;
  readonly kind: Group['kind'];
  readonly signals: readonly Signal[];
}

export type Pair = [string, string];

export interface Pairs {
  readonly conflicts: Pair[];
  readonly yields: Pair[];
  readonly merges: Pair[];
}

type Signals = readonly Signal[];

/** The signal groups of a light, named, in the order of their first signals. */
export const groupSignals = (
  light: Light,
  phases: readonly JudgedPhase[],
  edges: SumoNetwork['edges'],
): SignalGroup[] => {
  const alike = new Map<string, Signal[]>();
  for (const signal of light.signals) {
    const key = likeness(signal, phases);
    alike.set(key, [...(alike.get(key) ?? []), signal]);
  }
  const whole = [...alike.values()].flatMap((signals) => withoutFoes(light, signals));
  const torn = tornBetween(light, phases, whole);
  const groups = whole
    .flatMap((signals) => (torn.has(signals) ? signals.map((signal) => [signal]) : [signals]))
    .sort((a, b) => (a[0]?.link ?? 0) - (b[0]?.link ?? 0));
  const ids = groupIds(groups, edges, light.position);
  return groups.map((signals, k) => ({
    id: ids[k] ?? '',
    kind: signals[0]?.kind ?? 'vehicle',
    signals,
  }));
};

/** What two signals must have in common to be lamps of one group. */
const likeness = ({ link, kind, movements }: Signal, phases: readonly JudgedPhase[]): string => {
  const from = [...new Set(movements.map((movement) => movement.from))].sort().join(' ');
  // `Y` and `y` are one lamp: the yellow of a road with priority, and of one without.
  const shown = phases.map(({ phase }) => phase.state[link]?.replace('Y', 'y')).join('');
  return JSON.stringify([kind, from, shown, kind === 'pedestrian' ? link : -1]);
};

const withoutFoes = (light: Light, signals: Signals): Signal[][] => {
  const groups: Signal[][] = [];
  for (const signal of signals) {
    const home = groups.find((group) =>
      group.every(({ link }) => {
        const { isFoe, isMerge } = light.relation(link, signal.link);
        return !isFoe && !isMerge;
      }),
    );
    if (home) home.push(signal);
    else groups.push([signal]);
  }
  return groups;
};

/** Groups lit together by a sound phase in which neither yields to the other as a whole. */
const tornBetween = (
  light: Light,
  phases: readonly JudgedPhase[],
  groups: readonly Signals[],
): Set<Signals> => {
  const torn = new Set<Signals>();
  for (const { lit } of stagePhases(phases)) {
    const shown = groups.filter(([first]) => first && lit.has(first.link));
    for (const a of shown) {
      for (const b of shown) {
        if (a === b || !areFoes(light, a, b)) continue;
        const isHeld = (x: Signals, y: Signals) => isPermissive(lit, x) && mustYield(light, x, y);
        if (!isHeld(a, b) && !isHeld(b, a)) torn.add(a).add(b);
      }
    }
  }
  return torn;
};

const isPermissive = (lit: JudgedPhase['lit'], [first]: Signals): boolean =>
  first !== undefined && lit.get(first.link) === true;

const relations = (light: Light, a: Signals, b: Signals) =>
  a.flatMap((one) => b.map((other) => light.relation(one.link, other.link)));

const areFoes = (light: Light, a: Signals, b: Signals): boolean =>
  relations(light, a, b).some(({ isFoe }) => isFoe);

const mustYield = (light: Light, a: Signals, b: Signals): boolean =>
  relations(light, a, b).every((relation) => !relation.isFoe || relation.mustYield);

/** Which of the groups conflict, yield and merge. */
export const pairGroups = (
  light: Light,
  groups: readonly SignalGroup[],
  phases: readonly JudgedPhase[],
): Pairs => {
  const pairs: Pairs = { conflicts: [], yields: [], merges: [] };
  const stages = stagePhases(phases);
  const isUsed = (a: SignalGroup, b: SignalGroup) =>
    stages.some(({ lit }) => isPermissive(lit, a.signals) && lit.has(b.signals[0]?.link ?? -1));
  groups.forEach((a, k) => {
    for (const b of groups.slice(k + 1)) {
      if (areFoes(light, a.signals, b.signals)) {
        pairs.conflicts.push([a.id, b.id]);
        for (const [x, y] of [[a, b] as const, [b, a] as const]) {
          if (mustYield(light, x.signals, y.signals) && isUsed(x, y))
            pairs.yields.push([x.id, y.id]);
        }
      } else if (relations(light, a.signals, b.signals).some(({ isMerge }) => isMerge)) {
        pairs.merges.push([a.id, b.id]);
      }
    }
  });
  return pairs;
};

const TURNS = ['s', 'r', 'l', 't'];
const SUFFIX = { vehicle: '', pedestrian: '-ped', bicycle: '-bike', transit: '-transit' } as const;

/** Names as a person at the kerb would give: approach and turns, `N-sr`, `N-l`, `E-ped`. */
const groupIds = (
  groups: readonly Signals[],
  edges: SumoNetwork['edges'],
  centre: Point,
): string[] => {
  const from = new Set(
    groups.flatMap((signals) => signals.flatMap(({ movements }) => movements.map((m) => m.from))),
  );
  const approaches = [...from].flatMap((id) => {
    const edge = edges.get(id);
    return edge?.use === 'normal' ? [approachOf(edge, centre)] : [];
  });
  const names = approachNames(approaches);
  return numbered(
    groups.map((signals) => {
      const movements = signals.flatMap((signal) => signal.movements);
      const kind = signals[0]?.kind ?? 'vehicle';
      if (kind === 'pedestrian') return `${crossedName(movements, { edges, names, centre })}-ped`;
      const places = [...new Set(movements.map((m) => names.get(m.from) ?? 'X'))].sort();
      const directions = new Set(movements.map(({ direction }) => direction.toLowerCase()));
      const turns = TURNS.filter((turn) => directions.has(turn)).join('');
      return `${places.join('+')}${turns && `-${turns}`}${SUFFIX[kind]}`;
    }),
  );
};

interface Surroundings {
  readonly edges: SumoNetwork['edges'];
  readonly names: ReadonlyMap<string, string>;
  readonly centre: Point;
}

/** Where a crossing lies: the approach it leads across, or else its point of the compass. */
const crossedName = (movements: Signal['movements'], { edges, names, centre }: Surroundings) => {
  const crossing = movements
    .flatMap(({ from, to }) => [edges.get(to), edges.get(from)])
    .find((edge) => edge?.use === 'crossing');
  const approach = crossing?.crosses.find((edge) => names.has(edge));
  const [start, end = start] = crossing?.lanes[0]?.shape ?? [];
  if (approach !== undefined) return names.get(approach);
  if (!start || !end) return 'X';
  return compassPoint(centre, [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2]);
};
