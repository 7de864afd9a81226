/**
 * Explores every state of a model breadth first, so that the first wrong state is found by a
 * shortest path; in the manner of stateright (`BfsChecker`) and TLC. A state is a row of words, and
 * the order in which states were found is the queue. Only the parent of each state is remembered:
 * the moves of a counterexample are found by taking its steps again.
 */
import { StateTable } from './state-table.ts';

/** `next` is only lent. `wrong` says what is wrong with the move. */
export type Visit = (next: Int32Array, move: number, wrong: string | undefined) => void;

/** Something to be searched. Moves are numbers that only the model understands. */
export interface Searchable {
  /** Words in a state. */
  readonly width: number;
  readonly initial: Int32Array;
  /** Calls `visit` for each state one move away; says how many moves the bounds cut off. */
  expand(state: Int32Array, visit: Visit): number;
  /** What is wrong with a state; asked once for each state. */
  wrongWith(state: Int32Array): string | undefined;
}

export interface Progress {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
}

export interface Found extends Progress {
  /** `exhausted`: every state within the bounds was seen. `capped`: there are more. */
  readonly verdict: 'exhausted' | 'violated' | 'capped';
  /** Moves that the bounds forbid. */
  readonly cut: number;
  readonly wrong?: string;
  /** The moves that lead to what is wrong. */
  readonly moves: readonly number[];
}

export interface ExploreOptions {
  readonly statesMax?: number;
  /** Called after each depth. */
  readonly progress?: (progress: Progress) => void;
}

const STATES_MAX = 100_000_000;

export const explore = (model: Searchable, options: ExploreOptions = {}): Found =>
  new Search(model, options).run();

class Search {
  readonly #model: Searchable;
  readonly #options: ExploreOptions;
  readonly #table: StateTable;
  #parents = new Int32Array(1 << 16);
  #transitions = 0;
  #cut = 0;
  #depth = 0;
  #expanding = -1;
  #wrong: { readonly text: string; readonly from: number; readonly move?: number } | undefined;

  constructor(model: Searchable, options: ExploreOptions) {
    this.#model = model;
    this.#options = options;
    this.#table = new StateTable(model.width);
  }

  run(): Found {
    const { statesMax = STATES_MAX, progress } = this.#options;
    this.#add(this.#model.initial);
    let next = 0;
    for (let levelEnd = 1; next < this.#table.size; ) {
      if (this.#wrong || this.#table.size >= statesMax) break;
      this.#expanding = next;
      this.#cut += this.#model.expand(this.#table.at(next), this.#visit);
      next += 1;
      if (next < levelEnd || next === this.#table.size) continue;
      levelEnd = this.#table.size;
      this.#depth += 1;
      progress?.(this.#progress());
    }
    const isDone = next === this.#table.size;
    return {
      ...this.#progress(),
      verdict: this.#wrong ? 'violated' : isDone ? 'exhausted' : 'capped',
      cut: this.#cut,
      ...(this.#wrong && { wrong: this.#wrong.text }),
      moves: this.#wrong ? this.#movesTo(this.#wrong) : [],
    };
  }

  #progress(): Progress {
    return { states: this.#table.size, transitions: this.#transitions, depth: this.#depth };
  }

  #visit: Visit = (next, move, wrong) => {
    if (this.#wrong) return;
    this.#transitions += 1;
    if (wrong !== undefined) this.#wrong = { text: wrong, from: this.#expanding, move };
    else if (this.#table.find(next) < 0) this.#add(next);
  };

  #add(state: Int32Array): void {
    const id = this.#table.add(state);
    if (id >= this.#parents.length) {
      const more = new Int32Array(this.#parents.length * 2);
      more.set(this.#parents);
      this.#parents = more;
    }
    this.#parents[id] = this.#expanding;
    const text = this.#model.wrongWith(state);
    if (text !== undefined && !this.#wrong) this.#wrong = { text, from: id };
  }

  /** Takes the steps from the beginning again, and sees which move makes each. */
  #movesTo({ from, move }: { readonly from: number; readonly move?: number }): number[] {
    const path: number[] = [];
    for (let id = from; id > 0; id = this.#parents[id] as number) path.unshift(id);
    const moves: number[] = [];
    let state = 0;
    for (const id of path) {
      let taken = -1;
      this.#model.expand(this.#table.at(state), (next, tried) => {
        if (taken < 0 && this.#table.find(next) === id) taken = tried;
      });
      if (taken < 0) throw new Error('the model does not repeat itself');
      moves.push(taken);
      state = id;
    }
    return move === undefined ? moves : [...moves, move];
  }
}
