/**
 * Sums up the runs of `greenwave simulate`: its last line.
 */
import pc from 'picocolors';
import type { Outcome } from '../simulation/simulate.ts';

const counted = [
  'faults',
  'leaderChanges',
  'crashes',
  'wipes',
  'partitions',
  'cuts',
  'stalls',
  'suspensions',
  'commits',
  'reads',
  'yields',
  'outbids',
  'grants',
  'releases',
  'greens',
  'events',
] as const;

/** What all runs come to; `wallMs` is how long they took together. */
export const totalOf = (outcomes: readonly Outcome[], wallMs: number) => {
  const sum = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const sums = Object.fromEntries(counted.map((key) => [key, sum((outcome) => outcome[key])]));
  const virtualSeconds = Math.round(sum((outcome) => outcome.virtualSeconds) * 1000) / 1000;
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  return {
    kind: 'summary' as const,
    runs: outcomes.length,
    nodes: outcomes[0]?.nodes ?? 0,
    virtualSeconds,
    wallSeconds: Math.round(wallMs) / 1000,
    speed: wallMs > 0 ? Math.round((virtualSeconds / wallMs) * 10_000) / 10 : 0,
    ...(sums as Record<(typeof counted)[number], number>),
    intersectionHours: Math.round(sum((outcome) => outcome.intersectionHours) * 1000) / 1000,
    groups: Math.max(0, ...outcomes.map(({ groups }) => groups)),
    settledSecondsMax: Math.max(0, ...outcomes.map(({ settledSeconds }) => settledSeconds ?? 0)),
    failedSeeds: failed.map(({ seed }) => seed).sort((a, b) => a - b),
    violations: failed.flatMap(({ seed, violations }) =>
      violations.map((violation) => ({ seed, ...violation })),
    ),
  };
};

export const hours = (ms: number) => `${(ms / 3_600_000).toFixed(2)} h`;

/** The same for people. */
export const textOf = (total: ReturnType<typeof totalOf>): string => {
  const { nodes, virtualSeconds, wallSeconds, speed, violations } = total;
  const what = [
    `${total.runs} ${total.runs === 1 ? 'run' : 'runs'} of ${nodes} nodes`,
    `${hours(virtualSeconds * 1000)} of virtual time in ${wallSeconds} s (${speed} × real time)`,
    `${total.leaderChanges} leader changes, ${total.crashes} crashes, ${total.wipes} lost disks`,
    `${total.partitions} partitions, ${total.cuts} cuts`,
    `${total.stalls} stalls, ${total.suspensions} hosts asleep`,
    `${total.commits} commits, ${total.reads} leased reads`,
    `${total.yields} nodes left their group for another, ${total.outbids} began a later life`,
    ...(total.intersectionHours > 0
      ? [
          `${total.intersectionHours} hours of shared intersections: ${total.grants} grants, ` +
            `${total.releases} releases, ${total.greens} greens lit`,
        ]
      : []),
  ].join('\n');
  const verdict =
    violations.length === 0
      ? pc.green(
          `no violation; settled ${total.settledSecondsMax} s after the last fault or sooner`,
        )
      : pc.red(`${violations.length} violations, of seeds ${total.failedSeeds.join(', ')}`);
  return `${what}\n${verdict}`;
};
