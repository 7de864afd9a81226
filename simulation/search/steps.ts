/**
 * Remembers what nodes do: every node's state, stimulus and letter has a number, and what becomes
 * of a state by a stimulus is worked out once. A search meets few node states in many worlds.
 */
import type { Emitted } from '../../protocol/event.ts';
import { type Trouble, troubles } from './budget.ts';
import { isHistoric } from './history.ts';
import { canonicalText, Interner } from './interner.ts';
import type { Letter } from './letter.ts';
import { type Deal, isBeat, type Model } from './model.ts';
import { type Local, NodeView, type NodeWorld, type Stimulus } from './node.ts';
import type { Merging } from './quotient.ts';
import { isLate } from './time.ts';

/** What a node may do by itself. */
export interface Choice {
  readonly stimulus: number;
  /** The trouble it counts as, or -1. */
  readonly trouble: number;
}

/** A way in which a node's clock may advance. */
export interface Tick {
  readonly by: number;
  readonly stimulus: number;
  /** The state that follows. */
  next: number;
  /** Whether an alarm of the node is then later than it may be. */
  readonly isStalled: boolean;
}

/** What became of a node. */
export interface Result {
  readonly local: number;
  readonly stimulus: number;
  next: number;
  readonly letters: readonly number[];
  /** Whether it established something that history remembers. */
  readonly isHistoric: boolean;
  readonly isWithin: boolean;
  isIdle: boolean;
  readonly wrong: string | undefined;
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
  readonly #texts = new WeakMap<object, string>();
  #merging: Merging | undefined;
  readonly #choices: (readonly Choice[])[] = [];
  readonly #ticks: (readonly Tick[] | undefined)[] = [];

  constructor(model: Model, nodes: NodeWorld) {
    this.#model = model;
    this.#nodes = nodes;
  }

  get sizes(): { readonly locals: number; readonly letters: number; readonly steps: number } {
    return { locals: this.#locals.size, letters: this.letters.size, steps: this.#count };
  }

  number(local: Local): number {
    return this.merged(this.#locals.intern(this.#textOf(local), () => local));
  }

  /** What did not change is the same object as before. */
  #textOf({ node, isUp, snapshots, timers, alarms, dues, writes, disk, ...local }: Local): string {
    const rest = `${node} ${isUp} ${snapshots} ${alarms} ${local.group} `;
    return (
      rest +
      (dues ? canonicalText(dues) : '') +
      (local.nowMs === undefined ? '' : `${local.nowMs} `) +
      (local.aside === undefined ? '' : canonicalText(local.aside)) +
      this.#partOf(timers) +
      this.#partOf(writes) +
      this.#partOf(disk)
    );
  }

  #partOf(part: object): string {
    const text = this.#texts.get(part) ?? canonicalText(part);
    this.#texts.set(part, text);
    return text;
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
    const { bounds } = this.#model;
    const possible = this.#choose(this.view(local)).filter(
      ([, trouble]) => trouble === null || (bounds[trouble] ?? 0) > 0,
    );
    const choices = possible.map(([stimulus, trouble]) => ({
      stimulus: this.#stimulus(stimulus),
      trouble: trouble === null ? -1 : troubles.indexOf(trouble),
    }));
    this.#choices[local] = choices;
    return choices;
  }

  /** What a node that hears this may come to. */
  choiceOf(event: Emitted, trouble: Trouble | null): Choice {
    const stimulus = this.#stimulus({ kind: 'feed', event });
    return { stimulus, trouble: trouble === null ? -1 : troubles.indexOf(trouble) };
  }

  /** How the clock of a node may advance; it stands still where no time passes, or nobody is up. */
  ticksOf(local: number): readonly Tick[] {
    const known = this.#ticks[local];
    if (known) return known;
    const { time, aside } = this.#model.setup;
    const { node, isUp, dues = {} } = this.#locals.of(local);
    const advances = time && (isUp || aside) ? (time.advancesOf?.[node] ?? time.advances) : [0];
    const ticks = advances.map((by) => {
      const stimulus = this.#stimulus({ kind: 'tick', by });
      const isStalled = time !== undefined && isLate(dues, by, time);
      return { by, stimulus, next: this.take(local, stimulus).next, isStalled };
    });
    this.#ticks[local] = ticks;
    return ticks;
  }

  /** From here on states that behave alike are one. */
  merge(merging: Merging): void {
    this.#merging = merging;
    for (const ticks of this.#ticks) {
      for (const tick of ticks ?? []) tick.next = this.merged(tick.next);
    }
    this.#results.forEach((results, local) => {
      for (const result of results.values()) {
        result.next = this.merged(result.next);
        const isSame = result.next === this.merged(local);
        result.isIdle = isSame && result.letters.length === 0 && !result.isHistoric;
      }
    });
  }

  #choose(view: NodeView): [Stimulus, Trouble | null][] {
    const { isUp, timers, alarms, dues, writes } = view.local;
    const { mayFire, mayRing, mayCrash, requests } = this.#model;
    if (!isUp) return [[{ kind: 'start' }, null]];
    const choices: [Stimulus, Trouble | null][] = [];
    for (const timer of timers) {
      const trouble = isBeat(timer) ? 'beats' : 'timeouts';
      if (mayFire?.(view, timer) ?? true) choices.push([{ kind: 'fire', timer }, trouble]);
    }
    for (const alarm of alarms) {
      const due = dues?.[alarm];
      if (due !== undefined) {
        if (due <= 0) choices.push([{ kind: 'ring', alarm }, null]);
      } else if (mayRing?.(view, alarm) ?? true)
        choices.push([{ kind: 'ring', alarm }, 'timeouts']);
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

  /** What a result came of: worked out again, because it is seldom asked for. */
  dealOf({ local, stimulus }: Pick<Result, 'local' | 'stimulus'>): Deal {
    const before = this.view(local);
    const taken = this.stimuli.of(stimulus);
    try {
      const { local: after, letters, heard } = this.#nodes.take(before.local, taken);
      return { before, stimulus: taken, after: new NodeView(this.#nodes, after), letters, heard };
    } catch (error) {
      const wrong = `${before.local.node} fails: ${error instanceof Error ? error.stack : error}`;
      return { before, stimulus: taken, after: before, letters: [], heard: [], wrong };
    }
  }

  #work(local: number, stimulus: number): Result {
    const deal = this.dealOf({ local, stimulus });
    const { node } = deal.before.local;
    const next = this.number(deal.after.local);
    const letters = deal.letters.map((letter) => this.post(letter)).sort((a, b) => a - b);
    const notices = this.#model.agreement?.notices ?? isHistoric;
    const isOfHistory = deal.heard.some((event) => notices(event, node));
    return {
      local,
      stimulus,
      next,
      letters,
      isHistoric: isOfHistory,
      isWithin: this.#model.isWithin?.(deal.after) ?? true,
      isIdle: next === local && letters.length === 0 && !isOfHistory,
      wrong: deal.wrong ?? this.#wrongWith(deal),
      number: this.#count,
      isSeen: false,
    };
  }

  #wrongWith(deal: Deal): string | undefined {
    for (const law of this.#model.laws) {
      const wrong = law(deal);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  #stimulus(stimulus: Stimulus): number {
    return this.stimuli.intern(stimulusText(stimulus), () => stimulus);
  }
}

const stimulusText = (stimulus: Stimulus): string =>
  stimulus.kind === 'hear' ? stimulus.letter.text : canonicalText(stimulus);
