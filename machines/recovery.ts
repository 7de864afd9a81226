/**
 * Makes a group of one out of what one store holds, for when a majority of a district's voters is
 * lost for good. The new group is of the next generation, so every other yields to it (`rank.ts`).
 *
 * What is kept is all of the store's log, committed or not: a single store cannot tell (as with
 * etcd's `--force-new-cluster`). What others had agreed on and this store never heard is lost.
 */
import type { State, Voter } from '../protocol/command.ts';
import { apply, initialState } from './district-state.ts';
import { groupName, rankOf } from './rank.ts';
import type { Base } from './replication.ts';
import type { Stored } from './stored.ts';

/** What a store holds, as an operator wants to know it. */
export interface Holding {
  /** Empty when there is none. */
  readonly group: string;
  readonly generation: number;
  /** The end of the log, and how far it was in the last snapshot, which is committed for sure. */
  readonly lastTerm: number;
  readonly lastIndex: number;
  readonly snapshotIndex: number;
  readonly voters: readonly Voter[];
  readonly members: readonly string[];
  readonly plan: string | null;
}

/** The log as it stands, with every entry applied. */
const endOf = ({ group, log: { base, first, entries } }: Stored): Base => {
  const start = base ?? { index: 0, term: 0, state: initialState(group?.voters ?? []) };
  const rest = entries.slice(Math.max(0, start.index + 1 - first));
  return {
    index: start.index + rest.length,
    term: rest.at(-1)?.term ?? start.term,
    state: rest.reduce<State>((state, { command }) => apply(state, command), start.state),
  };
};

export const holdingOf = (stored: Stored): Holding => {
  const { index, term, state } = endOf(stored);
  const group = stored.group?.group ?? '';
  return {
    group,
    generation: rankOf(group).generation,
    lastTerm: term,
    lastIndex: index,
    snapshotIndex: stored.log.base?.index ?? 0,
    voters: state.voters,
    members: state.members.map(({ node }) => node),
    plan: state.plan?.id ?? null,
  };
};

/**
 * What `node` with its new store is to hold: a group of the next generation with it alone. `isByFile`:
 * its contract is that of the files again, and stands in no log.
 */
export const recovered = (stored: Stored, self: Voter, isByFile = false) => {
  const { index, term, state } = endOf(stored);
  // A ballot that was under way counts like a group: it may have been founded elsewhere.
  const former = stored.group?.group ?? stored.ballot?.accepted?.genesis ?? '';
  const generation = rankOf(former).generation + 1;
  const group = groupName({ generation, founders: 1, ...self, round: index });
  // Rights of way were the old group's: the new one grants none before they have run out.
  const { timescales: _, entered: __, rights: ___, contract: agreed, ...rest } = state;
  const kept: State = { ...rest, ...(agreed && !isByFile && { contract: agreed }) };
  const base: Base = { index, term, state: { ...kept, voters: [self] } };
  const puts: { key: string; value: unknown }[] = [
    { key: 'group', value: { group, voters: [self] } },
    { key: 'vote', value: { term: Math.max(term, stored.vote.term), votedFor: null } },
    { key: 'base', value: base },
    ...(kept.contract ? [{ key: 'contract', value: { group, contract: kept.contract } }] : []),
  ];
  return { group, puts };
};
