/**
 * Closes a model over its nodes: every state that a node could ever be in if any letter could
 * arrive at any moment, and every letter that could ever be sent. That is more than any world
 * shows, and small, because it is a sum over nodes where a search is a product.
 */
import { troubles } from './budget.ts';
import type { NodeSteps, Result } from './steps.ts';

/** What trouble has to be left for a step: none, a crash, or a timeout. */
export const [ALWAYS, BY_CRASH, BY_TIMEOUT] = [0, 1, 2];

export interface Edge {
  readonly to: number;
  readonly needs: number;
}

/** One node's states, by number, and what leads from one to the next. */
export interface Territory {
  readonly edges: ReadonlyMap<number, readonly Edge[]>;
}

export interface Closure {
  readonly territories: readonly Territory[];
  /** Every letter, with the place of its hearer. */
  readonly letters: readonly number[];
  /** What a letter does in a state of its hearer, if it does anything. */
  readonly effectOf: (local: number, letter: number) => Result | undefined;
}

const needsOf = (trouble: number): number => {
  if (trouble === troubles.indexOf('crashes')) return BY_CRASH;
  return trouble === troubles.indexOf('timeouts') ? BY_TIMEOUT : ALWAYS;
};

/** Where a search begins: the state of each node, and the letters on their way. */
export interface Beginning {
  readonly locals: readonly number[];
  readonly letters: readonly number[];
}

/** The closure, or undefined when it takes more than `stepsMax` steps. */
export const closureOf = (
  steps: NodeSteps,
  beginning: Beginning,
  stepsMax: number,
): Closure | undefined => {
  const closing = new Closing(steps, beginning);
  return closing.run(stepsMax) ? closing : undefined;
};

class Closing implements Closure {
  readonly territories: readonly { readonly edges: Map<number, Edge[]> }[];
  readonly letters: number[] = [];
  readonly #steps: NodeSteps;
  readonly #known = new Set<number>();
  readonly #post: readonly number[][];
  /** A node, its state, and a letter for it or -1 for what it does by itself. */
  readonly #waiting: [number, number, number][] = [];

  constructor(steps: NodeSteps, { locals, letters }: Beginning) {
    this.#steps = steps;
    this.territories = locals.map(() => ({ edges: new Map() }));
    this.#post = locals.map(() => []);
    locals.forEach((local, node) => {
      this.#reach(node, local);
    });
    for (const letter of letters) this.#send(letter);
  }

  run(stepsMax: number): boolean {
    let count = 0;
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop()) {
      const [node, local, letter] = next;
      count += 1;
      if (count > stepsMax) return false;
      if (letter >= 0) this.#hear(node, local, letter);
      else {
        for (const { stimulus, trouble } of this.#steps.choicesOf(local)) {
          this.#follow(node, local, this.#steps.take(local, stimulus), needsOf(trouble));
        }
        for (const { stimulus } of this.#steps.ticksOf(local)) {
          this.#follow(node, local, this.#steps.take(local, stimulus), ALWAYS);
        }
      }
    }
    return true;
  }

  effectOf = (local: number, letter: number): Result | undefined => {
    if (!this.#steps.isUp(local)) return undefined;
    const result = this.#steps.take(local, this.#steps.hearings[letter] as number);
    return result.isIdle && result.wrong === undefined ? undefined : result;
  };

  #hear(node: number, local: number, letter: number): void {
    const result = this.effectOf(local, letter);
    if (result) this.#follow(node, local, result, ALWAYS);
  }

  #follow(node: number, local: number, result: Result, needs: number): void {
    if (!result.isWithin) return;
    this.territories[node]?.edges.get(local)?.push({ to: result.next, needs });
    this.#reach(node, result.next);
    for (const letter of result.letters) this.#send(letter);
  }

  #reach(node: number, local: number): void {
    const edges = this.territories[node]?.edges;
    if (!edges || edges.has(local)) return;
    edges.set(local, []);
    this.#waiting.push([node, local, -1]);
    for (const letter of this.#post[node] ?? []) this.#waiting.push([node, local, letter]);
  }

  #send(letter: number): void {
    if (this.#known.has(letter)) return;
    this.#known.add(letter);
    this.letters.push(letter);
    const node = this.#steps.hearers[letter] as number;
    this.#post[node]?.push(letter);
    for (const local of this.territories[node]?.edges.keys() ?? []) {
      this.#waiting.push([node, local, letter]);
    }
  }
}
