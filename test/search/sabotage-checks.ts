/**
 * Names the checks that must find a sabotage: small searches, each over a copy of the house, with
 * openings that bring the nodes to where it matters.
 */

import { logKey } from '../../machines/log.ts';
import type { Replica } from '../../machines/replication.ts';
import type { Emitted } from '../../protocol/event.ts';
import type { Bounds, Model } from '../../simulation/search/model.ts';
import type * as Election from '../../simulation/search/models/election.ts';
import type * as Electorate from '../../simulation/search/models/electorate.ts';
import type * as Genesis from '../../simulation/search/models/genesis.ts';
import type * as Lease from '../../simulation/search/models/lease.ts';
import type * as ReplicaModel from '../../simulation/search/models/replica.ts';
import type * as Rights from '../../simulation/search/models/rights.ts';
import type * as Rules from '../../simulation/search/models/rules.ts';
import type * as Voters from '../../simulation/search/models/voters.ts';
import type { NodeView } from '../../simulation/search/node.ts';

/** Models and rules of a copy of the house. */
export interface House {
  readonly election: typeof Election;
  readonly replica: typeof ReplicaModel;
  readonly electorate: typeof Electorate;
  readonly genesis: typeof Genesis;
  readonly lease: typeof Lease;
  readonly rights: typeof Rights;
  readonly rules: typeof Rules;
  readonly voters: typeof Voters;
}

const bounds = (some: Partial<Bounds>): Bounds => ({
  ...{ crashes: 0, drops: 0, duplicates: 0, timeouts: 0, beats: 0, requests: 0, letters: 4 },
  ...some,
});

interface ElectionOptions {
  readonly nodes?: readonly string[];
  readonly termMax?: number;
  readonly within: Partial<Bounds>;
}

/** A machine that is broken may ask for writes without end. */
const WRITES_MAX = 2;

const three = ['a', 'b', 'c'];

const electionWith = (
  { election, rules }: House,
  { nodes = three, termMax = 2, within }: ElectionOptions,
): Model => {
  const model = election.electionModel({
    name: 'sabotaged election',
    title: `${nodes.length} nodes`,
    nodes,
    termMax,
    bounds: bounds(within),
  });
  return {
    ...model,
    closureStepsMax: 0,
    isWithin: (view) => (model.isWithin?.(view) ?? true) && view.local.writes.length <= WRITES_MAX,
    laws: [...model.laws, rules.leadersHeedTerms, rules.followersHeedNoClaims],
  };
};

interface ReplicaOptions {
  readonly termMax?: number;
  readonly standing?: readonly string[];
  readonly within: Partial<Bounds>;
}

/** What is committed is on the disks of a majority, as the invariant of all replicas here. */
interface Seen {
  readonly log: unknown;
  readonly committed: readonly string[];
  readonly disk: readonly string[];
}

const seen = (view: NodeView): Omit<Seen, 'log'> => {
  const replica = view.contextOf('replica') as Replica | undefined;
  const entries = (replica?.log.entries ?? []).slice(0, replica?.commit ?? 0);
  return {
    committed: entries.map((entry, k) => `${k + 1}@${entry.term}`),
    disk: Array.from({ length: 4 }, (_, k) => view.local.disk[logKey(k + 1)])
      .map((entry, k) => entry && `${k + 1}@${(entry as { term: number }).term}`)
      .filter((text) => text !== undefined) as string[],
  };
};

const isOnMajority = (summaries: readonly unknown[]): string | undefined => {
  const all = summaries as readonly Seen[];
  const committed = new Set(all.flatMap((one) => one.committed));
  const lost = [...committed].find(
    (entry) => all.filter(({ disk }) => disk.includes(entry)).length * 2 <= all.length,
  );
  return lost === undefined
    ? undefined
    : `entry ${lost} is committed, but not on a majority of disks`;
};

const replicaWith = (
  { replica, rules }: House,
  { termMax = 1, standing = [], within }: ReplicaOptions,
): Model => {
  const model = replica.replicaModel({
    name: 'sabotaged replica',
    title: 'three nodes',
    nodes: three,
    termMax,
    entriesMax: 3,
    writesMax: WRITES_MAX,
    standing,
    bounds: bounds(within),
  });
  return {
    ...model,
    closureStepsMax: 0,
    laws: [...model.laws, rules.commitsOwnTerm, rules.votersChangeOneByOne],
    summary: (view) => ({ ...(model.summary(view) as object), ...seen(view) }),
    invariant: (summaries) => replica.logsMatch(summaries) ?? isOnMajority(summaries),
  };
};

const admit: Emitted = {
  type: 'replica.request',
  owner: 'client',
  ticket: 1,
  command: { kind: 'district.admit', node: 'y', store: 'sy', links: [] },
};

const changeTo = (...nodes: string[]): Emitted => ({
  type: 'replica.request',
  owner: 'client',
  ticket: 2,
  command: {
    kind: 'voters.change',
    voters: nodes.map((node) => ({ node, store: `store-${node}` })),
  },
});

interface GenesisOptions {
  readonly nodes?: readonly string[];
  readonly rounds?: Readonly<Record<string, number>>;
  readonly within: Partial<Bounds>;
}

const genesisWith = (
  { genesis }: House,
  { nodes = three, rounds = { a: 1, b: 2 }, within }: GenesisOptions,
): Model => {
  const model = genesis.genesisModel({
    name: 'sabotaged genesis',
    title: `${nodes.length} nodes`,
    nodes,
    rounds,
    bounds: bounds(within),
  });
  return {
    ...model,
    isWithin: (view) => (model.isWithin?.(view) ?? true) && view.local.writes.length <= WRITES_MAX,
  };
};

