/** Rights of way for the machines of a shared intersection: commands as the log would have them. */
import type { Command } from '../../../protocol/command.ts';
import { admit, shared, timing } from './place.ts';

export const opened = (term = 1, startMs = 0): Command => ({
  ...{ kind: 'timescale.open', term, startMs, clockBoundMs: timing.clockBoundMsMax },
  ...{ horizonMs: timing.rightHorizonMs, driftPpm: timing.clockDriftPpmMax },
});
export const entered = (node: string, incarnation = 1): Command => ({
  ...{ kind: 'right.enter', node, incarnation },
});
export const granted = (group: string, fromMs: number, untilMs: number): Command => ({
  ...{ kind: 'right.grant', intersection: 'x', term: 1, nowMs: fromMs },
  present: ['a', 'b'].map((node) => ({ node, sinceMs: fromMs })),
  last: {
    stage: group.toUpperCase(),
    fromMs,
    greenUntilMs: untilMs - 5_000,
    plannedMs: untilMs - 5_000,
  },
  grants: [{ group, permissive: false, fromMs, untilMs }],
});
export const called = (group: string): Command => ({
  ...{ kind: 'preempt.call', id: 'fire', intersection: 'x', group, forS: 30 },
});
export const cleared: Command = { kind: 'preempt.clear', id: 'fire' };
/** Both nodes are in the district, and up. */
export const up: readonly Command[] = [
  ...[admit('a', shared), admit('b', shared)],
  ...[entered('a'), entered('b'), opened()],
];
