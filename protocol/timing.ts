/**
 * The contract every node of a district shares: how long things take, and where nodes find each
 * other. Its digest travels in every announcement, and a node with another contract is refused,
 * because failure detection and election are only sound when all measure with the same yardstick.
 *
 * All durations are milliseconds of a node's monotonic clock.
 */
import Type, { type Static } from 'typebox';
import type { Problem } from './assert.ts';
import { digestOf } from './digest.ts';

const duration = (description: string, minimum = 1) =>
  Type.Integer({ minimum, maximum: 3_600_000, description });

export const timingSchema = Type.Object(
  {
    heartbeatTimeoutMs: duration(
      'T_hb: silence after which a peer is failed at the latest. Too low: pauses cost members; too high: dead peers linger in the view.',
    ),
    electionTimeoutMs: duration(
      'T_elect: bound on a whole election. Too low: a loaded district never agrees; too high: no new plans for longer.',
    ),
    beatMs: duration('Period of heartbeats. Low costs bytes, high slows detection.'),
    suspicionPhi: Type.Number({
      minimum: 1,
      maximum: 16,
      description:
        'φ at which a peer is suspected (Hayashibara et al. 2004). Low: hasty; high: slow.',
    }),
    acceptablePauseMs: duration(
      'Silence beyond the expected beat that proves nothing, because processors are busy.',
      0,
    ),
    deviationFloorMs: duration(
      'Least standard deviation assumed of arrivals, so that a calm network does not make φ jumpy.',
    ),
    probeTimeoutMs: duration('How long a direct, then an indirect probe may take.'),
    leaderSilenceMs: duration('How long a leader may hear no majority before it steps down.'),
    placeSpacingMs: duration(
      'How much later the next place in line stands for election: a round trip, a write, a late timer.',
    ),
    announceMs: duration('Period of announcements of a settled member.'),
    joinAnnounceMs: duration('Period of announcements while joining.'),
    discoveryMs: duration('How long a node without a group listens before it may found one.'),
    settleMs: duration(
      'How long a peer must be here to become a voter, or gone to be retired as one.',
    ),
    retryMs: duration('How long before an unanswered request is repeated.'),
    repairMs: duration('How long before missing log entries are asked for again.'),
    leaseMs: duration(
      'How long a leader answers reads after a round of the voters. Low costs rounds; high keeps the next leader from answering for longer.',
    ),
    clockDriftPpmMax: Type.Integer({
      minimum: 0,
      maximum: 100_000,
      description:
        'How much a monotonic clock may gain or lose, in parts per million. Too low: a lease may outlive its office; high: a new leader waits longer.',
    }),
    clockBoundMsMax: duration(
      'How far a node may be from the group’s time and still show green at a shared intersection. Low: lamps go red on a slow network; high: all wait twice this long between conflicting greens.',
    ),
    rightHorizonMs: duration(
      'How far ahead a right of way may reach. Low: lights stop while a leader is elected; high: nodes that change groups, and new districts, show red for this long.',
    ),
    sequenceLeadMs: duration(
      'How long before the end of a stage its successor is sent to the lamps; more than the worst lateness of a timer.',
    ),
    timeSyncMs: duration('Period of clock exchanges with the leader and with the lamp driver.'),
    startUpRedMs: duration('Red shown before the first green after a start.'),
  },
  { additionalProperties: false, title: 'Timing' },
);
/** The waits that all nodes of a district share, in milliseconds; what each trades, its
 *  description says. */
export type Timing = Static<typeof timingSchema>;

export const discoverySchema = Type.Object(
  {
    address: Type.String({
      pattern: '^(22[4-9]|23[0-9])(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}$',
      description: 'IPv4 multicast address on which nodes announce themselves.',
    }),
    port: Type.Integer({ minimum: 1, maximum: 65535, description: 'UDP port of discovery.' }),
    tcpPort: Type.Integer({
      minimum: 1,
      maximum: 65535,
      description: 'First TCP port tried; when taken, the next free one up is used and announced.',
    }),
  },
  { additionalProperties: false, title: 'Discovery' },
);
/** Where nodes meet: an IPv4 multicast address, its UDP port, and the first TCP port tried. */
export type Discovery = Static<typeof discoverySchema>;

export interface Contract {
  readonly timing: Timing;
  readonly discovery: Discovery;
}

/** Where nodes meet, unless their district file says otherwise. */
export const discoveryDefault: Discovery = Object.freeze({
  address: '239.255.255.250',
  port: 5007,
  tcpPort: 6000,
});

