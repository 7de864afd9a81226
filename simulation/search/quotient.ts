/**
 * Merges states of a node that no world can tell apart: by partition refinement (Moore 1956) over
 * the closure, two states are one when they look the same to the invariants, and by every stimulus
 * send the same letters, make the same history, break the same laws and lead to states that are
 * one. Data that no guard will read again is thereby forgotten, and nothing has to be declared dead
 * by hand.
 */
import type { Closure } from './closure.ts';
import { historyText } from './history.ts';
import { Interner } from './interner.ts';
import type { NodeSteps, Result } from './steps.ts';

/** By state: the least state that behaves alike. */
export type Merging = ReadonlyMap<number, number>;

/** `looksOf` is the number of what invariants see of a state. */
export const mergingOf = (
  closure: Closure,
  steps: NodeSteps,
  looksOf: (local: number) => number,
): Merging => {
  const merging = new Map<number, number>();
  closure.territories.forEach(({ edges }, node) => {
    const locals = [...edges.keys()].sort((a, b) => a - b);
    const letters = closure.letters.filter((letter) => steps.hearers[letter] === node);
    const behaviours = behavioursOf(locals, letters, { steps, looksOf });
    const classes = refined(behaviours);
    const least = new Map<number, number>();
    locals.forEach((local, place) => {
      const number = classes[place] as number;
      if (!least.has(number)) least.set(number, local);
      merging.set(local, least.get(number) as number);
    });
  });
  return merging;
};

interface Behaviour {
  /** The number of all that can be seen at once. */
  readonly outside: number;
  /** Places of the states that follow, in the order of the stimuli. */
  readonly next: readonly number[];
}

/** A letter that does nothing leads where one is. */
const behavioursOf = (
  locals: readonly number[],
  letters: readonly number[],
  { steps, looksOf }: { steps: NodeSteps; looksOf: (local: number) => number },
): Behaviour[] => {
  const places = new Map(locals.map((local, place) => [local, place]));
  const outsides = new Interner<string>();
  return locals.map((local) => {
    const choices = steps.choicesOf(local);
    const hearings = steps.isUp(local)
      ? letters.map((letter) => steps.hearings[letter] as number)
      : [];
    const ticks = steps.ticksOf(local);
    const stimuli = [...[...choices, ...ticks].map(({ stimulus }) => stimulus), ...hearings];
    const results = stimuli.map((stimulus) => steps.take(local, stimulus));
    const seen = results.map((result) => resultText(steps, result)).join(';');
    const stalls = ticks.map(({ isStalled }) => isStalled).join();
    const text = `${looksOf(local)}|${stimuli.join()}|${stalls}|${seen}`;
    return {
      outside: outsides.intern(text, () => text),
      // Beyond the bounds all states are one.
      next: results.map(({ next, isWithin }) => (isWithin ? (places.get(next) as number) : -1)),
    };
  });
};

const resultText = (steps: NodeSteps, result: Result): string => {
  if (!result.isWithin) return 'beyond';
  const text = `${result.letters.join()} ${result.wrong ?? ''}`;
  if (!result.isHistoric) return text;
  const { after, heard } = steps.dealOf(result);
  return text + historyText(after, heard);
};

/** The class of each state, refined until states of one class lead to the same classes. */
const refined = (behaviours: readonly Behaviour[]): readonly number[] => {
  let classes = behaviours.map(({ outside }) => outside);
  for (let count = new Set(classes).size; ; ) {
    const finer = new Map<string, number>();
    const next = behaviours.map((behaviour, place) => {
      const text = `${classes[place]}|${behaviour.next.map((at) => classes[at] ?? -1).join()}`;
      const known = finer.get(text) ?? finer.size;
      finer.set(text, known);
      return known;
    });
    classes = next;
    if (finer.size === count) return classes;
    count = finer.size;
  }
};
