/**
 * Joins a running district as an observer, for commands of operators: it hears what is agreed, has
 * commands proposed, and hears from the nodes what their lamps follow. It takes no part: it votes
 * for nobody and is in nobody's view, and it is gone when the command ends.
 */
import { createNode, type GreenwaveNode } from '../actors/node.ts';
import { volatileStore } from '../actors/storage.ts';
import { apply } from '../machines/district-state.ts';
import type { Replica } from '../machines/replication.ts';
import type { District } from '../protocol/check-district.ts';
import type { Command, State } from '../protocol/command.ts';
import { canonicalJson } from '../protocol/digest.ts';
import type { Emitted, HeardAs } from '../protocol/event.ts';
import type { Contract } from '../protocol/timing.ts';
import { udpTcp } from '../transport/udp-tcp.ts';
import { HeardRefusals } from './heard-refusals.ts';
import { assertOperator, type KeyOptions, keyringOf, warnIfInsecure } from './keys.ts';
import { newIncarnation, newStoreId } from './level-store.ts';
import { contractIn, OtherContractError } from './other-contract.ts';
import { OperatorError } from './read-district.ts';
import { refusalText, refused } from './refusal-words.ts';

/** How long a district may take to be found and to tell what it has agreed on. In milliseconds. */
const JOIN_MS_MAX = 15_000;
/** How long after a refusal somebody else may still let us in. In milliseconds. */
const REFUSED_MS = 2_000;
/** How long until a command that was not answered is proposed again, and until it is given up. */
const AGAIN_MS = 1_000;
const COMMIT_MS_MAX = 20_000;
/** How long nodes tell what their lamps follow, unless they are asked again; and how soon they are:
 *  a question may be lost, and a node that has begun anew has heard none. In milliseconds. */
const FOLLOW_MS = 20_000;
const ASK_MS = 2_000;

export type Tell = HeardAs<'phases.tell'>;

/** A command that was agreed on. */
export interface Committed {
  readonly index: number;
  readonly term: number;
  /** From the proposal until this observer knew. In milliseconds. */
  readonly ms: number;
}

export interface Observer {
  readonly node: GreenwaveNode;
  /** What is agreed, as far as it is known here. */
  state(): State;
  /** Who leads, if anybody is known to. */
  leader(): string | null;
  /** Has a command agreed on. Throws an `OperatorError` with every problem when it is refused. */
  commit(command: Command): Promise<Committed>;
  /** Calls `heard` for each command that is agreed on from now on, with the state before it. */
  hear(heard: (command: Command, before: State) => void): void;
  /** Calls `heard` for what nodes tell of their lamps; they are asked from now on. */
  follow(heard: (tell: Tell) => void): void;
  close(): void;
}

export interface Joining extends KeyOptions {
  /** The address of this host to use. */
  readonly interface: string;
  /** Nothing will be commanded, so that no operator's key is needed. */
  readonly onlyWatches?: boolean;
  /** Told everything on the observer's bus, from the beginning. */
  readonly heard?: (event: Emitted & { at: number }) => void;
}

/** Joins a district, acts, and leaves, whatever came of it. */
export const observing = async <T>(
  district: District,
  joining: Joining,
  act: (observer: Observer) => Promise<T>,
): Promise<T> => {
  const observer = await observe(district, joining);
  try {
    return await act(observer);
  } finally {
    observer.close();
  }
};

/** Resolves when the district is found and its state is known. */
const observe = async (
  district: District,
  { interface: address, heard, onlyWatches, ...keys }: Joining,
): Promise<Observer> => {
  const keyring = keyringOf(district.name, address, keys);
  if (!onlyWatches) assertOperator(keyring, keys);
  warnIfInsecure(address, keys);
  const watchers: ((event: Emitted & { at: number }) => void)[] = heard ? [heard] : [];
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const node = createNode({
    id: `operator-${newStoreId()}`,
    // An observer serves nothing: what the file describes is the district's own matter.
    district: { ...district, intersections: [], links: [], plans: [] },
    store: volatileStore({ id: newStoreId(), incarnation: newIncarnation() }),
    transport: udpTcp({ discovery: district.discovery, interface: address, keys: keyring }),
    seal: keyring,
    lamps: () => ({ show: () => {}, leave: () => {}, close: () => {} }),
    isObserver: true,
    failed: (reason) => fail(new OperatorError(reason)),
  });
  let isIn = false;
  let other: Contract | undefined;
  node.watch((event) => {
    other ??= contractIn(event);
    if (event.type === 'membership.refused') {
      const text = refusalText(district, event);
      const error = other ? new OtherContractError(text, other) : new OperatorError(text);
      // One stranger on the network is no reason, but when nobody else is there it is he.
      setTimeout(() => isIn || fail(error), REFUSED_MS).unref();
    }
    for (const watch of watchers) watch(event);
  });
  const observer = new Watching(node, watchers, failed);
  node.start();
  try {
    await observer.joined(district);
    isIn = true;
  } catch (error) {
    observer.close();
    throw error;
  }
  return observer;
};

