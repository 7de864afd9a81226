/**
 * Proposes, on the leader, what the plan should be: when it has taken office, and whenever the
 * intersections of the district change.
 */
import { assign, enqueueActions, setup } from 'xstate';
import type { State } from '../protocol/command.ts';
import type { Emitted, FactAs } from '../protocol/event.ts';
import type { Plan } from '../protocol/plan.ts';
import type { Timing } from '../protocol/timing.ts';
import { apply, initialState, intersectionsOf, problemsOf } from './district-state.ts';
import { greenWave } from './green-wave.ts';

export interface CoordinationInput {
  readonly id: string;
  readonly timing: Timing;
  /** The plan of this node's district file, adopted while it fits the district. */
  readonly filed: Plan | null;
}

export interface Context extends CoordinationInput {
  readonly state: State;
  readonly term: number;
  readonly count: number;
}

export type Events = FactAs<
  | 'election.elected'
  | 'election.lost'
  | 'replica.committed'
  | 'replica.restored'
  | 'contract.changed'
>;

const covers = (plan: Plan, state: State) => {
  const planned = new Set(plan.intersections.map(({ id }) => id));
  const served = intersectionsOf(state);
  return planned.size === served.length && served.every(({ id }) => planned.has(id));
};

/**
 * Whether somebody else than a leader made the plan. An operator's plan outlives the leader under
 * whom it was adopted, for as long as it covers the district.
 */
const isOperators = ({ id }: Plan): boolean => !/(^|\.)t\d+\.\d+$/.test(id);

/** The filed plan when it fits all intersections there are, otherwise a green wave. */
export const nextPlan = ({ filed, state, term, count }: Omit<Context, 'id' | 'timing'>): Plan => {
  const id = `t${term}.${count}`;
  if (filed && covers(filed, state)) {
    const plan = { ...filed, id: `${filed.id}.${id}`.slice(-64) };
    if (problemsOf(state, { kind: 'plan.adopt', plan }).length === 0) return plan;
  }
  return greenWave(state, id);
};

export const coordinationMachine = setup({
  types: {} as { input: CoordinationInput; context: Context; events: Events; emitted: Emitted },
  delays: { gather: ({ context }) => context.timing.retryMs },
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
  },
  actions: {
    learn: assign(({ context, event }) => {
      if (event.type === 'replica.restored') return { state: event.state };
      if (event.type === 'replica.committed') return { state: apply(context.state, event.command) };
      return {};
    }),
    noteTerm: assign(({ event }) =>
      event.type === 'election.elected' ? { term: event.term, count: 0 } : {},
    ),
    propose: enqueueActions(({ context, enqueue }) => {
      const { state } = context;
      if (state.plan && isOperators(state.plan) && covers(state.plan, state)) return;
      const count = context.count + 1;
      const plan = nextPlan({ ...context, count });
      if (plan.intersections.length === 0) return;
      enqueue.assign({ count });
      enqueue.emit({
        type: 'replica.request',
        owner: 'coordination',
        ticket: count,
        command: { kind: 'plan.adopt', plan },
      });
    }),
  },
}).createMachine({
  id: 'coordination',
  context: ({ input }) => ({ ...input, state: initialState([]), term: 0, count: 0 }),
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
      on: {
        'replica.committed': [
          { guard: 'isMine', target: 'planning', actions: 'learn' },
          { actions: 'learn' },
        ],
      },
    },
    planning: {
      entry: 'propose',
      // A proposal that came to nothing is made again.
      after: { gather: { guard: 'isUnplanned', target: 'gathering' } },
      on: {
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
