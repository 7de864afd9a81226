/**
 * What `greenwave contract` tells at its end.
 */
import Table from 'cli-table3';
import type { Timing } from '../protocol/timing.ts';
import { duration, spread } from './spread.ts';

/** When a node was ready and when it announced itself under the new contract, from the command on. */
export interface NodeChanged {
  readonly node: string;
  readonly readyMs: number | null;
  readonly inEffectMs: number | null;
}

export interface Changed {
  /** `half-way`: not every node that is here is ready. `unseen`: in force, not seen everywhere. */
  readonly outcome: 'changed' | 'same' | 'withdrawn' | 'half-way' | 'unseen';
  readonly changes: readonly { readonly text: string; readonly when: string }[];
  readonly nodes: readonly NodeChanged[];
  readonly absent: readonly string[];
  /** What is in force now. */
  readonly timing: Timing;
}

const endOf = ({ outcome, changes, nodes }: Changed): string => {
  const late = nodes.filter(({ readyMs }) => readyMs === null).map(({ node }) => node);
  switch (outcome) {
    case 'same':
      return 'the district runs by this contract already';
    case 'withdrawn':
      return `taken back: ${changes.map(({ text }) => text).join(', ')}`;
    case 'half-way':
      return `the change is half-way, because not all are ready: ${late.join(', ') || 'the leader waits'}. The former contract is in force. It goes on by itself when they are, or when they are gone; --withdraw takes it back`;
    case 'unseen':
      return 'the new contract is in force, but not all nodes were seen under it in time';
    case 'changed':
      return 'the new contract is in force';
  }
};

export const summaryOf = (said: Changed): string => {
  const { nodes, absent } = said;
  if (nodes.length === 0) return endOf(said);
  const told = (of: (node: NodeChanged) => number | null) => {
    const values = nodes.flatMap((node) => of(node) ?? []);
    if (values.length === 0) return `0 of ${nodes.length} nodes`;
    const { n, p50, p99 } = spread(values);
    const last = duration(Math.max(...values));
    return `${n} of ${nodes.length} nodes after ${last} (p50 ${duration(p50)}, p99 ${duration(p99)})`;
  };
  const table = new Table({
    head: ['node', 'ready after', 'in effect after'],
    style: { head: [], border: [] },
  });
  const after = (ms: number | null) => (ms === null ? '–' : duration(ms));
  for (const { node, readyMs, inEffectMs } of nodes) {
    const isAbsent = absent.includes(node);
    table.push([node, isAbsent ? 'absent' : after(readyMs), after(inEffectMs)]);
  }
  return [
    `  ready         ${told(({ readyMs }) => readyMs)}`,
    `  in effect at  ${told(({ inEffectMs }) => inEffectMs)}`,
    String(table),
    endOf(said),
  ].join('\n');
};
