/**
 * Brings groups of one district together that were founded or recovered apart. The rule: a node
 * yields to another group whose leader answers it, when that group ranks above its own (`rank.ts`),
 * or when it has itself known no leader for longer than an election may take, whatever the rank.
 *
 * To yield is to empty the store, which gets another id, and to write the other group's name there,
 * all in one durable step; from the asking on, nothing is said in the old group any more. A voter is
 * a node *and* its store, so the old group has lost a voter as if by a lost disk, and the new one
 * gets a learner that never promised anything. The node then starts anew and enrols.
 *
 * Why it ends: a rank is a function of the name, so two groups never yield to each other by rank;
 * and a group that stays without a leader has lost most of its voters or cannot hear them. Each
 * step leads to a group that had a leader when it was asked, and the target of the last step keeps
 * the majority that it had then. A node that hears a group without being heard there stays, because
 * the leader must answer; else it would go to and fro.
 *
 * What is lost: what the yielding group agreed on. Its nodes enrol again, and the leader proposes a
 * plan for all of them; until then lamps are driven by what their drivers have, then by programs.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { ALL, type Emitted, type FactAs, type HeardAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { isAbove } from './rank.ts';

export interface MergeInput {
  readonly id: string;
  readonly district: string;
  readonly timing: Timing;
}

export interface Context extends MergeInput {
  /** Where an answer reaches us: the leader that is asked may never have heard of us. */
  readonly address: { readonly host: string; readonly port: number } | null;
  readonly group: string;
  readonly leader: string | null;
  /** Since when no leader is known, if none is. On our clock. */
  readonly sinceAt: number;
  /** The group whose leader is asked. */
  readonly wanted: string;
}

export type Events =
  | HeardAs<'merge.ask' | 'merge.welcome'>
  | FactAs<'membership.sighted' | 'genesis.formed' | 'election.elected' | 'election.lost'>
  | FactAs<'wire.opened' | 'storage.written' | 'contract.changed'>;

const RESET = 1;

/** Whether a node may leave its group for `other`, whose leader is there. */
const mayYield = ({ group, leader, sinceAt, timing }: Context, other: string, now: number) => {
  const patienceMs = timing.electionTimeoutMs + timing.heartbeatTimeoutMs;
  return isAbove(other, group) || (leader === null && now - sinceAt >= patienceMs);
};

export const mergeMachine = setup({
  types: {} as { input: MergeInput; context: Context; events: Events; emitted: Emitted },
  delays: { retry: ({ context }) => context.timing.retryMs },
  guards: {
    isBetter: ({ context, event }) =>
      event.type === 'membership.sighted' &&
      context.address !== null &&
      event.group !== '' &&
      event.group !== context.group &&
      event.leader !== undefined &&
      mayYield(context, event.group, event.at),
    isWelcome: ({ context, event }) =>
      event.type === 'merge.welcome' &&
      event.group === context.wanted &&
      mayYield(context, event.group, event.at),
    isForUs: ({ context, event }) =>
      event.type === 'merge.ask' && event.wanted === context.group && context.leader === context.id,
    isWritten: ({ event }) =>
      event.type === 'storage.written' && event.owner === 'merge' && event.ticket === RESET,
  },
  actions: {
    noteLeader: assign(({ event }) =>
      event.type === 'election.elected' ? { leader: event.leader } : {},
    ),
    loseLeader: assign(({ event }) =>
      event.type === 'election.lost' ? { leader: null, sinceAt: event.at } : {},
    ),
    ask: enqueueActions(({ context: { district, address }, event, enqueue }) => {
      if (event.type !== 'membership.sighted' || !address) return;
      const wanted = event.group;
      const message = { type: 'merge.ask' as const, district, wanted, reply: address };
      enqueue.assign({ wanted });
      enqueue.emit({ type: 'wire.send', to: ALL, message });
    }),
    welcome: enqueueActions(({ context: { district }, event, enqueue }) => {
      if (event.type !== 'merge.ask') return;
      const message = { type: 'merge.welcome' as const, district };
      enqueue.emit({ type: 'wire.send', to: event.reply, message });
    }),
    yield: emit(({ context }) => ({
      type: 'storage.reset' as const,
      owner: 'merge',
      ticket: RESET,
      puts: [{ key: 'group', value: { group: context.wanted, voters: [] } }],
    })),
    tellYielded: emit(({ context }) => ({
      type: 'merge.yielded' as const,
      group: context.wanted,
    })),
  },
}).createMachine({
  id: 'merge',
  context: ({ input }) => ({
    ...input,
    address: null,
    group: '',
    leader: null,
    sinceAt: 0,
    wanted: '',
  }),
  initial: 'alone',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
    'wire.opened': {
      actions: assign({ address: ({ event }) => ({ host: event.host, port: event.port }) }),
    },
    'election.elected': { actions: 'noteLeader' },
    'election.lost': { actions: 'loseLeader' },
  },
  states: {
    alone: {
      on: {
        'genesis.formed': {
          target: 'watching',
          actions: assign({
            group: ({ event }) => event.group,
            sinceAt: ({ event }) => event.at,
          }),
        },
      },
    },
    watching: {
      on: {
        'membership.sighted': { guard: 'isBetter', target: 'asking', actions: 'ask' },
        'merge.ask': { guard: 'isForUs', actions: 'welcome' },
      },
    },
    asking: {
      on: {
        'merge.ask': { guard: 'isForUs', actions: 'welcome' },
        'merge.welcome': { guard: 'isWelcome', target: 'yielding' },
      },
      after: { retry: 'watching' },
    },
    yielding: {
      entry: 'yield',
      on: { 'storage.written': { guard: 'isWritten', target: 'yielded' } },
    },
    yielded: { entry: 'tellYielded' },
  },
});
