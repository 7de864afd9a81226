/**
 * Joins nodes to a world that can be searched: each node as a pure function (`node.ts`), the
 * letters on their way as a bag, and a bounded amount of trouble.
 *
 * A letter in the bag may arrive now, later or never, so the network reorders and loses without
 * any move; a letter for a node that is down waits for it, which is one more delay.
 *
 * Nodes are not taken for one another (no symmetry): the machines break ties by id, in the line of
 * voters and in every sorted list, so that two worlds that differ by names alone may go on apart.
 */

import { type Agreement, FATES_MAX, type Fate } from './agreement.ts';
import { Budget, troubles } from './budget.ts';
import { type Beginning, BY_CRASH, BY_TIMEOUT, closureOf } from './closure.ts';
import type { Searchable, Visit } from './explore.ts';
import { Future } from './future.ts';
import { type History, type Noted, noted } from './history.ts';
import { canonicalText, Interner } from './interner.ts';
import { Bag, type Layout, layoutOf } from './layout.ts';
import type { Model } from './model.ts';
import { type NodeView, NodeWorld, type Stimulus } from './node.ts';
import { opened } from './opening.ts';
import { mergingOf } from './quotient.ts';
import { type Choice, NodeSteps, type Result, type Tick } from './steps.ts';

/**
 * How a letter is taken from the bag; what a node does by itself is an act too. Of an act that bears
 * on what is agreed: which fate it has. And what was asked for arrives.
 */
const hows = [
  ...(['act', 'keep', 'drop', 'tick', 'agree'] as const),
  ...(['second', 'third', 'keepSecond', 'keepThird'] as const),
];
const [ACT, KEEP, DROP, TICK, AGREE, SECOND, KEEP_SECOND] = [0, 1, 2, 3, 4, 5, 7];
const HOWS_MAX = 9;
const NODES_MAX = 8;
const CLOSURE_STEPS_MAX = 300_000;
const [CRASHES, DROPS, DUPLICATES, TIMEOUTS, STALLS, TICKS] = [
  troubles.indexOf('crashes'),
  troubles.indexOf('drops'),
  troubles.indexOf('duplicates'),
  troubles.indexOf('timeouts'),
  troubles.indexOf('stalls'),
  troubles.indexOf('ticks'),
];
const nothing: readonly number[] = [];

/** What a move is. */
export interface Told {
  readonly node: string;
  readonly how: (typeof hows)[number];
  readonly stimulus: Stimulus;
  /** What came of it. */
  readonly result: Result;
  /** Of a tick: what each clock gains. The rest is said of the first node then. */
  readonly advances: readonly number[];
}

/** What history, or what is agreed on, comes to by a result. */
interface Note {
  readonly number: number;
  readonly wrong: string | undefined;
  /** The trouble that it counts as, or -1. */
  readonly trouble: number;
}

/** One move that may be possible in a state. */
interface Try {
  readonly node: number;
  readonly stimulus: number;
  readonly how: number;
  /** What trouble is left after it; -1 when there was none left. */
  readonly budget: number;
  /** The place of the letter in the state, or -1. */
  readonly place: number;
}

export class World implements Searchable {
  readonly model: Model;
  readonly width: number;
  readonly initial: Int32Array;
  /** Which of the `sometimes` happened. */
  readonly reached = new Set<string>();
  readonly steps: NodeSteps;
  readonly #layout: Layout;
  readonly #bag: Bag;
  readonly #next: Int32Array;
  readonly #budget: Budget;
  /** By what is left: which future it is. */
  readonly #kinds: Int32Array;
  readonly #future: Future | undefined;
  readonly #histories = new Interner<History>();
  readonly #agreed = new Interner<unknown>();
  readonly #noted = new Map<string, readonly Note[]>();
  readonly #turns: (readonly Note[])[] = [];
  readonly #offers = new Map<string, readonly Choice[]>();
  readonly #placeOf: string[] = [];
  readonly #summaries = new Interner<unknown>();
  readonly #summaryOf: number[] = [];
  readonly #judged = new Map<string, string | undefined>();

