/**
 * Explores a machine within its alphabet, by XState's own graph of states and events. Of the moments
 * that it comes to some are looked at further (`selection.ts`), those first that fewest moves lead to.
 */
import type { ActorLogic, AnyStateMachine, EventObject, Snapshot } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import { canonicalText } from '../search/interner.ts';
import { type Alphabet, movesOf } from './alphabet.ts';
import { type Moment, type Move, momentText, Player } from './moment.ts';
import type { Probe } from './probe.ts';
import { Selection } from './selection.ts';

/** A step that was tried: a move at a moment, and what came of it. */
export interface Tried {
  readonly start: string;
  /** The moves that lead to the moment. */
  readonly given: readonly Move[];
  readonly before: Moment;
  readonly when: Move;
  readonly after: Moment;
  /** It is what an opening leads up to, which somebody wants to see. */
  readonly isWanted?: true;
}

export interface Explored {
  readonly probe: Probe;
  /** The first moment of each start. */
  readonly firsts: readonly { readonly start: string; readonly first: Moment }[];
  /** In the order in which they were tried: after fewer moves first. */
  readonly tried: readonly Tried[];
  /** Moments that were looked at. */
  readonly moments: number;
  readonly depth: number;
  /** Nothing was left out: what is not covered cannot be, by these moves. */
  readonly isExhausted: boolean;
}

interface Reached {
  readonly moment: Moment;
  readonly given: readonly Move[];
}

export const explore = (name: string, machine: AnyStateMachine, alphabet: Alphabet): Explored => {
  const { starts, openings = [] } = alphabet;
  const moves = movesOf(name, machine, alphabet);
  const parts = Object.entries(starts).map(([start, input], k) => {
    const player = new Player(machine, input);
    const first = player.begin();
    const part = new Exploration({ start, player, moves, contextsMax: alphabet.contextsMax });
    part.from(first, []);
    for (const opening of k === 0 ? openings : []) part.from(part.along(first, opening), opening);
    return { player, start, first, part };
  });
  const [usual] = parts;
  if (!usual) throw new Error(`${name} has no start`);
  return {
    probe: usual.player.probe,
    firsts: parts.map(({ start, first }) => ({ start, first })),
    tried: parts.flatMap(({ part }) => part.tried),
    moments: parts.reduce((sum, { part }) => sum + part.moments, 0),
    depth: Math.max(...parts.map(({ part }) => part.depth)),
    isExhausted: parts.every(({ part }) => part.isExhausted),
  };
};

interface Task {
  readonly start: string;
  readonly player: Player;
  readonly moves: (moment: Moment) => readonly Move[];
  readonly contextsMax: number | undefined;
}

type Logic = ActorLogic<Snapshot<unknown>, EventObject, unknown>;

class Exploration {
  readonly tried: Tried[] = [];
  moments = 0;
  depth = 0;
  readonly #task: Task;
  readonly #selection: Selection;

  constructor(task: Task) {
    this.#task = task;
    this.#selection = new Selection(task.contextsMax);
  }

  get isExhausted(): boolean {
    return this.#selection.isWhole;
  }

  /** Goes an opening, step by step. */
  along(first: Moment, opening: readonly Move[]): Moment {
    const { player, start } = this.#task;
    return opening.reduce((before, when, k) => {
      const after = player.after(before, when);
      const isLast = k === opening.length - 1;
      const given = opening.slice(0, k);
      this.tried.push({ start, given, before, when, after, ...(isLast && { isWanted: true }) });
      return after;
    }, first);
  }

  from(first: Moment, opening: readonly Move[]): void {
    const reached = new Map<Moment, Reached>([[first, { moment: first, given: opening }]]);
    const transition = (before: Moment, when: Move): Moment => {
      const after = this.#task.player.after(before, when);
      const { given } = reached.get(before) as Reached;
      reached.set(after, { moment: after, given: [...given, when] });
      this.tried.push({ start: this.#task.start, given, before, when, after });
      return after;
    };
    const isPassedOver = (moment: Moment) => {
      const isTaken = this.#selection.takes(moment);
      if (!isTaken && moment !== first) return true;
      this.moments += 1;
      this.depth = Math.max(this.depth, reached.get(moment)?.given.length ?? 0);
      return false;
    };
    // The graph wants snapshots and events of an actor; moments and moves are what it handles.
    getAdjacencyMap({ transition, getInitialSnapshot: () => first } as unknown as Logic, {
      events: (moment) => this.#task.moves(moment as unknown as Moment) as readonly EventObject[],
      serializeState: (moment) => momentText(moment as unknown as Moment),
      serializeEvent: (move) => canonicalText(move),
      stopWhen: (moment) => isPassedOver(moment as unknown as Moment),
    });
  }
}