/** Timing for nodes on one local network. */
export const lan = (): Timing => ({
  heartbeatTimeoutMs: 3000,
  electionTimeoutMs: 5000,
  beatMs: 320,
  suspicionPhi: 8,
  acceptablePauseMs: 300,
  deviationFloorMs: 40,
  probeTimeoutMs: 500,
  leaderSilenceMs: 1200,
  placeSpacingMs: 150,
  announceMs: 5000,
  joinAnnounceMs: 250,
  discoveryMs: 1200,
  settleMs: 2000,
  retryMs: 600,
  repairMs: 200,
  leaseMs: 1000,
  clockDriftPpmMax: 1000,
  clockBoundMsMax: 200,
  rightHorizonMs: 45_000,
  sequenceLeadMs: 1000,
  timeSyncMs: 2000,
  startUpRedMs: 2000,
});

/** Timing for nodes that share one machine: round trips are short, processors busier. */
export const loopback = (): Timing => lan();

/** The relations between fields that the protocols rest on. Returns every one that is broken. */
export const checkTiming = (timing: Timing): Problem[] => {
  const problems: Problem[] = [];
  const demand = (holds: boolean, key: keyof Timing, message: string) => {
    if (!holds) problems.push({ path: ['timing', key], message: `${message} (is ${timing[key]})` });
  };
  const { heartbeatTimeoutMs, electionTimeoutMs, probeTimeoutMs } = timing;
  demand(
    timing.beatMs * 4 <= heartbeatTimeoutMs,
    'beatMs',
    'at least 4 beats must fit into heartbeatTimeoutMs',
  );
  demand(
    probeTimeoutMs * 2 <= heartbeatTimeoutMs / 2,
    'probeTimeoutMs',
    'a direct and an indirect probe must fit into half of heartbeatTimeoutMs',
  );
  demand(
    timing.leaderSilenceMs >= timing.beatMs * 3,
    'leaderSilenceMs',
    'must be at least 3 × beatMs, or a lost beat costs the office',
  );
  demand(
    timing.leaderSilenceMs <= heartbeatTimeoutMs,
    'leaderSilenceMs',
    'must not exceed heartbeatTimeoutMs',
  );
  demand(
    timing.placeSpacingMs * 7 + timing.leaderSilenceMs <= electionTimeoutMs,
    'placeSpacingMs',
    'seven places and a leader’s silence must fit into electionTimeoutMs',
  );
  demand(
    timing.joinAnnounceMs * 2 <= timing.discoveryMs,
    'joinAnnounceMs',
    'at least 2 announcements must fit into discoveryMs',
  );
  demand(
    timing.leaseMs <= timing.leaderSilenceMs,
    'leaseMs',
    'must not exceed leaderSilenceMs, or a cut-off leader answers reads longer than it leads',
  );
  const electionsMs = heartbeatTimeoutMs + 2 * electionTimeoutMs;
  demand(
    timing.rightHorizonMs >= 2 * electionsMs,
    'rightHorizonMs',
    `must be at least ${2 * electionsMs}, or the lights stop while a leader is elected`,
  );
  demand(
    (timing.rightHorizonMs * 2 * timing.clockDriftPpmMax) / 1e6 < timing.clockBoundMsMax / 2,
    'clockBoundMsMax',
    'drift alone, over rightHorizonMs, must stay under half of it',
  );
  demand(
    timing.retryMs < timing.leaseMs,
    'retryMs',
    'must be less than leaseMs, or no round of a lease is repeated before it is worth nothing',
  );
  return problems;
};

/** The digest of a contract: equal digests mean equal contracts. 16 hexadecimal digits. */
export const contractDigest = (contract: Contract): string => digestOf(contract);

/** The keys in which two contracts differ, with both values: `timing.beatMs: 320 here, 321 there`. */
export const contractDifferences = (here: unknown, there: unknown): string[] => {
  const flat = (value: unknown, prefix = ''): [string, unknown][] =>
    value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, inner]) =>
          flat(inner, prefix ? `${prefix}.${key}` : key),
        )
      : [[prefix, value]];
  const ours = new Map(flat(here));
  const theirs = new Map(flat(there));
  const text = (value: unknown) => (value === undefined ? 'absent' : JSON.stringify(value));
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((key) => text(ours.get(key)) !== text(theirs.get(key)))
    .sort()
    .map((key) => `${key}: ${text(ours.get(key))} here, ${text(theirs.get(key))} there`);
};
