/**
 * Proposes, on the leader, what the plan should be: when it has taken office, whenever the
 * intersections of the district change, when a plan has its hour or its hour is over, and when what
 * the intersections tell of their traffic makes another plan clearly better (`plan-choice.ts`).
 *
 * Plans are changed seldom, because each change takes the lamps out of step for a cycle or two.
 */
import { assign, enqueueActions, setup } from 'xstate';
import type { Emitted, FactAs, HeardAs } from '../protocol/event.ts';
import type { FiledPlan, Plan } from '../protocol/plan.ts';
import type { Timing } from '../protocol/timing.ts';
import { apply, initialState } from './district-state.ts';
import { withPair } from './map.ts';
import {
  betterThan,
  type Choice,
  covers,
  isKept,
  isMeasured,
  isOtherHour,
  nextPlan,
  servesAt,
} from './plan-choice.ts';

export interface CoordinationInput {
  readonly id: string;
  readonly timing: Timing;
  readonly filed: readonly FiledPlan[];
}

export interface Context extends CoordinationInput, Choice {
  /** How often has been looked since the plan in force was adopted. */
  readonly looks: number;
}

export type Events =
  | FactAs<
      | 'election.elected'
      | 'election.lost'
      | 'replica.committed'
      | 'replica.restored'
      | 'contract.changed'
      | 'clock.told'
      | 'arrivals.counted'
    >
  | HeardAs<'arrivals.tell'>;

/** How often it is looked whether another plan would be better. In milliseconds. */
const LOOK_MS = 60_000;
/** A plan stays for at least so many looks. */
const LOOKS_MIN = 5;

const propose = (plan: Plan, ticket: number) => ({
  type: 'replica.request' as const,
  owner: 'coordination',
  ticket,
  command: { kind: 'plan.adopt' as const, plan },
});

export const coordinationMachine = setup({
  types: {} as { input: CoordinationInput; context: Context; events: Events; emitted: Emitted },
  delays: { gather: ({ context }) => context.timing.retryMs, look: LOOK_MS },
  guards: {
    isSelf: ({ context, event }) =>
      event.type === 'election.elected' && event.leader === context.id,
    isMine: ({ context, event }) =>
      event.type === 'replica.committed' &&
      event.command.kind === 'term.open' &&
      event.term === context.term,
    changesDistrict: ({ context, event }) =>
      event.type === 'replica.committed' &&
      (event.command.kind === 'district.admit' || event.command.kind === 'district.dismiss') &&
      !(context.state.plan && covers(context.state.plan, apply(context.state, event.command))),
    isUnplanned: ({ context: { state } }) => !state.plan || !covers(state.plan, state),
    isOtherHour: ({ context, event }) =>
      event.type === 'clock.told' && isOtherHour({ ...context, minute: event.minute }),
  },
  actions: {
    learn: assign(({ context, event }) => {
      if (event.type === 'replica.restored') return { state: event.state, looks: 0 };
      if (event.type !== 'replica.committed') return {};
      const isPlan = event.command.kind === 'plan.adopt';
      return { state: apply(context.state, event.command), ...(isPlan && { looks: 0 }) };
    }),
    noteTerm: assign(({ event }) =>
      event.type === 'election.elected' ? { term: event.term, count: 0, told: [] } : {},
    ),
    noteHour: assign(({ event }) => (event.type === 'clock.told' ? { minute: event.minute } : {})),
    /** Whoever does not serve the intersection is not believed. */
    noteFlows: assign(({ context, event }) => {
      if (event.type !== 'arrivals.tell' && event.type !== 'arrivals.counted') return {};
      const { intersection, flows, at: atMs } = event;
      const node = event.type === 'arrivals.tell' ? event.from : context.id;
      if (!servesAt(context.state, node, intersection)) return {};
      return { told: withPair(context.told, intersection, { flows, atMs }) };
    }),
    askHour: enqueueActions(({ context, enqueue }) => {
      if (context.filed.some(({ hours }) => hours)) enqueue.emit({ type: 'clock.ask' });
    }),
    propose: enqueueActions(({ context, enqueue }) => {
      if (isKept(context) || (isMeasured(context) && !isOtherHour(context))) return;
      const count = context.count + 1;
      const plan = nextPlan({ ...context, count });
      if (plan.intersections.length === 0) return;
      enqueue.assign({ count });
      enqueue.emit(propose(plan, count));
    }),
    look: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ looks: Math.min(LOOKS_MIN, context.looks + 1) });
      const { plan } = context.state;
      if (!plan || isKept(context) || context.looks < LOOKS_MIN) return;
      const count = context.count + 1;
      const better = betterThan(plan, { ...context, count });
      if (!better) return;
      enqueue.assign({ count });
      enqueue.emit(propose(better, count));
    }),
  },
}).createMachine({
  id: 'coordination',
  context: ({ input }) => ({
    ...input,
    state: initialState([]),
    term: 0,
    count: 0,
    minute: null,
    told: [],
    looks: 0,
  }),
  initial: 'following',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
    'replica.committed': { actions: 'learn' },
    'replica.restored': { actions: 'learn' },
    'election.elected': [
      { guard: 'isSelf', target: '.elected', actions: 'noteTerm' },
      { target: '.following' },
    ],
    'election.lost': '.following',
  },
  states: {
    following: {},
    /** In office once an entry of one's own term is committed. */
    elected: {
      entry: 'askHour',
      on: {
        'clock.told': { actions: 'noteHour' },
        'replica.committed': [
          { guard: 'isMine', target: 'planning', actions: 'learn' },
          { actions: 'learn' },
        ],
      },
    },
    planning: {
      entry: 'propose',
      // A proposal that came to nothing is made again.
      after: { gather: [{ guard: 'isUnplanned', target: 'gathering' }, { target: 'planned' }] },
      on: {
        'clock.told': { actions: 'noteHour' },
        'replica.committed': [
          { guard: 'changesDistrict', target: 'gathering', actions: 'learn' },
          { actions: 'learn' },
        ],
      },
    },
    /** There is a plan for all; whether it is still the right one is looked at once a minute. */
    planned: {
      entry: 'askHour',
      after: { look: { target: 'planned', reenter: true, actions: 'look' } },
      on: {
        'clock.told': [
          { guard: 'isOtherHour', target: 'planning', actions: 'noteHour' },
          { actions: 'noteHour' },
        ],
        'arrivals.tell': { actions: 'noteFlows' },
        'arrivals.counted': { actions: 'noteFlows' },
        'replica.committed': [
          { guard: 'changesDistrict', target: 'gathering', actions: 'learn' },
          { actions: 'learn' },
        ],
      },
    },
    /** Nodes come and go in groups: one plan for all of them. */
    gathering: { after: { gather: 'planning' } },
  },
});
