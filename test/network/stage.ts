/**
 * The stage on which scenarios are played: a town that is well before each of them, is well again
 * after it, and whose lamps the recorder judges in between.
 */
import { rmSync } from 'node:fs';
import { expect } from 'vitest';
import { random } from '../../simulation/random.ts';
import type { Kind } from './districts.ts';
import { machineMs, type Verdict } from './record.ts';
import { type Recovery, recovered } from './recovery.ts';
import { type Row, tableOf } from './table.ts';
import { Town } from './town.ts';

interface Status {
  readonly groups: readonly { readonly view: readonly string[]; readonly leader: string | null }[];
  readonly nodes: readonly { readonly commit: number; readonly term: number }[];
}

/** Beats tell what was agreed some moments ago, and rights of way are agreed on all the time. */
const BEHIND_MAX = 3;

export class Stage {
  readonly town: Town;
  readonly rows: Row[] = [];
  /** From 0 to 1, by the seed. */
  readonly chance: () => number;
  readonly #seed: number;
  readonly #drawn: string[] = [];
  readonly #deaths = { all: 0, green: 0, amber: 0 };
  #verdict: Verdict | undefined;

  static async open(kind: Kind, seed: number): Promise<Stage> {
    const town = await Town.open(kind, seed);
    const stage = new Stage(town, seed);
    const sinceMs = machineMs();
    for (const node of town.nodes) town.start(node);
    try {
      stage.tell('founded', await recovered(town, town.nodes, sinceMs));
      await stage.shine();
    } catch (error) {
      console.log(`all journals are kept in ${town.keep()}`);
      await town.close();
      throw error;
    }
    return stage;
  }

  private constructor(town: Town, seed: number) {
    this.town = town;
    this.#seed = seed;
    this.chance = random(seed, 'network').next;
  }

  get leader(): string {
    const [first = ''] = this.town.nodes;
    const { leader } = this.town.watch(first);
    if (leader === undefined) throw new Error('a town that is well has a leader');
    return leader;
  }

  others(...nodes: readonly string[]): string[] {
    return this.town.nodes.filter((node) => !nodes.includes(node));
  }

  /** One of all nodes, by chance. */
  get anyone(): string {
    return this.town.nodes[Math.floor(this.chance() * this.town.nodes.length)] as string;
  }

  /** Writes down what chance has come to, for whoever looks into a failure. */
  drew(what: string): void {
    this.#drawn.push(what);
  }

  tell(what: string, recovery: Recovery, note?: string): void {
    this.rows.push({ what, recovery, ...(note !== undefined && { note }) });
  }

  /** Only these sides hear each other, or live: whose lamps must go on follows from that. */
  expectLights(...sides: (readonly string[])[]): void {
    this.town.record.serve(this.town.kind.goOn(sides));
  }

  /** Waits until these nodes are one, and writes down how long it took. */
  async recovers(
    what: string,
    nodes: readonly string[],
    sinceMs: number,
    seen = nodes,
  ): Promise<void> {
    this.tell(what, await recovered(this.town, nodes, sinceMs, seen));
  }

  /** Ends the fault and waits until all are one, as a bystander sees it too, and all lamps go. */
  async heals(what: string): Promise<void> {
    const { town } = this;
    const sinceMs = machineMs();
    await town.network.heal();
    for (const node of town.nodes) {
      town.signal(node, 'SIGCONT');
      town.pipe(node).release();
      if (!town.isUp(node)) town.start(node);
    }
    await this.recovers(what, town.nodes, sinceMs);
    await this.#shineIfDark();
    await this.expectStatus();
  }

  /** Plays a scenario on a town that is well; what the lamps showed meanwhile is judged. */
  async play(scenario: (stage: Stage) => Promise<void>): Promise<void> {
    const { town } = this;
    const sinceMs = machineMs();
    this.#drawn.length = 0;
    await this.#mend();
    try {
      await scenario(this);
      await this.#judge(sinceMs);
    } catch (error) {
      const drawn = this.#drawn.map((what) => `\n  ${what}`).join('');
      console.log(`seed ${this.#seed} drew:${drawn}\nall journals are kept in ${town.keep()}`);
      throw error;
    }
    expect(town.nodes.filter((node) => town.watch(node).errors.some(isOurs))).toEqual([]);
  }

  /**
   * Every lamp has been green, and is to go on: by the life that commands it now, because one that
   * lost its disk waits, and what its former life was granted goes on until then and no longer.
   */
  async shine(): Promise<void> {
    const { town } = this;
    const follows = (node: string) => !town.kind.isShared || town.watch(node).mode === 'following';
    await town.until(
      () => town.nodes.every(follows),
      () => `nodes that follow rights: ${town.nodes.filter((node) => !follows(node)).join(', ')}`,
    );
    await town.green(town.nodes, machineMs());
    town.record.serve(town.nodes);
  }

  async expectStatus(): Promise<void> {
    const { town } = this;
    const { groups, nodes } = (await town.status()) as Status;
    const commits = nodes.map(({ commit }) => commit);
    expect(groups).toHaveLength(1);
    expect(groups[0]?.view).toEqual([...town.nodes].sort());
    expect(groups[0]?.leader).toBe(this.leader);
    expect(Math.max(...commits) - Math.min(...commits)).toBeLessThanOrEqual(BEHIND_MAX);
  }

  async close(): Promise<void> {
    const { kind } = this.town;
    const title = `${kind.name}, seed ${this.#seed}`;
    if (this.rows.length > 0) console.log(`${tableOf(title, this.rows)}\n${this.#summary()}`);
    await this.town.close();
    rmSync(this.town.folder, { recursive: true, force: true });
  }

  /** A scenario that failed leaves a town that is not well. */
  async #mend(): Promise<void> {
    const { town } = this;
    await town.network.heal();
    for (const node of town.nodes) {
      town.signal(node, 'SIGCONT');
      town.pipe(node).release();
      if (!town.isUp(node)) town.start(node);
    }
    await recovered(town, town.nodes, machineMs());
    await this.#shineIfDark();
  }

  async #shineIfDark(): Promise<void> {
    if (this.town.record.serves(this.town.nodes)) return;
    await this.shine();
  }

  async #judge(sinceMs: number): Promise<void> {
    const { record } = this.town;
    const verdict = await record.judge(sinceMs);
    const { conflicts, cuts, overruns, gaps, deaths } = verdict;
    this.#verdict = verdict;
    this.#deaths.all += deaths.all;
    this.#deaths.green += deaths.green;
    this.#deaths.amber += deaths.amber;
    const none = { conflicts: [], cuts: [], overruns: [], gaps: [] };
    expect({ conflicts, cuts, overruns, gaps }).toEqual(none);
    expect(verdict.lines).toBeGreaterThan(0);
  }

  /** What the recorder has seen, so that it is known what its silence says. */
  #summary(): string {
    const { greens = {}, agreed = 0 } = this.#verdict ?? {};
    const count = Object.values(greens).reduce((sum, more) => sum + more, 0);
    const { all, green, amber } = this.#deaths;
    const killed = `${all} groups lost their node, ${green} of them at green, ${amber} at amber`;
    return `${count} greens, ${agreed} of them held against what was agreed on; ${killed}`;
  }
}

/** An `error` line about the network is what a fault looks like from inside. */
const isOurs = (message: string): boolean => /failed|assert/i.test(message);
