/**
 * Knows which letters can still matter. A letter that changes nothing in any state its hearer can
 * still reach, and is answered at most by letters of which the same is true, may be taken out of
 * the bag: worlds that differ in such letters alone have the same future. This is a reduction by
 * dead data, worked out from the machines themselves, so that it is as sound for a sabotaged
 * machine as for a good one.
 *
 * Fewer states are reachable when no crash or no timeout is left, so there is one table for each.
 */
import type { Closure, Territory } from './closure.ts';
import type { NodeSteps } from './steps.ts';

/** For each state of a node: bits of the letters that do something from here on. */
type Bits = Uint32Array;
/** Whether a letter matters; or the answers that it may get, when it depends on them. */
type Verdict = readonly number[] | boolean;
interface Table {
  /** Letters that may change the node. */
  readonly changes: ReadonlyMap<number, Bits>;
  /** Letters that may change the node or be answered. */
  readonly speaks: ReadonlyMap<number, Bits>;
  /** By state and letter. */
  readonly verdicts: Verdict[][];
}

const has = (bits: Bits | undefined, letter: number): boolean =>
  bits === undefined || ((bits[letter >>> 5] as number) & (1 << (letter & 31))) !== 0;
const put = (bits: Bits, letter: number): void => {
  bits[letter >>> 5] = (bits[letter >>> 5] as number) | (1 << (letter & 31));
};

export class Future {
  readonly #closure: Closure;
  readonly #steps: NodeSteps;
  readonly #tables: readonly Table[];

  constructor(closure: Closure, steps: NodeSteps) {
    this.#closure = closure;
    this.#steps = steps;
    this.#tables = [0, 1, 2, 3].map((left) => this.#tableOf(left));
  }

  /** Whether a letter may still matter in a world that begins with these nodes. */
  matters(state: Int32Array, letter: number, kind: number): boolean {
    const table = this.#tables[kind] as Table;
    const local = state[this.#steps.hearers[letter] as number] as number;
    const verdict = table.verdicts[local]?.[letter] ?? this.#judge(table, { local, letter, kind });
    if (typeof verdict === 'boolean') return verdict;
    for (const answer of verdict) {
      const hearer = state[this.#steps.hearers[answer] as number] as number;
      if (has(table.speaks.get(hearer), answer)) return true;
    }
    return false;
  }

  #judge(
    table: Table,
    { local, letter, kind }: { local: number; letter: number; kind: number },
  ): Verdict {
    let verdict: Verdict = has(table.speaks.get(local), letter);
    if (verdict && !has(table.changes.get(local), letter)) {
      verdict = this.#answersTo(letter, local, kind);
    }
    const verdicts = table.verdicts[local] ?? [];
    verdicts[letter] = verdict;
    table.verdicts[local] = verdicts;
    return verdict;
  }

  /** Everything said in answer to a letter that changes nothing. */
  #answersTo(letter: number, local: number, kind: number): number[] {
    const { edges } = this.#territoryOf(letter);
    const answers = new Set<number>();
    const seen = new Set([local]);
    // A set is walked through in the order in which it grows.
    for (const state of seen) {
      for (const answer of this.#closure.effectOf(state, letter)?.letters ?? []) {
        answers.add(answer);
      }
      for (const { to, needs } of edges.get(state) ?? []) {
        if ((needs & ~kind) === 0) seen.add(to);
      }
    }
    return [...answers];
  }

  #territoryOf(letter: number): Territory {
    return this.#closure.territories[this.#steps.hearers[letter] as number] as Territory;
  }

  #tableOf(kind: number): Table {
    const size = (Math.max(0, ...this.#closure.letters) >>> 5) + 1;
    const changes = new Map<number, Bits>();
    const speaks = new Map<number, Bits>();
    this.#closure.territories.forEach(({ edges }, node) => {
      const letters = this.#closure.letters.filter(
        (letter) => this.#steps.hearers[letter] === node,
      );
      for (const local of edges.keys()) {
        const [changed, said] = [new Uint32Array(size), new Uint32Array(size)];
        for (const letter of letters) {
          const effect = this.#closure.effectOf(local, letter);
          if (!effect) continue;
          put(said, letter);
          const isChange = effect.next !== local || effect.isHistoric || effect.wrong !== undefined;
          if (isChange) put(changed, letter);
        }
        changes.set(local, changed);
        speaks.set(local, said);
      }
      const back = backward(edges, kind);
      spread(changes, back, edges.keys());
      spread(speaks, back, edges.keys());
    });
    return { changes, speaks, verdicts: [] };
  }
}

type Backward = ReadonlyMap<number, readonly number[]>;

const backward = (edges: Territory['edges'], kind: number): Backward => {
  const back = new Map<number, number[]>();
  for (const [from, outgoing] of edges) {
    for (const { to, needs } of outgoing) {
      if ((needs & ~kind) !== 0 || to === from) continue;
      const known = back.get(to);
      if (known) known.push(from);
      else back.set(to, [from]);
    }
  }
  return back;
};

/** Lets each state know what those that can be reached from it know. */
const spread = (bits: Map<number, Bits>, back: Backward, all: Iterable<number>): void => {
  const waiting = [...all];
  for (let local = waiting.pop(); local !== undefined; local = waiting.pop()) {
    const known = bits.get(local) as Bits;
    for (const former of back.get(local) ?? []) {
      if (join(bits.get(former) as Bits, known)) waiting.push(former);
    }
  }
};

const join = (into: Bits, from: Bits): boolean => {
  let hasGrown = false;
  for (let word = 0; word < into.length; word += 1) {
    const joined = (into[word] as number) | (from[word] as number);
    if (joined >>> 0 === into[word]) continue;
    into[word] = joined;
    hasGrown = true;
  }
  return hasGrown;
};
