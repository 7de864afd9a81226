/**
 * Gives a node its group. A district's group is minted once: a node durably promises at most one
 * genesis, and promising it *is* joining it, as one of its first voters. The group lives when a
 * majority of those voters have promised, because only then can it elect a leader; so two geneses
 * of the same nodes cannot both live.
 *
 * A node that meets an existing group joins that one instead, as a learner. Which of several nodes
 * proposes is settled by place: the least id among those still without a group.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { VOTERS_MAX, type Voter } from '../protocol/command.ts';
import { ALL, type Emitted, type FactAs, type HeardAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { at, names, without } from './map.ts';

export interface GenesisInput {
  readonly id: string;
  readonly store: string;
  readonly incarnation: number;
  readonly district: string;
  readonly timing: Timing;
  /** Nodes the district is founded with; founding waits for a majority of them. */
  readonly expect: number;
  readonly isObserver: boolean;
  /** What the store remembers of an earlier life. */
  readonly stored: { readonly group: string; readonly voters: readonly Voter[] } | null;
}

export interface Context extends GenesisInput {
  /** Nodes met that have no group either: their stores, and in which round they were met last. */
  readonly groupless: Readonly<Record<string, { readonly store: string; readonly round: number }>>;
  /** Rounds of discovery that found no group. */
  readonly round: number;
  readonly group: string;
  readonly voters: readonly Voter[];
}

export type Events =
  | HeardAs<'genesis.propose'>
  | FactAs<'membership.sighted' | 'membership.settled' | 'storage.written'>;

const WRITE = 1;
/** Announcements of a node that may be missed before it counts as gone. */
const MISSED_MAX = 2;

const members = ({ id, store, groupless }: Context): Voter[] =>
  [
    { node: id, store },
    ...names(groupless).map((node) => ({ node, store: groupless[node]?.store ?? '' })),
  ].sort((a, b) => (a.node < b.node ? -1 : 1));

/** The first voters: an odd number, because an even one survives no more losses. */
export const firstVoters = (nodes: readonly Voter[]): Voter[] => {
  const count = Math.min(VOTERS_MAX, nodes.length);
  return nodes.slice(0, count % 2 === 0 ? count - 1 : count);
};

export const genesisMachine = setup({
  types: {} as { input: GenesisInput; context: Context; events: Events; emitted: Emitted },
  delays: { discovery: ({ context }) => context.timing.discoveryMs },
  guards: {
    remembers: ({ context }) => context.stored !== null,
    isNode: ({ context }) => !context.isObserver,
    mayPropose: ({ context }) =>
      !context.isObserver &&
      members(context)[0]?.node === context.id &&
      members(context).length * 2 > context.expect,
    isFormed: ({ event }) => event.type === 'membership.sighted' && event.group !== '',
    isAboutUs: ({ context, event }) =>
      event.type === 'genesis.propose' &&
      event.district === context.district &&
      event.members.some(({ node, store }) => node === context.id && store === context.store),
    isWritten: ({ event }) =>
      event.type === 'storage.written' && event.owner === 'genesis' && event.ticket === WRITE,
  },
  actions: {
    meet: assign(({ context, event }) => {
      if (event.type !== 'membership.sighted') return {};
      const { peer, store, group, phase } = event;
      const met = at(context.groupless, peer);
      // Heard again is nothing new: a copy of a large map at every word would be dear.
      if (
        met?.store === store &&
        met.round === context.round &&
        group === '' &&
        phase !== 'observer'
      )
        return {};
      return group === '' && phase !== 'observer'
        ? { groupless: { ...context.groupless, [peer]: { store, round: context.round } } }
        : { groupless: without(context.groupless, peer) };
    }),
    /** Who was met and is gone must not be waited for, whatever its place. */
    lookAgain: assign(({ context: { groupless, round, timing } }) => {
      const isHere = (met: number) =>
        (round - met) * timing.discoveryMs <= MISSED_MAX * timing.announceMs;
      const here = Object.entries(groupless).filter(([, met]) => isHere(met.round));
      return { groupless: Object.fromEntries(here), round: round + 1 };
    }),
    recall: assign(({ context }) => context.stored ?? {}),
    found: assign(({ context }) => ({
      group: `${context.id.slice(0, 24)}.${context.store}.${context.incarnation}`.slice(0, 64),
      voters: firstVoters(members(context)),
    })),
    join: assign(({ event }) =>
      event.type === 'membership.sighted' ? { group: event.group, voters: [] } : {},
    ),
    follow: assign(({ event }) =>
      event.type === 'genesis.propose'
        ? { group: event.genesis, voters: firstVoters(event.members) }
        : {},
    ),
    write: emit(({ context: { group, voters } }) => ({
      type: 'storage.write' as const,
      owner: 'genesis',
      ticket: WRITE,
      puts: [{ key: 'group', value: { group, voters } }],
      removes: [],
    })),
    propose: emit(({ context }) => ({
      type: 'wire.send' as const,
      to: ALL,
      message: {
        type: 'genesis.propose' as const,
        district: context.district,
        genesis: context.group,
        members: members(context),
      },
    })),
    announce: enqueueActions(({ context: { group, voters }, enqueue }) => {
      const founded = voters.length > 0 && { voters: [...voters] };
      enqueue.emit({ type: 'genesis.formed', group, ...founded });
    }),
  },
}).createMachine({
  id: 'genesis',
  context: ({ input }) => ({ ...input, groupless: {}, round: 0, group: '', voters: [] }),
  initial: 'unsettled',
  states: {
    /** Until it is sure that nobody else goes by its id, a node promises nothing. */
    unsettled: {
      on: {
        'membership.sighted': { actions: 'meet' },
        'membership.settled': [
          { guard: 'remembers', target: 'formed', actions: 'recall' },
          { target: 'seeking' },
        ],
      },
    },
    seeking: {
      on: {
        'membership.sighted': [
          { guard: 'isFormed', target: 'promising', actions: 'join' },
          { actions: 'meet' },
        ],
        'genesis.propose': { guard: 'isAboutUs', target: 'promising', actions: 'follow' },
      },
      after: {
        discovery: [
          { guard: 'mayPropose', target: 'promising', actions: ['found', 'propose'] },
          { target: 'seeking', reenter: true, actions: 'lookAgain' },
        ],
      },
    },
    promising: {
      entry: 'write',
      on: { 'storage.written': { guard: 'isWritten', target: 'formed' } },
    },
    formed: { entry: 'announce' },
  },
});
