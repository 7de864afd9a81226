/**
 * The picture of a district that a journal paints: who is up, who leads, what is committed, what
 * the lamps show, and whether anything unsafe was shown.
 */
import type { District } from '../protocol/check-district.ts';
import { nodesOf } from '../protocol/district.ts';
import type { Fact } from '../protocol/event.ts';
import type { JournalLine } from '../protocol/journal.ts';
import { createJudge, type Unsafe } from '../protocol/judge.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { TrafficTold } from '../protocol/traffic.ts';

export interface NodePicture {
  readonly node: string;
  readonly intersection: string;
  pid: number | undefined;
  isUp: boolean;
  /** Peers in its view; itself is not among them. */
  readonly view: Set<string>;
  leader: string | undefined;
  term: number;
  commit: number;
  plan: string | undefined;
  stage: string | undefined;
  mode: string | undefined;
}

export interface Summary {
  readonly seconds: number;
  readonly nodes: number;
  readonly nodesUp: number;
  readonly leader: string | null;
  readonly term: number;
  readonly commit: number;
  readonly leaderChanges: number;
  readonly largestView: number;
  readonly lampLines: number;
  readonly refused: number;
  readonly errors: number;
  readonly unsafe: readonly Unsafe[];
}

/** What became of the traffic, where there was any. */
export interface TrafficSummary {
  /** What let it drive. */
  readonly by: string;
  readonly perHour: number;
  readonly came: number;
  readonly left: number;
  readonly inside: number;
  readonly outside: number;
  /** Of those who left; null while nobody had. In seconds. */
  readonly meanDelayS: number | null;
}

export class Picture {
  readonly district: District;
  readonly nodes = new Map<string, NodePicture>();
  /** By intersection. */
  readonly lamps = new Map<string, Lamps>();
  /** As it was told last. */
  traffic: TrafficTold | undefined;
  readonly #judge;
  readonly #startedMs = Date.now();
  readonly #leaders = new Set<string>();
  #largestView = 0;
  #lampLines = 0;
  #refused = 0;
  #errors = 0;

  constructor(district: District) {
    this.district = district;
    this.#judge = createJudge(district.intersections);
    for (const intersection of district.intersections) {
      for (const node of nodesOf(intersection)) {
        this.nodes.set(node, blank(node, intersection.id));
      }
    }
  }

  processStarted(name: string, pid: number | undefined): void {
    const node = this.nodes.get(name);
    if (!node) return;
    this.nodes.set(name, { ...blank(name, node.intersection), pid, isUp: true });
  }

  processEnded(name: string): void {
    const node = this.nodes.get(name);
    if (node) this.nodes.set(name, blank(name, node.intersection));
  }

  see(line: JournalLine): void {
    if (line.kind === 'lamps') {
      this.lamps.set(line.intersection, line.lamps);
      this.#lampLines += 1;
      this.#judge.see(line);
    } else if (line.kind === 'fact') this.#learn(line.node, line.event);
    else if (line.kind === 'refused') this.#refused += 1;
    // What is done to a district on purpose is no error of it.
    else if (line.kind === 'error' && line.node !== 'city') this.#errors += 1;
    else if (line.kind === 'traffic') this.traffic = line;
  }

  /** Whether all nodes that are up are in each other's view, under one leader. */
  isWhole(): boolean {
    const up = [...this.nodes.values()].filter(({ isUp }) => isUp);
    const [first] = up;
    return (
      first?.leader !== undefined &&
      up.every(({ leader, view }) => leader === first.leader && view.size === up.length - 1)
    );
  }

  summary(): Summary {
    const nodes = [...this.nodes.values()];
    const last = nodes.reduce<NodePicture | undefined>(
      (best, node) => (node.term > (best?.term ?? 0) ? node : best),
      undefined,
    );
    return {
      seconds: Math.round((Date.now() - this.#startedMs) / 100) / 10,
      nodes: nodes.length,
      nodesUp: nodes.filter(({ isUp }) => isUp).length,
      leader: last?.leader ?? null,
      term: last?.term ?? 0,
      commit: Math.max(0, ...nodes.map(({ commit }) => commit)),
      leaderChanges: Math.max(0, this.#leaders.size - 1),
      largestView: this.#largestView,
      lampLines: this.#lampLines,
      refused: this.#refused,
      errors: this.#errors,
      unsafe: this.#judge.verdict().unsafe,
    };
  }

  #learn(name: string, event: Fact): void {
    const node = this.nodes.get(name);
    if (!node) return;
    switch (event.type) {
      case 'membership.joined':
        node.view.add(event.peer);
        this.#largestView = Math.max(this.#largestView, node.view.size + 1);
        break;
      case 'membership.left':
        node.view.delete(event.peer);
        break;
      case 'election.elected':
        node.leader = event.leader;
        node.term = event.term;
        this.#leaders.add(`${node.term} ${node.leader}`);
        break;
      case 'election.lost':
        node.leader = undefined;
        break;
      case 'replica.restored':
        node.commit = event.index;
        break;
      case 'replica.committed': {
        const { command } = event;
        node.commit = event.index;
        if (command.kind === 'plan.adopt') node.plan = command.plan.id;
        break;
      }
      case 'phases.changed':
        node.stage = event.stage;
        node.mode = event.mode;
        break;
    }
  }
}

/** The last line of the journal of a district that was run. */
export const summaryLine = ({ unsafe, ...summary }: Summary): string => {
  const common = { t: Date.now(), node: 'up', kind: 'summary' };
  return JSON.stringify({ ...common, ...summary, unsafe: unsafe.length, findings: unsafe });
};

const blank = (node: string, intersection: string): NodePicture => ({
  node,
  intersection,
  pid: undefined,
  isUp: false,
  view: new Set(),
  leader: undefined,
  term: 0,
  commit: 0,
  plan: undefined,
  stage: undefined,
  mode: undefined,
});
