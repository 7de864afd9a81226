/**
 * The command post: whose word counts for which group, and which word is newer. A node's process
 * that was paused and overtaken by its own successor still believes that it commands; its lower
 * number gives it away (the sequencers of Burrows 2006).
 */
import type { Intersection } from '../protocol/district.ts';
import type { LampsSequence } from '../protocol/lamp-line.ts';

type Word = Pick<LampsSequence, 'incarnation' | 'counter' | 'timelines'>;

interface Fence {
  readonly incarnation: number;
  readonly counter: number;
}

/** The node that commands a group. */
export const commanderOf = ({ node, nodes }: Intersection, group: string): string | undefined =>
  node ?? (nodes && Object.hasOwn(nodes, group) ? nodes[group] : undefined);

export class CommandPost {
  readonly #intersection: Intersection;
  readonly #fences = new Map<string, Fence>();
  /** The last life of each node that left without a word. */
  readonly #silent = new Map<string, number>();

  constructor(intersection: Intersection) {
    this.#intersection = intersection;
  }

  /** Why these words do not count; undefined when they do. */
  refusal(word: Word): string | undefined {
    const { incarnation, counter } = word;
    const named = Object.keys(word.timelines);
    const groups = this.#intersection.groups.map(({ id }) => id);
    const unknown = named.find((id) => !groups.includes(id));
    if (unknown !== undefined) return `no group ${unknown}`;
    const node = this.#commander(word);
    const foreign = named.find((id) => commanderOf(this.#intersection, id) !== node);
    if (foreign !== undefined || node === undefined) {
      return `groups of more than one node: ${named[0]} and ${foreign}`;
    }
    const missing = groups.find(
      (id) => commanderOf(this.#intersection, id) === node && !named.includes(id),
    );
    if (missing !== undefined) return `${missing}: no timeline, but ${node} commands it too`;
    if (this.#silent.get(node) === incarnation)
      return `${node} has left in its life ${incarnation}`;
    const fence = this.#fences.get(node);
    if (fence && !isLater(word, fence)) {
      return `${node} said ${incarnation}.${counter}, not later than ${fence.incarnation}.${fence.counter}`;
    }
    return undefined;
  }

  /** Remembers accepted words: only later ones count from now on. */
  accepted(word: Word): void {
    const node = this.#commander(word);
    const { incarnation, counter } = word;
    if (node !== undefined) this.#fences.set(node, { incarnation, counter });
  }

  /**
   * Nothing more counts from this incarnation of `node`. One that has said nothing fences nobody: it
   * has given nothing up, and is perhaps a second copy that gives way to the first.
   */
  left(node: string, incarnation: number): void {
    const known = this.#fences.get(node)?.incarnation ?? Number.NEGATIVE_INFINITY;
    if (known === incarnation) {
      this.#fences.set(node, { incarnation, counter: Number.POSITIVE_INFINITY });
    } else if (known < incarnation) this.#silent.set(node, incarnation);
  }

  #commander({ timelines }: Word): string | undefined {
    const [group] = Object.keys(timelines);
    return group === undefined ? undefined : commanderOf(this.#intersection, group);
  }
}

const isLater = (a: Fence, b: Fence): boolean =>
  a.incarnation > b.incarnation || (a.incarnation === b.incarnation && a.counter > b.counter);
