/**
 * Draws a schedule of faults from a seed: loss, duplication, reordering, delay, cuts, partitions of
 * any shape, crashes with and without the disk's last writes, lost disks, clean stops, stalls, hosts
 * that sleep, slow disks, drifting clocks.
 */
import type { Faults as Weather } from '../transport/memory.ts';
import type { Deed, Fault } from './faults.ts';
import { type Random, random } from './random.ts';

/** Long enough for every side to found a group and to elect a leader. */
const PARTED_MS = 12_000;

export const faultLevels = ['none', 'light', 'heavy'] as const;
/** How much goes wrong in a simulation. */
export type FaultLevel = (typeof faultLevels)[number];

type Kind = Deed['kind'];

interface Severity {
  /** Mean time between two faults. In milliseconds. */
  readonly everyMs: number;
  readonly forMsMax: number;
  readonly stallMsMax: number;
  readonly driftPpmMax: number;
  readonly lossRatioMax: number;
  readonly latencyMsMax: number;
  readonly slownessMax: number;
  /** How often each kind is drawn, beside the others. */
  readonly weights: Readonly<Record<Kind, number>>;
}

const light: Severity = {
  everyMs: 20_000,
  forMsMax: 8_000,
  stallMsMax: 1_500,
  driftPpmMax: 100,
  lossRatioMax: 0.05,
  latencyMsMax: 20,
  slownessMax: 20,
  weights: {
    crash: 3,
    wipe: 0,
    leave: 1,
    stall: 3,
    slowDisk: 1,
    drift: 1,
    cut: 1,
    partition: 1,
    weather: 3,
    suspend: 0,
  },
};

const heavy: Severity = {
  everyMs: 4_000,
  forMsMax: 20_000,
  stallMsMax: 8_000,
  driftPpmMax: 1_000,
  lossRatioMax: 0.3,
  latencyMsMax: 150,
  slownessMax: 200,
  weights: {
    crash: 6,
    wipe: 1,
    leave: 1,
    stall: 4,
    slowDisk: 2,
    drift: 1,
    cut: 4,
    partition: 4,
    weather: 4,
    suspend: 2,
  },
};

const severities = { light, heavy } as const;

/** How far apart the clocks of a city are at a level. */
export const clocksAt = (level: FaultLevel) =>
  level === 'none'
    ? undefined
    : { offsetMsMax: 100_000_000, driftPpmMax: severities[level].driftPpmMax };

export interface ScheduleOptions {
  readonly seed: number;
  readonly nodes: readonly string[];
  readonly level: FaultLevel;
  /** When the last fault has ended. */
  readonly untilMs: number;
}

/** The faults of a seed, in order. */
export const scheduleOf = ({ seed, nodes, level, untilMs }: ScheduleOptions): Fault[] => {
  if (level === 'none') return [];
  const severity = severities[level];
  const draw = random(seed, 'faults');
  const faults: Fault[] = [];
  // Some districts are founded in bad weather, most are not.
  let atMs = draw.chance(0.3) ? 0 : 8_000;
  for (;;) {
    // Exponential gaps: faults come in bursts, and there are quiet times too.
    atMs += -Math.log(1 - draw.next()) * severity.everyMs;
    if (atMs >= untilMs) return faults;
    const fault = faultOf(draw, { nodes, severity });
    const forMs = Math.min(Math.round(fault.forMs), untilMs - Math.round(atMs));
    faults.push({ ...fault, atMs: Math.round(atMs), forMs });
  }
};

/** A partition while the district is founded, so that groups are founded apart. */
export const partedAtFirst = ({ seed, nodes, untilMs }: Omit<ScheduleOptions, 'level'>): Fault => ({
  kind: 'partition',
  sides: sidesOf(random(seed, 'founding'), nodes),
  atMs: 0,
  forMs: Math.min(PARTED_MS, untilMs),
});

const kindOf = (draw: Random, weights: Severity['weights']): Kind => {
  const kinds = Object.entries(weights) as [Kind, number][];
  let ticket = draw.below(kinds.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [kind, weight] of kinds) {
    if (ticket < weight) return kind;
    ticket -= weight;
  }
  return 'crash';
};

interface Means {
  readonly nodes: readonly string[];
  readonly severity: Severity;
}

const faultOf = (draw: Random, { nodes, severity }: Means): Deed & { forMs: number } => {
  const kind = kindOf(draw, severity.weights);
  const node = draw.pick(nodes);
  // Many faults are short, some are long.
  const forMs = severity.forMsMax * draw.next() ** 2;
  switch (kind) {
    case 'crash': {
      const lost = draw.chance(0.5) ? 1_000 : draw.below(3);
      return { kind, node, silent: draw.chance(0.3), lost, forMs };
    }
    case 'wipe':
    case 'leave':
      return { kind, node, forMs };
    case 'stall':
    case 'suspend':
      return { kind, node, forMs: severity.stallMsMax * draw.next() ** 2 };
    case 'slowDisk':
      return { kind, node, times: Math.ceil(draw.between(2, severity.slownessMax)), forMs };
    case 'drift': {
      const ppm = Math.round(draw.between(-severity.driftPpmMax, severity.driftPpmMax));
      return { kind, node, ppm, forMs };
    }
    case 'cut':
      return { kind, ways: waysOf(draw, nodes), forMs };
    case 'partition':
      return { kind, sides: sidesOf(draw, nodes), forMs };
    case 'weather':
      return { kind, weather: weatherOf(draw, severity), forMs };
  }
};

/** One way, both ways, or all that one node says or hears. */
const waysOf = (draw: Random, nodes: readonly string[]): [string, string][] => {
  const [one = '', ...others] = draw.shuffle(nodes);
  const [other = one] = others;
  switch (draw.below(4)) {
    case 0:
      return [[one, other]];
    case 1:
      return [
        [one, other],
        [other, one],
      ];
    case 2:
      return others.map((to) => [one, to]);
    default:
      return others.map((from) => [from, one]);
  }
};

/** Two or three sides of any size, or one node alone. */
const sidesOf = (draw: Random, nodes: readonly string[]): string[][] => {
  const mixed = draw.shuffle(nodes);
  if (draw.chance(0.25)) return [mixed.slice(0, 1), mixed.slice(1).sort()];
  const count = draw.chance(0.75) ? 2 : 3;
  const sides: string[][] = Array.from({ length: count }, () => []);
  for (const node of mixed) sides[draw.below(count)]?.push(node);
  return sides.filter((side) => side.length > 0).map((side) => side.sort());
};

const weatherOf = (draw: Random, { lossRatioMax, latencyMsMax }: Severity): Partial<Weather> => {
  const some = (most: number) =>
    draw.chance(0.5) ? Math.round(draw.between(0, most) * 100) / 100 : 0;
  const latencyMs = some(latencyMsMax);
  return {
    lossRatio: some(lossRatioMax),
    duplicationRatio: some(0.3),
    reorderRatio: some(0.3),
    reorderMs: 20 + some(500),
    latencyMsMin: 0.2,
    latencyMsMax: 1 + latencyMs,
  };
};
