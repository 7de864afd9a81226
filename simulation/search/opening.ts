/**
 * Plays the opening of a model: what happens before the search begins, without trouble, each letter
 * in the order in which it was sent and each write at once. So a search may begin with a leader.
 */
import type { Agreement } from './agreement.ts';
import { type History, noHistory, noted } from './history.ts';
import type { Letter } from './letter.ts';
import type { Act, Model } from './model.ts';
import { type Local, NodeView, type NodeWorld, type Stimulus } from './node.ts';

export interface Opened {
  readonly locals: readonly Local[];
  readonly letters: readonly Letter[];
  readonly history: History;
  /** What is agreed on; nothing where the model has no agreement. */
  readonly agreed: unknown;
}

export const opened = (nodes: NodeWorld, model: Model): Opened => {
  const opening = new Opening(nodes, model);
  for (const act of model.opening ?? []) opening.act(act);
  const { locals, underway: letters, history, agreed } = opening;
  return { locals, letters, history, agreed };
};

class Opening {
  readonly locals: Local[];
  readonly underway: Letter[] = [];
  history = noHistory;
  agreed: unknown;
  readonly #nodes: NodeWorld;
  readonly #names: readonly string[];
  readonly #agreement: Agreement | undefined;
  readonly #cutOff = new Set<string>();
  readonly #delayed = new Set<string>();
  #letters: Letter[] = [];

  constructor(nodes: NodeWorld, { setup, disks, agreement }: Model) {
    this.#nodes = nodes;
    this.#agreement = agreement;
    this.agreed = agreement?.first;
    this.#names = setup.nodes;
    this.locals = setup.nodes.map((node) => nodes.down(node, disks?.(node) ?? {}));
    for (const node of setup.nodes) this.#take(node, { kind: 'start' });
    // What nodes say while the others start is heard by nobody.
    this.#letters = [];
  }

  act(act: Act): void {
    if ('begins' in act) {
      this.#take(act.node, { kind: 'feed', event: act.begins });
      this.underway.push(...this.#letters.splice(0));
      return;
    }
    if ('cutsOff' in act) this.#cutOff.add(act.cutsOff);
    else if ('delays' in act) this.#delayed.add(`${act.delays} ${act.to}`);
    else if ('asks' in act) this.#take(act.node, { kind: 'feed', event: act.asks });
    else {
      const { timers } = this.#local(act.node);
      const timer = timers.find(({ id }) => id.includes(`.${act.fires}.`));
      if (!timer) throw new Error(`${act.node} has no timer ${act.fires}`);
      this.#take(act.node, { kind: 'fire', timer });
    }
    this.#settle();
  }

  #settle(): void {
    for (;;) {
      const writing = this.locals.find(({ writes }) => writes.length > 0);
      const letter = writing ? undefined : this.#letters.shift();
      if (writing) this.#take(writing.node, { kind: 'write' });
      else if (!letter && this.#learn()) continue;
      else if (!letter) return;
      else if (this.#delayed.has(`${letter.heard.type} ${letter.to}`)) this.underway.push(letter);
      else if (this.#isCut(letter)) continue;
      else this.#take(letter.to, { kind: 'hear', letter });
    }
  }

  #isCut({ from, to }: Letter): boolean {
    return this.#cutOff.has(from) !== this.#cutOff.has(to);
  }

  #local(node: string): Local {
    return this.locals[this.#names.indexOf(node)] as Local;
  }

  #take(node: string, stimulus: Stimulus): void {
    const was = this.#local(node);
    const { local, letters, heard } = this.#nodes.take(was, stimulus);
    this.locals[this.#names.indexOf(node)] = local;
    this.#letters.push(...letters);
    const after = new NodeView(this.#nodes, local);
    if (this.#agreement) {
      const before = new NodeView(this.#nodes, was);
      const deal = { before, stimulus, after, letters, heard };
      this.agreed = this.#agreement.fates(this.agreed, deal)[0]?.agreed;
      return;
    }
    const next = noted(this.history, after, heard);
    if (next.wrong !== undefined) throw new Error(next.wrong);
    this.history = next.history;
  }

  /** Whether somebody learned something of what is agreed. */
  #learn(): boolean {
    for (const local of this.locals) {
      const offers = this.#agreement?.offers(this.agreed, new NodeView(this.#nodes, local)) ?? [];
      const next = offers.find(({ trouble }) => trouble === null);
      if (!next) continue;
      this.#take(local.node, { kind: 'feed', event: next.event });
      return true;
    }
    return false;
  }
}