  constructor(model: Model) {
    this.model = model;
    const { setup, bounds } = model;
    const nodes = new NodeWorld(setup);
    this.steps = new NodeSteps(model, nodes);
    this.#layout = layoutOf(setup.nodes.length, bounds.letters);
    this.width = this.#layout.width;
    this.#bag = new Bag(this.#layout);
    this.#next = new Int32Array(this.width);
    this.#budget = new Budget(bounds);
    this.#kinds = Int32Array.from({ length: this.#budget.whole + 1 }, (_, left) => {
      const byCrash = this.#budget.has(left, CRASHES) ? BY_CRASH : 0;
      return byCrash | (this.#budget.has(left, TIMEOUTS) ? BY_TIMEOUT : 0);
    });
    const opening = opened(nodes, model);
    const letters = opening.letters.map((letter) => this.steps.post(letter));
    const locals = opening.locals.map((local) => this.steps.number(local));
    this.#future = this.#reduce({ locals, letters });
    this.#next.set(locals.map((local) => this.steps.merged(local)));
    this.#next[this.#layout.history] = model.agreement
      ? this.#agreedNumber(opening.agreed)
      : this.#historyNumber(opening.history);
    const begun = { budget: this.#budget.whole, out: -1, letters };
    if (!this.#fill(this.#next, begun)) throw new Error(`${model.name} begins with more letters`);
    this.initial = this.#next.slice();
  }

  expand(state: Int32Array, visit: Visit): number {
    const cut = this.#act(state, visit) + this.#deliver(state, visit);
    if (this.model.agreement) this.#turn(state, this.model.agreement, visit);
    if (this.model.setup.time) this.#tick(state, visit);
    return cut;
  }

  wrongWith(state: Int32Array): string | undefined {
    const { invariant } = this.model;
    if (!invariant) return undefined;
    let key = '';
    for (let node = 0; node < this.#layout.nodes; node += 1) {
      key += `${this.#summarise(state[node] as number)} `;
    }
    const known = this.#judged.get(key);
    if (known !== undefined || this.#judged.has(key)) return known;
    const wrong = invariant(
      key
        .trim()
        .split(' ')
        .map((number) => this.#summaries.of(+number)),
    );
    this.#judged.set(key, wrong);
    return wrong;
  }

  /** The nodes of a state, to look into. */
  views(state: Int32Array): NodeView[] {
    return [...state.subarray(0, this.#layout.nodes)].map((local) => this.steps.view(local));
  }

  /** What a move is, in the state in which it is made; and the state that it leads to. */
  tell(state: Int32Array, move: number): { readonly told: Told; readonly next: Int32Array } {
    const node = move % NODES_MAX;
    const stimulus = Math.floor(move / NODES_MAX / HOWS_MAX);
    let next = state;
    this.expand(state, (reached, taken) => {
      if (taken === move) next = reached.slice();
    });
    const how = hows[Math.floor(move / NODES_MAX) % HOWS_MAX] ?? 'act';
    const [tick] = this.steps.ticksOf(state[node] as number);
    const isOfAll = how === 'tick' || how === 'agree';
    const taken = isOfAll ? (tick as Tick).stimulus : stimulus;
    const told: Told = {
      node: this.model.setup.nodes[node] as string,
      how,
      stimulus: this.steps.stimuli.of(taken),
      result: this.steps.take(state[node] as number, taken),
      advances: how === 'tick' ? this.#advances(state, stimulus) : [],
    };
    return { told, next };
  }

  /** Merges what behaves alike, and learns which letters matter; not when there is too much. */
  #reduce({ locals, letters }: Beginning): Future | undefined {
    const { closureStepsMax = CLOSURE_STEPS_MAX, agreement } = this.model;
    // What nodes learn of an agreement comes from outside of them.
    if (agreement) return undefined;
    const closure = closureOf(this.steps, { locals, letters }, closureStepsMax);
    if (!closure) return undefined;
    this.steps.merge(mergingOf(closure, this.steps, (local) => this.#summarise(local)));
    const merged = locals.map((local) => this.steps.merged(local));
    const again = closureOf(this.steps, { locals: merged, letters }, closureStepsMax);
    return again && new Future(again, this.steps);
  }

  #act(state: Int32Array, visit: Visit): number {
    const left = state[this.#layout.budget] as number;
    let cut = 0;
    for (let node = 0; node < this.#layout.nodes; node += 1) {
      const choices = this.steps.choicesOf(state[node] as number);
      for (const { stimulus, trouble } of [...choices, ...this.#offersTo(state, node)]) {
        const budget = this.#spend(left, trouble);
        if (budget < 0) continue;
        if (!this.#try(state, { node, stimulus, how: ACT, budget, place: -1 }, visit)) cut += 1;
      }
    }
    return cut;
  }

  /** What is left after one more, or after none when it is no trouble. */
  #spend(left: number, trouble: number): number {
    return trouble < 0 ? left : this.#budget.spend(left, trouble);
  }

  /** What a node may learn of what is agreed. */
  #offersTo(state: Int32Array, node: number): readonly Choice[] {
    const { agreement } = this.model;
    if (!agreement) return [];
    const [local, agreed] = [state[node] as number, state[this.#layout.history] as number];
    const view = () => this.steps.view(local);
    this.#placeOf[local] ??= agreement.place(view());
    const key = `${agreed} ${node} ${this.#placeOf[local]}`;
    const known = this.#offers.get(key);
    if (known) return known;
    const offers = agreement.offers(this.#agreed.of(agreed), view());
    const choices = offers.map(({ event, trouble }) => this.steps.choiceOf(event, trouble));
    this.#offers.set(key, choices);
    return choices;
  }

  /** What was asked for arrives. */
  #turn(state: Int32Array, { turns }: Agreement, visit: Visit): void {
    const agreed = state[this.#layout.history] as number;
    this.#turns[agreed] ??= turns(this.#agreed.of(agreed)).map((fate) => this.#fateOf(fate));
    this.#turns[agreed].forEach(({ number, trouble }, turn) => {
      const budget = this.#spend(state[this.#layout.budget] as number, trouble);
      if (budget < 0) return;
      this.#next.set(state);
      this.#next[this.#layout.history] = number;
      this.#fill(state, { budget, out: -1, letters: nothing });
      visit(this.#next, moveOf(0, turn, AGREE), undefined);
    });
  }

  #deliver(state: Int32Array, visit: Visit): number {
    const left = state[this.#layout.budget] as number;
    const whenDropped = this.#budget.spend(left, DROPS);
    const whenKept = this.#budget.spend(left, DUPLICATES);
    const { bag, width } = this.#layout;
    let cut = 0;
    for (let place = bag; place < width && state[place] !== 0; place += 1) {
      if (place > bag && state[place] === state[place - 1]) continue;
      const letter = (state[place] as number) - 1;
      const node = this.steps.hearers[letter] as number;
      const stimulus = this.steps.hearings[letter] as number;
      if (whenDropped >= 0) {
        this.#drop(state, { node, stimulus, place, how: DROP, budget: whenDropped }, visit);
      }
      if (!this.steps.isUp(state[node] as number)) continue;
      const tried = { node, stimulus, place, how: ACT, budget: left };
      if (!this.#try(state, tried, visit)) cut += 1;
      if (whenKept < 0) continue;
      if (!this.#try(state, { ...tried, how: KEEP, budget: whenKept }, visit)) cut += 1;
    }
    return cut;
  }

  /** All clocks advance at once, each in any way it may. */
  #tick(state: Int32Array, visit: Visit): void {
    const ways = this.#waysOf(state);
    const late = this.#lateIn(state);
    for (let way = 0; way < ways; way += 1) {
      this.#next.set(state);
      let budget = state[this.#layout.budget] as number;
      if (this.model.bounds.ticks !== undefined) budget = this.#budget.spend(budget, TICKS);
      for (let node = 0, rest = way; node < this.#layout.nodes; node += 1) {
        const ticks = this.steps.ticksOf(state[node] as number);
        const tick = ticks[rest % ticks.length] as Tick;
        rest = Math.floor(rest / ticks.length);
        if ((tick.isStalled || late[node]) && budget >= 0)
          budget = this.#budget.spend(budget, STALLS);
        this.#next[node] = tick.next;
      }
      if (budget < 0) continue;
      this.#fill(state, { budget, out: -1, letters: nothing });
      visit(this.#next, moveOf(0, way, TICK), undefined);
    }
  }

  /** Where clocks run, who could hear or learn something and does not, is stalled as well. */
  #lateIn(state: Int32Array): readonly boolean[] {
    const { setup } = this.model;
    if (!setup.time?.runs) return [];
    const letters = [...state.subarray(this.#layout.bag)].filter((letter) => letter > 0);
    const hearers = letters.map((letter) => this.steps.hearers[letter - 1]);
    return setup.nodes.map(
      (_, node) =>
        this.steps.isUp(state[node] as number) &&
        (hearers.includes(node) || this.#offersTo(state, node).some(({ trouble }) => trouble < 0)),
    );
  }

  #waysOf(state: Int32Array): number {
    let ways = 1;
    for (let node = 0; node < this.#layout.nodes; node += 1) {
      ways *= this.steps.ticksOf(state[node] as number).length;
    }
    return ways;
  }

  #advances(state: Int32Array, way: number): number[] {
    let rest = way;
    return [...state.subarray(0, this.#layout.nodes)].map((local) => {
      const ticks = this.steps.ticksOf(local);
      const { by } = ticks[rest % ticks.length] as Tick;
      rest = Math.floor(rest / ticks.length);
      return by;
    });
  }

  #drop(state: Int32Array, { node, stimulus, budget, place }: Try, visit: Visit): void {
    this.#next.set(state);
    this.#fill(state, { budget, out: place, letters: nothing });
    visit(this.#next, moveOf(node, stimulus, DROP), undefined);
  }

  /** Whether the move makes no difference or stays within the bounds. */
  #try(state: Int32Array, { node, stimulus, how, budget, place }: Try, visit: Visit): boolean {
    const result = this.steps.take(state[node] as number, stimulus);
    const out = how === ACT ? place : -1;
    if (result.isWithin && !result.isSeen) this.#see(result);
    // What changes nothing and takes no letter only uses up what trouble is left.
    if (result.isIdle && out < 0 && result.wrong === undefined) return true;
    if (!result.isWithin) return false;
    const history = state[this.#layout.history] as number;
    const notes = result.isHistoric ? this.#note(history, result) : undefined;
    if (!notes) return this.#reach(state, { node, stimulus, how, budget, out, result }, visit);
    let hasRoom = true;
    notes.forEach((note, k) => {
      const left = this.#spend(budget, note.trouble);
      if (left < 0) return;
      const taken = k === 0 ? how : (how === KEEP ? KEEP_SECOND : SECOND) + k - 1;
      const reached = { node, stimulus, how: taken, budget: left, out, result, note };
      hasRoom = this.#reach(state, reached, visit) && hasRoom;
    });
    return hasRoom;
  }

  /** Says whether there is room for what was sent. */
  #reach(
    state: Int32Array,
    {
      result,
      note,
      out,
      ...taken
    }: Omit<Try, 'place'> & { result: Result; note?: Note; out: number },
    visit: Visit,
  ): boolean {
    const { node, stimulus, how, budget } = taken;
    this.#next.set(state);
    this.#next[node] = result.next;
    if (note) this.#next[this.#layout.history] = note.number;
    const wrong = result.wrong ?? note?.wrong;
    // What is wrong is told even where there is no room for what was sent.
    const hasRoom = this.#fill(state, { budget, out, letters: result.letters });
    if (!hasRoom && wrong === undefined) return false;
    visit(this.#next, moveOf(node, stimulus, how), wrong);
    return true;
  }

  /** Writes what is left, and the letters that still matter; says whether there is room. */
  #fill(
    state: Int32Array,
    { budget, out, letters }: { budget: number; out: number; letters: readonly number[] },
  ): boolean {
    const next = this.#next;
    const { bag, width } = this.#layout;
    next[this.#layout.budget] = budget;
    this.#bag.begin(next);
    const kind = this.#kinds[budget] as number;
    const future = this.#future;
    for (let place = bag; place < width && state[place] !== 0; place += 1) {
      const letter = (state[place] as number) - 1;
      if (place !== out && (!future || future.matters(next, letter, kind))) this.#bag.put(letter);
    }
    for (const letter of letters) {
      if (!future || future.matters(next, letter, kind)) this.#bag.put(letter);
    }
    return this.#bag.end();
  }

  #see(result: Result): void {
    result.isSeen = true;
    const { sometimes } = this.model;
    const names = Object.keys(sometimes).filter((name) => !this.reached.has(name));
    if (names.length === 0) return;
    const deal = this.steps.dealOf(result);
    for (const name of names) if (sometimes[name]?.(deal)) this.reached.add(name);
  }

  #note(history: number, result: Result): readonly Note[] {
    const key = `${history} ${result.number}`;
    const known = this.#noted.get(key);
    if (known) return known;
    const deal = this.steps.dealOf(result);
    const { agreement } = this.model;
    const notes = agreement
      ? agreement.fates(this.#agreed.of(history), deal).map((fate) => this.#fateOf(fate))
      : [this.#historyOf(noted(this.#histories.of(history), deal.after, deal.heard))];
    if (notes.length > FATES_MAX) throw new Error(`a move has ${notes.length} fates`);
    this.#noted.set(key, notes);
    return notes;
  }

  #historyOf({ history, wrong }: Noted): Note {
    return { number: this.#historyNumber(history), wrong, trouble: -1 };
  }

  #fateOf({ agreed, trouble }: Fate): Note {
    const number = this.#agreedNumber(agreed);
    return { number, wrong: undefined, trouble: trouble === null ? -1 : troubles.indexOf(trouble) };
  }

  #agreedNumber(agreed: unknown): number {
    return this.#agreed.intern(canonicalText(agreed), () => agreed);
  }

  #historyNumber(history: History): number {
    return this.#histories.intern(canonicalText(history), () => history);
  }

  #summarise(local: number): number {
    const known = this.#summaryOf[local];
    if (known !== undefined) return known;
    const summary = this.model.summary(this.steps.view(local));
    const number = this.#summaries.intern(canonicalText(summary), () => summary);
    this.#summaryOf[local] = number;
    return number;
  }
}

const moveOf = (node: number, stimulus: number, how: number): number =>
  (stimulus * HOWS_MAX + how) * NODES_MAX + node;
