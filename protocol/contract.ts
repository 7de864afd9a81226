/**
 * The contract while it is changed: what the log knows of it, and what may not be changed in a
 * district that runs. The contract itself is `timing.ts`; `machines/contract.ts` has the two steps.
 *
 * A node reads its waits from the contract in force when it begins them, so most keys may change at
 * any moment. Those that bear on safety:
 * - *Rights of way* (`RIGHT_KEYS`): each timescale carries the values it was opened with, so new ones
 *   count from the next leader's timescale on. They may only be lowered, because a node that
 *   forgot which group it was in waits by the horizon of its own file, which no command rewrites.
 * - *The lease*: a new leader waits for the longest lease there ever was (`longest`).
 * - *Beats*: while some follow the new contract and some the former, the slower beat must fit into
 *   the shorter patience.
 */
import Type, { type Static } from 'typebox';
import type { Problem } from './assert.ts';
import { checkTiming, type Timing, timingSchema } from './timing.ts';

/** Contracts before the one in force by which a node may still come and learn. */
export const FORMER_MAX = 4;

/** Keys that a timescale carries, for all rights that are granted on it. */
export const RIGHT_KEYS = ['clockBoundMsMax', 'clockDriftPpmMax', 'rightHorizonMs'] as const;

const name = Type.String({ minLength: 1, maxLength: 64 });

/** What a new leader must take a former leader's lease to be, at the longest. */
export const longestSchema = Type.Object({
  leaseMs: timingSchema.properties.leaseMs,
  clockDriftPpmMax: timingSchema.properties.clockDriftPpmMax,
});
export type Longest = Static<typeof longestSchema>;

export const contractStateSchema = Type.Object(
  {
    /** Grows with every step of a change, so that nobody goes back who reads his log again. */
    version: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    timing: timingSchema,
    /** What was in force before, the last one last. */
    former: Type.Array(timingSchema, { maxItems: FORMER_MAX }),
    longest: longestSchema,
    /** A change that is half-way: what is to come, and who is known to be ready for it. */
    next: Type.Optional(
      Type.Object({
        timing: timingSchema,
        ready: Type.Array(Type.Object({ node: name, store: name })),
      }),
    ),
  },
  { title: 'Contract', description: 'The timing in force, since it was first changed by command.' },
);
/** The contract as the log has it. A district that never changed it has none in its log. */
export type ContractState = Static<typeof contractStateSchema>;

/** The longer of two leases, by the worse of two drifts. */
export const longer = (a: Longest, b: Longest): Longest => ({
  leaseMs: Math.max(a.leaseMs, b.leaseMs),
  clockDriftPpmMax: Math.max(a.clockDriftPpmMax, b.clockDriftPpmMax),
});

const keysOf = (timing: Timing) => Object.keys(timing).sort() as (keyof Timing)[];

/** The keys in which two timings differ, as `beatMs 320 → 400`. */
export const changesBetween = (from: Timing, to: Timing): string[] =>
  keysOf(to)
    .filter((key) => from[key] !== to[key])
    .map((key) => `${key} ${from[key]} → ${to[key]}`);

/** From when on a key of a new contract counts. */
export const takesEffect = (key: keyof Timing): string => {
  if ((RIGHT_KEYS as readonly string[]).includes(key)) {
    return 'with the timescale of the next leader';
  }
  return key === 'leaseMs'
    ? 'with the next round of the voters; a new leader waits for the longest there ever was'
    : 'at each node with the next wait that it begins';
};

/** Why a running district may not go from one timing to another. Empty when it may. */
export const changeProblems = (from: Timing, to: Timing): Problem[] => {
  const problems = checkTiming(to);
  const refuse = (key: keyof Timing, message: string) =>
    problems.push({ path: ['timing', key], message });
  if (changesBetween(from, to).length === 0) {
    problems.push({ path: ['timing'], message: 'nothing differs from what is in force' });
  }
  for (const key of RIGHT_KEYS) {
    if (to[key] <= from[key]) continue;
    refuse(
      key,
      `cannot be raised from ${from[key]} to ${to[key]} while the district runs: a node that lost ` +
        'its store waits for former rights of way by its own file. Stop all nodes, change all files, ' +
        'start all (and if the contract was ever changed by command, recover one store --by-file before)',
    );
  }
  const beatMs = Math.max(from.beatMs, to.beatMs);
  const mixed = (key: 'heartbeatTimeoutMs' | 'leaderSilenceMs', beats: number) => {
    const leastMs = Math.min(from[key], to[key]);
    if (beatMs * beats <= leastMs || from.beatMs === to.beatMs) return;
    refuse(
      'beatMs',
      `${beats} of the slower beats (${beatMs} ms) must fit into the shorter ${key} (${leastMs} ms), ` +
        'because nodes change one after another: take two changes, the longer patience first',
    );
  };
  // With one beat for both, each contract by itself says enough.
  mixed('heartbeatTimeoutMs', 4);
  mixed('leaderSilenceMs', 3);
  return problems;
};
