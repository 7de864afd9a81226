/**
 * Remembers what nodes do: every node's state, stimulus and letter has a number, and what becomes
 * of a state by a stimulus is worked out once. A search meets few node states in many worlds.
 */

import { type Trouble, troubles } from './world-budget.ts';
import { isHistoric } from './world-history.ts';
import { canonicalText, Interner } from './world-interner.ts';
import type { Letter } from './world-letter.ts';
import { type Deal, isBeat, type Model } from './world-model.ts';
import { type Local, NodeView, type NodeWorld, type Stimulus } from './world-node.ts';
import type { Merging } from './world-quotient.ts';

/** What a node may do by itself. */
export interface Choice {
  readonly stimulus: number;
  /** The trouble it counts as, or -1. */
  readonly trouble: number;
}

/** What became of a node. */
export interface Result {
  next: number;
  readonly letters: readonly number[];
  /** Whether it established something that history remembers. */
  readonly isHistoric: boolean;
  readonly isWithin: boolean;
  isIdle: boolean;
  readonly wrong: string | undefined;
  readonly deal: Deal;
  /** Every result has a number of its own. */
  readonly number: number;
  /** Whether the search has come by. */
  isSeen: boolean;
}

export class NodeSteps {
  readonly stimuli = new Interner<Stimulus>();
  readonly letters = new Interner<Letter>();
  /** By letter: the stimulus of hearing it, and the place of the hearer. */
  readonly hearings: number[] = [];
  readonly hearers: number[] = [];
  readonly #model: Model;
  readonly #nodes: NodeWorld;
  readonly #locals = new Interner<Local>();
  /** By state and stimulus. */
  readonly #results: Map<number, Result>[] = [];
  #count = 0;
  #merging: Merging | undefined;
  readonly #choices: (readonly Choice[])[] = [];

  constructor(model: Model, nodes: NodeWorld) {
    this.#model = model;
    this.#nodes = nodes;
  }

  get sizes(): { readonly locals: number; readonly letters: number; readonly steps: number } {
    return { locals: this.#locals.size, letters: this.letters.size, steps: this.#count };
  }

  number(local: Local): number {
    return this.merged(this.#locals.intern(canonicalText(local), () => local));
  }

  /** The state that stands for this one and all that behave alike. */
  merged(number: number): number {
    return this.#merging?.get(number) ?? number;
  }

  isUp(local: number): boolean {
    return this.#locals.of(local).isUp;
  }

  view(local: number): NodeView {
    return new NodeView(this.#nodes, this.#locals.of(local));
  }

  post(letter: Letter): number {
    const number = this.letters.intern(letter.text, () => letter);
    this.hearings[number] ??= this.#stimulus({ kind: 'hear', letter });
    this.hearers[number] ??= this.#model.setup.nodes.indexOf(letter.to);
    return number;
  }

  take(local: number, stimulus: number): Result {
    const results = this.#results[local] ?? new Map<number, Result>();
    const known = results.get(stimulus);
    if (known) return known;
    const result = this.#work(local, stimulus);
    this.#count += 1;
    this.#results[local] = results.set(stimulus, result);
    return result;
  }

  choicesOf(local: number): readonly Choice[] {
    const known = this.#choices[local];
    if (known) return known;
    const choices = this.#choose(this.view(local)).map(([stimulus, trouble]) => ({
      stimulus: this.#stimulus(stimulus),
      trouble: trouble === null ? -1 : troubles.indexOf(trouble),
    }));
    this.#choices[local] = choices;
    return choices;
  }

  /** From here on states that behave alike are one. */
  merge(merging: Merging): void {
    this.#merging = merging;
    this.#results.forEach((results, local) => {
      for (const result of results.values()) {
        result.next = this.merged(result.next);
        const isSame = result.next === this.merged(local);
        result.isIdle = isSame && result.letters.length === 0 && !result.isHistoric;
      }
    });
  }

  #choose(view: NodeView): [Stimulus, Trouble | null][] {
    const { isUp, timers, alarms, writes } = view.local;
    const { mayFire, mayRing, mayCrash, requests } = this.#model;
    if (!isUp) return [[{ kind: 'start' }, null]];
    const choices: [Stimulus, Trouble | null][] = [];
    for (const timer of timers) {
      const trouble = isBeat(timer) ? 'beats' : 'timeouts';
      if (mayFire?.(view, timer) ?? true) choices.push([{ kind: 'fire', timer }, trouble]);
    }
    for (const alarm of alarms) {
      if (mayRing?.(view, alarm) ?? true) choices.push([{ kind: 'ring', alarm }, 'timeouts']);
    }
    if (writes.length > 0) choices.push([{ kind: 'write' }, null]);
    for (const event of requests?.(view) ?? []) choices.push([{ kind: 'feed', event }, 'requests']);
    if (mayCrash?.(view) ?? true) {
      // What was asked to be written is durable up to somewhere: batches are written in order.
      for (let durable = 0; durable <= writes.length; durable += 1) {
        choices.push([{ kind: 'crash', durable }, 'crashes']);
      }
    }
    return choices;
  }

  #work(number: number, stimulusNumber: number): Result {
    const local = this.#locals.of(number);
    const stimulus = this.stimuli.of(stimulusNumber);
    const before = new NodeView(this.#nodes, local);
    try {
      const { local: after, letters, heard } = this.#nodes.take(local, stimulus);
      const view = new NodeView(this.#nodes, after);
      const deal: Deal = { before, stimulus, after: view, letters, heard };
      const next = this.number(after);
      const isHistorical = heard.some((event) => isHistoric(event, local.node));
      return {
        next,
        letters: letters.map((letter) => this.post(letter)).sort((a, b) => a - b),
        isHistoric: isHistorical,
        isWithin: this.#model.isWithin?.(view) ?? true,
        isIdle: next === number && letters.length === 0 && !isHistorical,
        wrong: this.#model.laws.map((law) => law(deal)).find((wrong) => wrong !== undefined),
        deal,
        number: this.#count,
        isSeen: false,
      };
    } catch (error) {
      const deal: Deal = { before, stimulus, after: before, letters: [], heard: [] };
      const wrong = `${local.node} fails: ${error instanceof Error ? error.stack : error}`;
      const flags = { isHistoric: false, isWithin: true, isIdle: false, isSeen: false };
      return { next: number, letters: [], wrong, deal, number: this.#count, ...flags };
    }
  }

  #stimulus(stimulus: Stimulus): number {
    return this.stimuli.intern(stimulusText(stimulus), () => stimulus);
  }
}

const stimulusText = (stimulus: Stimulus): string =>
  stimulus.kind === 'hear' ? stimulus.letter.text : canonicalText(stimulus);
