/**
 * Follows preemptions from the command to the lamps: who knew of a call and when, who gave way for
 * it, whose right of way had to be waited for, and when it was green.
 */
import Table from 'cli-table3';
import { intersectionsOf } from '../machines/district-state.ts';
import { waitedFor } from '../machines/preempting.ts';
import type { Command, State } from '../protocol/command.ts';
import { callOf, type Leg } from '../protocol/route.ts';
import { onStopSignal } from './host.ts';
import type { Observer } from './observer.ts';

import { serversOf } from './served.ts';
import { duration } from './spread.ts';

/** How long lamps may take to follow a call. In milliseconds. */
export const GREEN_MS_MAX = 120_000;
/** When one lamp has followed, the others of its stage follow within this. In milliseconds. */
const TOGETHER_MS = 500;

/** When a node knew of a call, gave way for it, and had its lamps lit for it; from the command on. */
interface Follower {
  readonly node: string;
  readonly takenMs: number | null;
  readonly gaveMs: number | null;
  readonly litMs: number | null;
}

/** What became of a call. */
export interface Became extends Leg {
  readonly index: number;
  /** From the command until it was agreed, until a node knew, until the first lamp had followed. */
  readonly commitMs: number;
  readonly takenMs: number | null;
  readonly greenMs: number | null;
  /** Somebody cleared it before it was green: the leader does when nobody there can light it. */
  readonly isCleared: boolean;
  /** Holders of greens in the way that did not answer, so that their rights had to run out. */
  readonly waitedFor: readonly string[];
  readonly nodes: readonly Follower[];
}

/** What was heard of one call, by node where it matters; instants of `performance.now`. */
class Heard {
  sinceMs = Number.NaN;
  isCleared = false;
  waitedFor: readonly string[] = [];
  readonly taken = new Map<string, number>();
  readonly gave = new Map<string, number>();
  readonly lit = new Map<string, number>();

  get isOver(): boolean {
    return this.lit.size > 0 || this.isCleared;
  }

  /** A command that was agreed on. */
  hear(leg: Leg, command: Command, before: State): void {
    const { intersection, id, group } = leg;
    const now = performance.now();
    if (command.kind === 'preempt.clear' && command.id === id) this.isCleared ||= !this.isOver;
    if (!('intersection' in command) || command.intersection !== intersection) return;
    if (command.kind === 'right.release') note(this.gave, command.node, now);
    if (command.kind !== 'right.grant' || command.last.call !== id || this.isOver) return;
    const found = intersectionsOf(before).find((one) => one.id === intersection);
    if (!found) return;
    const waited = waitedFor(before, found, { id, group, nowMs: command.nowMs });
    if (this.waitedFor.length === 0) this.waitedFor = waited;
  }
}

const note = (instants: Map<string, number>, node: string, now: number): void => {
  if (!instants.has(node)) instants.set(node, now);
};

/** Has every leg agreed on, and waits until the lamps have followed them all, or `onStop` says so. */
export const followCalls = async (
  observer: Observer,
  legs: readonly Leg[],
  onStop: (stop: () => void) => void = onStopSignal,
): Promise<Became[]> => {
  const heard = legs.map(() => new Heard());
  let look: () => void = () => {};
  observer.hear((command, before) => {
    for (const [k, leg] of legs.entries()) heard[k]?.hear(leg, command, before);
    look();
  });
  observer.follow(({ moment, call, from }) => {
    const k = legs.findIndex(({ id }) => id === call);
    const of = heard[k];
    if (!of || moment === 'asked') return;
    note(moment === 'taken' ? of.taken : of.lit, from, performance.now());
    look();
  });
  const committed = await Promise.all(
    legs.map((leg, k) => {
      (heard[k] as Heard).sinceMs = performance.now();
      return observer.commit(callOf(leg));
    }),
  );
  const latestS = Math.max(...legs.map(({ afterS }) => afterS));
  await new Promise<void>((resolve) => {
    setTimeout(resolve, latestS * 1000 + GREEN_MS_MAX);
    onStop(resolve);
    look = () => {
      if (heard.every(({ isOver }) => isOver)) setTimeout(resolve, TOGETHER_MS);
    };
    look();
  });
  const servers = serversOf(observer.state());
  return legs.map((leg, k) => {
    const nodes = servers.filter(({ intersection }) => intersection === leg.intersection);
    const { index, ms } = committed[k] as (typeof committed)[number];
    return became(
      leg,
      { index, commitMs: ms },
      heard[k] as Heard,
      nodes.map(({ node }) => node),
    );
  });
};

const became = (
  leg: Leg,
  committed: Pick<Became, 'index' | 'commitMs'>,
  heard: Heard,
  nodes: readonly string[],
): Became => {
  const since = (at: number | undefined) => (at === undefined ? null : at - heard.sinceMs);
  const first = (instants: Map<string, number>) =>
    instants.size === 0 ? null : Math.min(...instants.values()) - heard.sinceMs;
  return {
    ...leg,
    ...committed,
    takenMs: first(heard.taken),
    greenMs: first(heard.lit),
    isCleared: heard.isCleared,
    waitedFor: heard.waitedFor,
    nodes: nodes.map((node) => ({
      node,
      takenMs: since(heard.taken.get(node)),
      gaveMs: since(heard.gave.get(node)),
      litMs: since(heard.lit.get(node)),
    })),
  };
};

/** What became of a call, for people; with a table of the nodes where several serve. */
export const callText = (call: Became): string => {
  const { intersection, group, index, commitMs, afterS, nodes } = call;
  const when = afterS > 0 ? ` to begin after ${afterS} s,` : '';
  const line = `${intersection} ${group}: agreed as entry ${index} after ${duration(commitMs)},${when} ${outcomeText(call)}`;
  if (nodes.length < 2) return line;
  const table = new Table({
    head: ['node', 'known after', 'gave way after', 'green after'],
    style: { head: [], border: [] },
  });
  const after = (ms: number | null) => (ms === null ? '–' : duration(ms));
  for (const { node, takenMs, gaveMs, litMs } of nodes) {
    table.push([node, after(takenMs), after(gaveMs), after(litMs)]);
  }
  return `${line}\n${wayText(call)}\n${table}`;
};

const outcomeText = ({ greenMs, isCleared, group }: Became): string => {
  if (isCleared)
    return `and cleared: no node that can light ${group} is there, or somebody ended it`;
  return greenText(greenMs);
};

/** Who had to make way, and whether he could be reached. */
const wayText = ({ waitedFor: waited, nodes }: Became): string => {
  if (waited.length > 0) {
    const whose = waited.length === 1 ? 'its right' : 'their rights';
    return `  ${waited.join(', ')} held green in the way and did not answer: ${whose} of way had to run out`;
  }
  const isWay = nodes.some(({ gaveMs }) => gaveMs !== null);
  return isWay ? '  all who held green in the way answered' : '  nothing was in the way';
};

export const greenText = (greenMs: number | null): string =>
  greenMs === null
    ? `no green within ${GREEN_MS_MAX / 1000} s`
    : `green after ${duration(greenMs)}`;