class Watching implements Observer {
  readonly node: GreenwaveNode;
  readonly #watchers: ((event: Emitted & { at: number }) => void)[];
  readonly #failed: Promise<never>;
  #asking: NodeJS.Timeout | undefined;

  constructor(
    node: GreenwaveNode,
    watchers: ((event: Emitted & { at: number }) => void)[],
    failed: Promise<never>,
  ) {
    this.node = node;
    this.#watchers = watchers;
    this.#failed = failed;
  }

  async joined({ name }: District): Promise<void> {
    const isIn = () => (this.#replica()?.leader ?? null) !== null && this.state().voters.length > 0;
    const refusals = new HeardRefusals();
    this.#watchers.push(refusals.hear);
    const nobody = `no district ${name} with a leader was found here within ${JOIN_MS_MAX / 1000} s`;
    await this.#until(isIn, {
      limitMs: JOIN_MS_MAX,
      otherwise: () => nobody + refusals.text,
    });
  }

  state(): State {
    return this.#replica()?.state ?? { voters: [], members: [] };
  }

  leader(): string | null {
    return this.#replica()?.leader ?? null;
  }

  async commit(command: Command): Promise<Committed> {
    const sinceMs = performance.now();
    const text = canonicalJson(command);
    let committed: Committed | undefined;
    let problems: readonly string[] = [];
    const watch = (event: Emitted) => {
      if (event.type !== 'replica.committed' || canonicalJson(event.command) !== text) return;
      const { index, term } = event;
      committed ??= { index, term, ms: performance.now() - sinceMs };
    };
    this.#watchers.push(watch);
    const propose = async () => {
      const answer = await this.node.propose(command);
      if (!answer.transient && committed === undefined) problems = answer.problems;
    };
    void propose();
    // An answer may be lost with a leader. Every command of an operator may be said twice.
    const again = setInterval(() => void propose(), AGAIN_MS);
    try {
      const otherwise = `it was not agreed on within ${COMMIT_MS_MAX / 1000} s: is a majority of the voters here?`;
      const isDone = () => committed !== undefined || problems.length > 0;
      await this.#until(isDone, { limitMs: COMMIT_MS_MAX, otherwise: () => otherwise });
    } finally {
      clearInterval(again);
      this.#watchers.splice(this.#watchers.indexOf(watch), 1);
    }
    if (!committed) throw refused(problems);
    return committed;
  }

  hear(heard: (command: Command, before: State) => void): void {
    let state = this.state();
    this.#watchers.push((event) => {
      if (event.type === 'replica.restored') state = event.state;
      if (event.type !== 'replica.committed') return;
      const before = state;
      state = apply(before, event.command);
      heard(event.command, before);
    });
  }

  follow(heard: (tell: Tell) => void): void {
    this.#watchers.push((event) => {
      const told = event as { type: string };
      if (told.type === 'phases.tell') heard(told as Tell);
    });
    const ask = () => this.node.survey(FOLLOW_MS);
    ask();
    this.#asking = setInterval(ask, ASK_MS);
  }

  close(): void {
    clearInterval(this.#asking);
    this.node.kill();
  }

  #replica(): Replica | undefined {
    return this.node.stateOf('replica')?.context as Replica | undefined;
  }

  /** Looks after every event of the node. */
  async #until(
    is: () => boolean,
    { limitMs, otherwise }: { limitMs: number; otherwise: () => string },
  ): Promise<void> {
    let look: () => void = () => {};
    let limit: NodeJS.Timeout | undefined;
    const found = new Promise<void>((resolve, reject) => {
      // What an event leads to is known when the bus has handled it.
      look = () => queueMicrotask(() => is() && resolve());
      limit = setTimeout(() => reject(new OperatorError(otherwise())), limitMs);
    });
    this.#watchers.push(look);
    look();
    try {
      await Promise.race([found, this.#failed]);
    } finally {
      clearTimeout(limit);
      this.#watchers.splice(this.#watchers.indexOf(look), 1);
    }
  }
}
