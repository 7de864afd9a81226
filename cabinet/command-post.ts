/**
 * The command post: whose word counts for which group, and which word is newer. A node's process
 * that was paused and overtaken by its own successor still believes that it commands; its lower
 * number gives it away (the sequencers of Burrows 2006).
 */
import type { Intersection } from '../protocol/district.ts';
import type { LampsSequence } from '../protocol/lamp-line.ts';
import { isLater, type LastWord } from '../protocol/life.ts';

/** The counter of a life that has left: none is later. */
const LEFT = Number.MAX_SAFE_INTEGER;

type Word = Pick<LampsSequence, 'incarnation' | 'counter' | 'timelines'>;

/** The node that commands a group. */
export const commanderOf = ({ node, nodes }: Intersection, group: string): string | undefined =>
  node ?? (nodes && Object.hasOwn(nodes, group) ? nodes[group] : undefined);

export class CommandPost {
  readonly #intersection: Intersection;
  readonly #fences = new Map<string, LastWord>();

  constructor(intersection: Intersection) {
    this.#intersection = intersection;
  }

  /** The last word that counts of `node`; undefined when it never said one here. */
  lastWordOf(node: string): LastWord | undefined {
    return this.#fences.get(node);
  }

  /** Why these words do not count; undefined when they do. */
  refusal(word: Word): string | undefined {
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
    const fence = this.#fences.get(node);
    if (fence && !isLater(word, fence)) {
      const last = fence.counter === LEFT ? `its leave in ${fence.incarnation}` : textOf(fence);
      return `${node} said ${textOf(word)}, not later than ${last}`;
    }
    return undefined;
  }

  /** Remembers accepted words: only later ones count from now on. */
  accepted(word: Word): void {
    const node = this.#commander(word);
    const { incarnation, counter } = word;
    if (node !== undefined) this.#fences.set(node, { incarnation, counter });
  }

  /** Nothing more counts from this incarnation of `node`. */
  left(node: string, incarnation: number): void {
    const fence = { incarnation, counter: LEFT };
    const known = this.#fences.get(node);
    if (!known || isLater(fence, known)) this.#fences.set(node, fence);
  }

  #commander({ timelines }: Word): string | undefined {
    const [group] = Object.keys(timelines);
    return group === undefined ? undefined : commanderOf(this.#intersection, group);
  }
}

const textOf = ({ incarnation, counter }: LastWord): string => `${incarnation}.${counter}`;
