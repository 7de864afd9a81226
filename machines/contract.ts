/**
 * Keeps the contract in force, and changes it in two steps that the district agrees on, so that at
 * no moment two nodes of it refuse each other.
 *
 * - *Prepared*: from here on a node accepts announcements under the contract that is to come, too.
 *   When it has that on its own disk it says so through the log (`contract.ready`).
 * - *Switched*: the new timing is in force. The leader proposes this when every member that is here
 *   is ready, and names those that are not; each node follows when it applies it.
 *
 * Who is absent from one step or both comes back under a contract that was in force before. He is
 * let in, because the others know it for a former one, and learns what is in force from the log;
 * so does a node that has only its old file. A contract that the group never had is refused.
 *
 * What is in force is written down with the group it is of, so that a node starts by it, whatever its
 * file says.
 */
import { assign, emit, enqueueActions, not, setup } from 'xstate';
import type { Command, State } from '../protocol/command.ts';
import { type ContractState, changesBetween } from '../protocol/contract.ts';
import { digestOf } from '../protocol/digest.ts';
import type { Emitted, Fact, FactAs, Only } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { unreadyOf } from './contract-state.ts';
import { apply, initialState } from './district-state.ts';
import { type Pairs, valueAt, withoutPair, withPair } from './map.ts';

export interface ContractInput {
  readonly id: string;
  readonly store: string;
  /** By which this node starts. */
  readonly timing: Timing;
  /** What its file says. */
  readonly filed: Timing;
  readonly isObserver: boolean;
  /** What the store says of the contract in force, if it was ever changed. */
  readonly agreed: ContractState | null;
}

export interface Context {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
  readonly isObserver: boolean;
  readonly filed: Timing;
  readonly group: string;
  readonly state: State;
  /** The newest contract that was ever known here; the log may be read again from further back. */
  readonly known: ContractState | null;
  /** Peers in the view, with their stores. */
  readonly peers: Pairs<string>;
  /** Writes asked for, and how many of them are on disk. */
  readonly ticket: number;
  readonly written: number;
  /** Since when this node has led with this change half-way. On our clock. */
  readonly sinceAt: number;
}

export type Events =
  | FactAs<'genesis.formed' | 'storage.written' | 'membership.joined' | 'membership.left'>
  | FactAs<'replica.committed' | 'replica.restored'>
  | FactAs<'election.elected' | 'election.lost' | 'clock.due'>;

const WAKE = 'contract:look';
const TICKET = 1;

/** The state after an event; the same one when it says nothing of it. */
const stateAfter = (state: State, event: Events): State => {
  if (event.type === 'replica.restored') return event.state;
  return event.type === 'replica.committed' ? apply(state, event.command) : state;
};

/** What the others of the node are told of it. */
const changed = (
  { timing, former, next }: Pick<ContractState, 'timing' | 'former' | 'next'>,
  before: Timing,
): Only<Fact, 'contract.changed'> => ({
  type: 'contract.changed',
  timing,
  former,
  ...(next && { next: next.timing }),
  changes: changesBetween(before, timing),
});

/** The change that is half-way, as far as it is known here. */
const halfWay = ({ state: { contract }, known }: Context) =>
  contract?.version === known?.version ? contract?.next : undefined;

/** Whether a change is half-way of which this member has not yet said that it is ready. */
const isToTell = (context: Context): boolean =>
  !context.isObserver &&
  halfWay(context) !== undefined &&
  context.written >= context.ticket &&
  unreadyOf(context.state).includes(context.id);

const proposing = (command: Command) => ({
  type: 'replica.request' as const,
  owner: 'contract',
  ticket: TICKET,
  command,
});

/** Step two, when all who are here are ready, and the others have had the time to come. */
const switching = (context: Context, now: number): Command | undefined => {
  const { id, state, peers, timing, sinceAt } = context;
  const next = halfWay(context);
  if (!next || now - sinceAt < timing.settleMs) return undefined;
  const absent = unreadyOf(state);
  if (absent.some((node) => node === id || valueAt(peers, node) !== undefined)) return undefined;
  return { kind: 'contract.switch', next: digestOf(next.timing), absent };
};

