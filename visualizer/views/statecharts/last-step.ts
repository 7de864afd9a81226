/** The last step of a machine, as the journal has it: from where, when, and what was heard before. */
import type { JournalLine } from '../../../protocol/journal.ts';
import type { History } from '../../history.ts';
import type { Picture } from '../../picture.ts';
import { takenBetween } from './activity.ts';
import { type Chart, type ChartTransition, eventsOf } from './chart.ts';

export interface LastStep {
  readonly atMs: number;
  readonly from: unknown;
  readonly to: unknown;
  readonly taken: readonly ChartTransition[];
}

/** A moment, as far as it is needed. */
interface Looked {
  readonly picture: Picture;
  readonly history: History;
}

/** What was heard longer before than this did not cause it. In milliseconds. */
const CAUSE_MS = 2;

export const lastStepOf = (
  chart: Chart,
  node: string,
  { picture, history }: Looked,
): LastStep | undefined => {
  const known = picture.nodes.get(node);
  const to = known?.machines[chart.name];
  const step = known?.steps[chart.name];
  if (to === undefined || step === undefined) return undefined;
  const { atMs, from } = step;
  const lines = history.between(atMs - CAUSE_MS, atMs);
  const taken = takenBetween(chart, from, to, causeIn(lines, chart, node));
  return { atMs, from, to, taken };
};

/** The last event before the machine's last step that it hears. */
export const causeIn = (
  lines: readonly JournalLine[],
  chart: Chart,
  node: string,
): string | undefined => {
  const own = lines.filter((line) => 'node' in line && line.node === node);
  const step = own.findLastIndex((line) => line.kind === 'state' && line.machine === chart.name);
  const hears = new Set(eventsOf(chart));
  return own
    .slice(0, Math.max(0, step))
    .map(eventIn)
    .findLast((type) => type !== undefined && hears.has(type));
};

const eventIn = (line: JournalLine): string | undefined => {
  if (line.kind === 'heard') return line.type;
  return line.kind === 'fact' ? line.event.type : undefined;
};
