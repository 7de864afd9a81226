/**
 * What of a chart was gone through: each state, each transition, and each guard both ways. What was
 * not is listed, with the reason where somebody gave one.
 */
import type { AnyStateMachine } from 'xstate';
import type { Alphabet } from './alphabet.ts';
import type { Explored } from './explore.ts';
import type { Moment } from './moment.ts';
import { nodesIn, pathOf, pathsIn } from './places.ts';
import { outcomeName } from './probe.ts';

export type PlaceKind = 'state' | 'transition' | 'guard';

export interface Place {
  readonly kind: PlaceKind;
  readonly name: string;
}

export interface Uncovered extends Place {
  /** Why it cannot be covered; none, when nobody knows. */
  readonly reason?: string;
}

export interface Coverage {
  readonly machine: string;
  readonly covered: readonly Place[];
  readonly uncovered: readonly Uncovered[];
  /** Given reasons that explain nothing: the place is covered after all, or is none. */
  readonly needless: readonly string[];
  readonly moments: number;
  readonly steps: number;
  readonly depth: number;
  readonly isExhausted: boolean;
}

/** Every state that something is in when it is in one of these. */
const statesWithin = (value: unknown): string[] => pathsIn(value).flatMap(withAbove);

/** A state and those that it is inside of. */
const withAbove = (path: string): string[] => {
  const steps = path.split('.');
  return steps.map((_, k) => steps.slice(0, k + 1).join('.'));
};

/** All that a moment, and the move that led to it, cover: states that are left at once as well. */
export const goneThrough = ({ probe }: Pick<Explored, 'probe'>, { snapshot, marks }: Moment) => {
  const entered = marks.flatMap((mark) => probe.targets.get(mark) ?? []);
  return [...statesWithin(snapshot.value), ...entered.flatMap(withAbove), ...marks];
};

const placesOf = (machine: AnyStateMachine, { probe }: Explored): Place[] => [
  ...nodesIn(machine.root)
    .map(pathOf)
    .filter((path) => path !== '')
    .map((name) => ({ kind: 'state' as const, name })),
  ...probe.transitions.map(({ name }) => ({ kind: 'transition' as const, name })),
  ...probe.guards.flatMap((guard) =>
    [true, false].map((says) => ({ kind: 'guard' as const, name: outcomeName(guard, says) })),
  ),
];

export const coverageOf = (
  name: string,
  machine: AnyStateMachine,
  alphabet: Alphabet,
  explored: Explored,
): Coverage => {
  const { unreachable = {} } = alphabet;
  const gone = new Set<string>();
  for (const moment of [
    ...explored.firsts.map(({ first }) => first),
    ...explored.tried.map(({ after }) => after),
  ]) {
    for (const mark of goneThrough(explored, moment)) gone.add(mark);
  }
  const places = placesOf(machine, explored);
  const covered = places.filter(({ name }) => gone.has(name));
  const used = new Set<string>();
  const uncovered = places
    .filter(({ name }) => !gone.has(name))
    .map((place): Uncovered => {
      const why = Object.keys(unreachable).find((start) => place.name.startsWith(start));
      if (why === undefined) return place;
      used.add(why);
      return { ...place, reason: unreachable[why] as string };
    });
  const { moments, tried, depth, isExhausted } = explored;
  return {
    machine: name,
    ...{ covered, uncovered },
    needless: Object.keys(unreachable).filter((start) => !used.has(start)),
    ...{ moments, steps: tried.length, depth, isExhausted },
  };
};