export const contractMachine = setup({
  types: {} as { input: ContractInput; context: Context; events: Events; emitted: Emitted },
  delays: { retry: ({ context }) => context.timing.retryMs },
  guards: {
    isToTell: ({ context }) => isToTell(context),
    isSelf: ({ context, event }) =>
      event.type === 'election.elected' && event.leader === context.id,
    isLook: ({ event }) => event.type === 'clock.due' && event.id === WAKE,
    isWritten: ({ event }) => event.type === 'storage.written' && event.owner === 'contract',
    isHalfWay: ({ context }) => halfWay(context) !== undefined,
  },
  actions: {
    /** What the store says goes on in this group, whatever the file says; and that is said. */
    begin: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'genesis.formed') return;
      enqueue.assign({ group: event.group });
      if (context.known) enqueue.emit(changed(context.known, context.filed));
    }),
    learn: enqueueActions(({ context, event, enqueue }) => {
      const state = stateAfter(context.state, event);
      if (state === context.state) return;
      enqueue.assign({ state });
      const { contract } = state;
      if (!contract || contract.version <= (context.known?.version ?? 0)) return;
      const { timing } = contract;
      const ticket = context.ticket + 1;
      enqueue.assign({ timing, ticket, known: contract });
      enqueue.emit(changed(contract, context.timing));
      enqueue.emit({
        type: 'storage.write',
        owner: 'contract',
        ticket,
        puts: [{ key: 'contract', value: { group: context.group, contract } }],
        removes: [],
      });
    }),
    noteWritten: assign(({ event }) =>
      event.type === 'storage.written' ? { written: event.ticket } : {},
    ),
    notePeer: assign(({ context, event }) => {
      if (event.type === 'membership.joined') {
        return { peers: withPair(context.peers, event.peer, event.store) };
      }
      if (event.type !== 'membership.left') return {};
      return { peers: withoutPair(context.peers, event.peer) };
    }),
    tellReady: emit(({ context: { id: node, store, state } }) =>
      proposing({
        kind: 'contract.ready',
        next: digestOf(state.contract?.next?.timing),
        node,
        store,
      }),
    ),
    noteSince: assign({ sinceAt: ({ event }) => event.at }),
    lookSoon: emit(({ context, event }) => ({
      type: 'clock.wake' as const,
      id: WAKE,
      atMs: event.at + context.timing.retryMs,
    })),
    look: enqueueActions(({ context, event, enqueue }) => {
      const command = switching(context, event.at);
      if (command) enqueue.emit(proposing(command));
    }),
  },
}).createMachine({
  id: 'contract',
  context: ({ input: { agreed, ...input } }) => ({
    ...input,
    group: '',
    state: initialState([]),
    known: agreed,
    peers: [],
    ticket: 0,
    written: 0,
    sinceAt: 0,
  }),
  type: 'parallel',
  on: {
    'genesis.formed': { actions: 'begin' },
    'membership.joined': { actions: 'notePeer' },
    'membership.left': { actions: 'notePeer' },
    'storage.written': { guard: 'isWritten', actions: 'noteWritten' },
  },
  states: {
    part: {
      initial: 'resting',
      on: {
        'replica.committed': { actions: 'learn' },
        'replica.restored': { actions: 'learn' },
      },
      states: {
        resting: { always: { guard: 'isToTell', target: 'telling' } },
        telling: {
          entry: 'tellReady',
          always: { guard: not('isToTell'), target: 'resting' },
          after: { retry: { target: 'telling', reenter: true } },
        },
      },
    },
    office: {
      initial: 'following',
      states: {
        following: { on: { 'election.elected': { guard: 'isSelf', target: 'leading' } } },
        leading: {
          initial: 'quiet',
          on: {
            'election.elected': [{ guard: 'isSelf' }, { target: 'following' }],
            'election.lost': 'following',
          },
          states: {
            quiet: { always: { guard: 'isHalfWay', target: 'changing' } },
            changing: {
              entry: ['noteSince', 'lookSoon'],
              always: { guard: not('isHalfWay'), target: 'quiet' },
              on: { 'clock.due': { guard: 'isLook', actions: ['look', 'lookSoon'] } },
            },
          },
        },
      },
    },
  },
});
