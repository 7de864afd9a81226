/**
 * Lays a state of the world out in words: the nodes, the history, what trouble is left, and the
 * letters in order, each plus one, because 0 stands for none.
 */
export interface Layout {
  readonly nodes: number;
  readonly history: number;
  readonly budget: number;
  /** Where the letters begin. */
  readonly bag: number;
  readonly width: number;
}

export const layoutOf = (nodes: number, letters: number): Layout => ({
  nodes,
  history: nodes,
  budget: nodes + 1,
  bag: nodes + 2,
  width: nodes + 2 + letters,
});

/** Puts letters in order into a state; says whether there was room for all of them. */
export class Bag {
  readonly #layout: Layout;
  #state: Int32Array = new Int32Array(0);
  #count = 0;
  #isFull = false;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  begin(state: Int32Array): void {
    this.#state = state;
    this.#count = 0;
    this.#isFull = false;
  }

  put(letter: number): void {
    const { bag, width } = this.#layout;
    let place = bag + this.#count;
    if (place === width) {
      this.#isFull = true;
      return;
    }
    for (; place > bag && (this.#state[place - 1] as number) > letter + 1; place -= 1) {
      this.#state[place] = this.#state[place - 1] as number;
    }
    this.#state[place] = letter + 1;
    this.#count += 1;
  }

  /** Clears what is left; false when there was too little room. */
  end(): boolean {
    this.#state.fill(0, this.#layout.bag + this.#count);
    return !this.#isFull;
  }
}
