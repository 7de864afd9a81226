/**
 * Explores a machine within its alphabet, by XState's own graph of states and events. Contexts are
 * without number; so of moments that are alike only the first is looked at, which is the one that
 * fewest moves lead to. Alike are moments in one state whose contexts have the same shape, and in
 * which the same delays run.
 */
import type { ActorLogic, AnyStateMachine, EventObject, Snapshot } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import { canonicalText } from '../search/interner.ts';
import { type Alphabet, movesOf } from './alphabet.ts';
import { type Moment, type Move, momentText, Player } from './moment.ts';
import { pathsIn } from './places.ts';
import type { Probe } from './probe.ts';
import { shapeOf } from './shape.ts';

/** Contexts looked at for each state, unless the alphabet says otherwise. */
const CONTEXTS_MAX = 8;

/** A step that was tried: a move at a moment, and what came of it. */
export interface Tried {
  readonly start: string;
  /** The moves that lead to the moment. */
  readonly given: readonly Move[];
  readonly before: Moment;
  readonly when: Move;
  readonly after: Moment;
}

export interface Explored {
  readonly probe: Probe;
  /** The first moment of each start. */
  readonly firsts: readonly Moment[];
  /** In the order in which they were tried: after fewer moves first. */
  readonly tried: readonly Tried[];
  /** Moments that were looked at. */
  readonly moments: number;
  readonly depth: number;
  /** Nothing was left out that differs by the measure above. */
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
    return { player, first, part };
  });
  const [usual] = parts;
  if (!usual) throw new Error(`${name} has no start`);
  return {
    probe: usual.player.probe,
    firsts: parts.map(({ first }) => first),
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
  isExhausted = true;
  readonly #task: Task;
  readonly #classes = new Map<string, string>();
  readonly #looked = new Set<string>();
  readonly #inState = new Map<string, number>();

  constructor(task: Task) {
    this.#task = task;
  }

  /** Goes an opening, step by step. */
  along(first: Moment, opening: readonly Move[]): Moment {
    const { player, start } = this.#task;
    return opening.reduce((before, when, k) => {
      const after = player.after(before, when);
      this.tried.push({ start, given: opening.slice(0, k), before, when, after });
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
    const known = (moment: Moment) => {
      const name = this.#classOf(moment);
      if (moment !== first && this.#looked.has(name)) return true;
      this.#looked.add(name);
      if (this.#isEnough(moment) && moment !== first) return true;
      this.moments += 1;
      this.depth = Math.max(this.depth, reached.get(moment)?.given.length ?? 0);
      return false;
    };
    // The graph wants snapshots and events of an actor; moments and moves are what it handles.
    getAdjacencyMap({ transition, getInitialSnapshot: () => first } as unknown as Logic, {
      events: (moment) => this.#task.moves(moment as unknown as Moment) as readonly EventObject[],
      serializeState: (moment) => this.#classOf(moment as unknown as Moment),
      serializeEvent: (move) => canonicalText(move),
      stopWhen: (moment) => known(moment as unknown as Moment),
    });
  }

  #isEnough({ snapshot }: Moment): boolean {
    const state = pathsIn(snapshot.value).join(' ');
    const count = (this.#inState.get(state) ?? 0) + 1;
    this.#inState.set(state, count);
    if (count <= (this.#task.contextsMax ?? CONTEXTS_MAX)) return false;
    this.isExhausted = false;
    return true;
  }

  #classOf(moment: Moment): string {
    const text = momentText(moment);
    const known = this.#classes.get(text);
    if (known !== undefined) return known;
    const { snapshot, nowMs, alarms, throws } = moment;
    const ids = alarms.map(({ id }) => id).sort();
    const shape = shapeOf(snapshot.context, nowMs);
    const name = canonicalText([snapshot.value, shape, ids, throws ?? '']);
    this.#classes.set(text, name);
    return name;
  }
}
