/**
 * Brings a node and the description of its intersection into the replicated state, and keeps it
 * there. A description that contradicts what the district agreed on is refused: the node says so
 * and leaves the view, but its lamps go on.
 */
import { assign, emit, setup } from 'xstate';
import type { Command, Member, State } from '../protocol/command.ts';
import { canonicalJson } from '../protocol/digest.ts';
import type { Intersection, Link } from '../protocol/district.ts';
import type { Emitted, FactAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';

export interface EnrolmentInput {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
  readonly intersection: Intersection | null;
  readonly links: readonly Link[];
  /** An observer takes no part: it asks for nothing. */
  readonly isObserver?: boolean;
}

export type Events = FactAs<
  | 'election.elected'
  | 'replica.committed'
  | 'replica.restored'
  | 'replica.answered'
  | 'contract.changed'
>;

const TICKET = 1;

const memberOf = ({ id, store, intersection, links }: EnrolmentInput): Member => ({
  node: id,
  store,
  ...(intersection && { intersection }),
  links: [...links],
});

const isSame = (a: Member | undefined, b: Member) => canonicalJson(a) === canonicalJson(b);

const isMember = (input: EnrolmentInput, { members }: Pick<State, 'members'>) =>
  isSame(
    members.find(({ node }) => node === input.id),
    memberOf(input),
  );

export const enrolmentMachine = setup({
  types: {} as {
    input: EnrolmentInput;
    context: EnrolmentInput;
    events: Events;
    emitted: Emitted;
  },
  delays: { retry: ({ context }) => context.timing.retryMs },
  guards: {
    takesPart: ({ context }) => context.isObserver !== true,
    isAdmitted: ({ context, event }) => {
      if (event.type === 'replica.restored') return isMember(context, event.state);
      if (event.type !== 'replica.committed' || event.command.kind !== 'district.admit')
        return false;
      if (event.command.node !== context.id) return false;
      const { kind: _, ...member } = event.command;
      return isSame(member, memberOf(context));
    },
    isDismissed: ({ context, event }) => {
      if (event.type === 'replica.restored') return !isMember(context, event.state);
      return (
        event.type === 'replica.committed' &&
        event.command.kind === 'district.dismiss' &&
        event.command.node === context.id
      );
    },
    isRefused: ({ event }) =>
      event.type === 'replica.answered' &&
      event.owner === 'enrolment' &&
      event.problems.length > 0 &&
      !event.transient,
  },
  actions: {
    ask: emit(({ context }) => {
      const command: Command = { kind: 'district.admit', ...memberOf(context) };
      return { type: 'replica.request' as const, owner: 'enrolment', ticket: TICKET, command };
    }),
    tellEnrolled: emit({ type: 'enrolment.enrolled' as const }),
    tellRefused: emit(({ event }) => ({
      type: 'enrolment.refused' as const,
      reason: event.type === 'replica.answered' ? event.problems.join('; ') : '',
    })),
  },
}).createMachine({
  id: 'enrolment',
  context: ({ input }) => input,
  initial: 'waiting',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
  },
  states: {
    waiting: {
      on: {
        'replica.restored': { guard: 'isAdmitted', target: 'enrolled' },
        'replica.committed': { guard: 'isAdmitted', target: 'enrolled' },
        'election.elected': { guard: 'takesPart', target: 'asking' },
      },
    },
    asking: {
      entry: 'ask',
      after: { retry: { target: 'asking', reenter: true } },
      on: {
        'replica.restored': { guard: 'isAdmitted', target: 'enrolled' },
        'replica.committed': { guard: 'isAdmitted', target: 'enrolled' },
        'replica.answered': { guard: 'isRefused', target: 'refused', actions: 'tellRefused' },
      },
    },
    enrolled: {
      entry: 'tellEnrolled',
      on: {
        'replica.restored': { guard: 'isDismissed', target: 'asking' },
        'replica.committed': { guard: 'isDismissed', target: 'asking' },
      },
    },
    refused: {},
  },
});