interface RightsOptions {
  readonly called?: string;
  readonly gains?: readonly number[];
  readonly maxGreenS?: number;
  readonly entriesMax?: number;
  readonly within: Partial<Bounds>;
}

/** One leader; a preemption, where requests are left. */
const rightsWith = ({ rights }: House, { within, ...options }: RightsOptions): Model =>
  rights.rightsModel({
    ...{ name: 'sabotaged rights', title: 'two nodes of one intersection', termMax: 1 },
    ...{ called: 'north', gains: [2100], maxGreenS: 2, entriesMax: 5, standing: [] },
    timeSyncMs: 40_000,
    ...options,
    bounds: bounds({ letters: 2, ticks: 5, ...within }),
  });

export const checks = {
  'rights where clocks drift': (house: House) =>
    rightsWith(house, { gains: [1900, 2100], entriesMax: 3, within: { ticks: 6 } }),

  'rights that are given up before a crash': (house: House) =>
    rightsWith(house, {
      ...{ called: 'west', maxGreenS: 5, entriesMax: 5 },
      within: { crashes: 1, requests: 1, ticks: 4 },
    }),

  'an election with a crash': (house: House) =>
    electionWith(house, { within: { timeouts: 2, crashes: 1, letters: 3 } }),

  'an election of two': (house: House) =>
    electionWith(house, { nodes: ['a', 'b'], within: { timeouts: 2, letters: 3 } }),

  'two elections': (house: House) =>
    electionWith(house, { termMax: 3, within: { timeouts: 3, letters: 3 } }),

  'a log that grows by itself': (house: House): Model => {
    const model = electionWith(house, { within: { timeouts: 1, requests: 1, letters: 3 } });
    const grown: Emitted = { type: 'replica.appended', index: 3, term: 1, matched: 0, commit: 0 };
    return {
      ...model,
      requests: ({ local }) => (local.node === 'b' ? [grown] : []),
      laws: [...model.laws, house.rules.votesAreUpToDate],
    };
  },

  'a cut-off node returns': (house: House): Model => {
    const model = electionWith(house, { termMax: 3, within: { timeouts: 3, crashes: 1 } });
    const isCutOff = ({ local }: NodeView) => local.node === 'c';
    return {
      ...model,
      opening: [{ node: 'a', fires: 'place' }],
      mayFire: isCutOff,
      mayRing: isCutOff,
      mayCrash: isCutOff,
      laws: [...model.laws, house.rules.keepsOffice('a')],
    };
  },

  'a leader and its backups': (house: House) =>
    replicaWith(house, { within: { requests: 1, duplicates: 1, drops: 1, crashes: 1 } }),

  'a leader that was cut off returns': (house: House): Model => ({
    ...replicaWith(house, { termMax: 2, standing: ['b'], within: { requests: 2, beats: 1 } }),
    opening: [
      { node: 'a', fires: 'place' },
      { cutsOff: 'a' },
      { node: 'a', asks: admit },
      { node: 'b', fires: 'leaderSilence' },
      { node: 'c', fires: 'leaderSilence' },
      { node: 'b', fires: 'place' },
    ],
  }),

  'a node that lacks an entry stands': (house: House): Model => ({
    ...replicaWith(house, { termMax: 2, standing: ['c'], within: { timeouts: 1, letters: 6 } }),
    opening: [
      { node: 'a', fires: 'place' },
      { cutsOff: 'c' },
      { node: 'a', asks: admit },
      { node: 'b', fires: 'leaderSilence' },
      { node: 'c', fires: 'leaderSilence' },
    ],
  }),

  'a leader dies before it commits': (house: House): Model => ({
    ...replicaWith(house, { termMax: 2, standing: ['b'], within: { timeouts: 2, requests: 1 } }),
    opening: [
      { node: 'a', fires: 'place' },
      { node: 'c', fires: 'leaderSilence' },
    ],
  }),

  'a leader changes the voters twice': (house: House): Model => ({
    ...replicaWith(house, { within: { requests: 2 } }),
    requests: (view) =>
      view.stateOf('replica') === 'primary' ? [changeTo('a', 'b'), changeTo('a')] : [],
    // A majority of whom, changes by then.
    invariant: house.replica.logsMatch,
  }),

  'leases where clocks drift': ({ lease }: House): Model => ({
    ...lease.leaseModel({
      name: 'sabotaged lease',
      title: 'three nodes',
      nodes: three,
      termMax: 3,
      roundsMax: 2,
      standing: ['b'],
      bounds: bounds({ timeouts: 1, requests: 3, letters: 3 }),
    }),
    closureStepsMax: 0,
  }),

  'two leaders that each take a voter out': ({ voters }: House): Model => ({
    ...voters.votersModel({
      name: 'sabotaged voters',
      title: 'four voters',
      standing: ['a'],
      bounds: bounds({ crashes: 1, timeouts: 2, requests: 1 }),
    }),
    closureStepsMax: 0,
  }),

  'a ballot of two': (house: House) =>
    genesisWith(house, {
      nodes: ['a', 'b'],
      rounds: { a: 1, b: 1 },
      within: { timeouts: 5, letters: 3 },
    }),

  'ballots with a crash': (house: House) =>
    genesisWith(house, { within: { timeouts: 3, crashes: 1, letters: 3 } }),

  'a ballot and the next': (house: House) =>
    genesisWith(house, { within: { timeouts: 4, letters: 4 } }),

  'voters that come and go': ({ electorate }: House): Model =>
    electorate.electorateModel({
      name: 'sabotaged electorate',
      title: 'one leader of five voters',
      members: ['a', 'b', 'c', 'd', 'e'],
      fickle: ['b', 'c', 'd'],
      bounds: bounds({ requests: 6, letters: 0 }),
    }),
} satisfies Record<string, (house: House) => Model>;

export type CheckName = keyof typeof checks;
