/**
 * One node: starts its effects and its concerns, and falls back to fail-safe when any of them
 * fails. The only machine that knows the others; they meet through events alone.
 */
import { emit, fromCallback, type NonReducibleUnknown, setup } from 'xstate';
import { digestOf } from '../protocol/digest.ts';
import type { Intersection, Link } from '../protocol/district.ts';
import type { BusEvent } from '../protocol/event.ts';
import type { FiledPlan } from '../protocol/plan.ts';
import type { Contract, Timing } from '../protocol/timing.ts';
import { arrivalsMachine } from './arrivals.ts';
import { contractMachine } from './contract.ts';
import { coordinationMachine } from './coordination.ts';
import { demandMachine } from './demand.ts';
import { detectorMachine } from './detector.ts';
import { electionMachine } from './election.ts';
import { electorateMachine } from './electorate.ts';
import { enrolmentMachine } from './enrolment.ts';
import { genesisMachine } from './genesis.ts';
import { holderMachine } from './holder.ts';
import { leaseMachine } from './lease.ts';
import { membershipMachine } from './membership.ts';
import { mergeMachine } from './merge.ts';
import { phasesMachine } from './phases.ts';
import { replicaMachine } from './replica.ts';
import { scheduleMachine } from './schedule.ts';
import type { Stored } from './stored.ts';
import { timekeeperMachine } from './timekeeper.ts';
import { witnessMachine } from './witness.ts';

/** The concerns of a node, in the order in which they hear an event. */
export const concerns = {
  contract: contractMachine,
  membership: membershipMachine,
  genesis: genesisMachine,
  merge: mergeMachine,
  detector: detectorMachine,
  election: electionMachine,
  replica: replicaMachine,
  lease: leaseMachine,
  enrolment: enrolmentMachine,
  electorate: electorateMachine,
  timekeeper: timekeeperMachine,
  coordination: coordinationMachine,
  demand: demandMachine,
  schedule: scheduleMachine,
  holder: holderMachine,
  arrivals: arrivalsMachine,
  phases: phasesMachine,
  witness: witnessMachine,
} as const;

/** Everything a node is given at its start. */
export interface NodeInput {
  readonly id: string;
  /** Grows with every start of this node. */
  readonly incarnation: number;
  /** How often this process has begun anew above a life that others knew. */
  readonly outbids: number;
  /** The id of its store: a node that lost its disk is another voter. */
  readonly store: string;
  readonly district: string;
  /** By which it starts: what its group agreed on, as far as the store knows, or else its file's. */
  readonly contract: Contract;
  readonly filed: Timing;
  readonly versions: readonly [number, number];
  readonly expect: number;
  readonly isObserver: boolean;
  readonly intersection: Intersection | null;
  readonly links: readonly Link[];
  readonly filedPlans: readonly FiledPlan[];
  readonly stored: Stored;
}

/** An effect that was not provided is an error at start, never a silent nothing. */
const notProvided = <Input = NonReducibleUnknown>(name: string) =>
  fromCallback<BusEvent, Input>(() => {
    throw new Error(`the effect ${name} is not provided`);
  });

/** Why a node fails: its own word, or what a part of it threw. */
const reasonOf = (event: { readonly type: string }): string => {
  const { reason, error } = event as { reason?: string; error?: unknown };
  return reason ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
};

const self = ({ id, store, contract }: NodeInput) => ({ id, store, timing: contract.timing });
const place = ({ id, intersection }: NodeInput) => ({ id, intersection });
const streets = ({ id, intersection, links }: NodeInput) => ({ id, intersection, links });

export const nodeMachine = setup({
  types: {} as {
    input: NodeInput;
    context: NodeInput;
    events: { type: 'node.failed'; reason: string } | { type: 'node.stop' };
    emitted: { type: 'node.failed'; reason: string };
  },
  actions: {
    tellFailure: emit(({ event }: { event: { readonly type: string } }) => ({
      type: 'node.failed' as const,
      reason: reasonOf(event),
    })),
  },
  actors: {
    ...concerns,
    bus: notProvided('bus'),
    clock: notProvided('clock'),
    storage: notProvided('storage'),
    wire: notProvided<NodeInput>('wire'),
    lamps: notProvided<NodeInput>('lamps'),
    sensors: notProvided<NodeInput>('sensors'),
  },
}).createMachine({
  id: 'node',
  context: ({ input }) => input,
  initial: 'running',
  states: {
    running: {
      // The bus comes first: it hears what the others say while they start.
      invoke: [
        { src: 'bus', systemId: 'bus' },
        { src: 'clock', systemId: 'clock' },
        { src: 'storage', systemId: 'storage' },
        { src: 'lamps', systemId: 'lamps', input: ({ context }) => context },
        {
          src: 'contract',
          systemId: 'contract',
          input: ({ context }) => ({
            ...self(context),
            filed: context.filed,
            isObserver: context.isObserver,
            agreed: context.stored.contract?.contract ?? null,
          }),
        },
        {
          src: 'membership',
          systemId: 'membership',
          input: ({ context }) => ({
            id: context.id,
            incarnation: context.incarnation,
            outbids: context.outbids,
            store: context.store,
            district: context.district,
            contract: context.contract,
            filed: context.filed,
            agreed: context.stored.contract?.contract ?? null,
            versions: context.versions,
            isObserver: context.isObserver,
            ...(context.intersection && {
              intersection: { id: context.intersection.id, digest: digestOf(context.intersection) },
            }),
          }),
        },
        {
          src: 'genesis',
          systemId: 'genesis',
          input: ({ context }) => ({
            ...self(context),
            district: context.district,
            expect: context.expect,
            isObserver: context.isObserver,
            stored: context.stored.group,
            ballot: context.stored.ballot,
          }),
        },
        {
          src: 'merge',
          systemId: 'merge',
          input: ({ context }) => ({ ...self(context), district: context.district }),
        },
        { src: 'detector', systemId: 'detector', input: ({ context }) => self(context) },
        {
          src: 'election',
          systemId: 'election',
          input: ({ context }) => ({ ...self(context), stored: context.stored.vote }),
        },
        {
          src: 'replica',
          systemId: 'replica',
          input: ({ context }) => ({ ...self(context), stored: context.stored.log }),
        },
        { src: 'lease', systemId: 'lease', input: ({ context }) => self(context) },
        {
          src: 'enrolment',
          systemId: 'enrolment',
          input: ({ context }) => ({
            ...self(context),
            intersection: context.intersection,
            links: context.links,
            isObserver: context.isObserver,
          }),
        },
        { src: 'electorate', systemId: 'electorate', input: ({ context }) => self(context) },
        {
          src: 'timekeeper',
          systemId: 'timekeeper',
          input: ({ context }) => ({ ...self(context), incarnation: context.incarnation }),
        },
        {
          src: 'coordination',
          systemId: 'coordination',
          input: ({ context }) => ({ ...self(context), filed: context.filedPlans }),
        },
        {
          src: 'demand',
          systemId: 'demand',
          input: ({ context }) => ({ ...self(context), intersection: context.intersection }),
        },
        { src: 'schedule', systemId: 'schedule', input: ({ context }) => self(context) },
        {
          src: 'holder',
          systemId: 'holder',
          input: ({ context }) => ({
            ...self(context),
            incarnation: context.incarnation,
            filed: context.filed,
            intersection: context.intersection,
            settled: context.stored.settled?.group ?? null,
          }),
        },
        { src: 'arrivals', systemId: 'arrivals', input: ({ context }) => streets(context) },
        {
          src: 'phases',
          systemId: 'phases',
          input: ({ context }) => ({ ...self(context), ...place(context) }),
        },
        { src: 'witness', systemId: 'witness', input: ({ context }) => place(context) },
        // After all who hear it.
        { src: 'sensors', systemId: 'sensors', input: ({ context }) => context },
        // The wire comes last: it lets the world in.
        { src: 'wire', systemId: 'wire', input: ({ context }) => context },
      ],
      on: {
        'xstate.error.actor.*': { target: 'failSafe', actions: 'tellFailure' },
        'node.failed': { target: 'failSafe', actions: 'tellFailure' },
        'node.stop': 'stopped',
      },
    },
    /** Nothing is commanded any more; what the lamp driver has ends in red, then flashes. */
    failSafe: {
      on: {
        'xstate.error.actor.*': { actions: 'tellFailure' },
        'node.failed': { actions: 'tellFailure' },
        'node.stop': 'stopped',
      },
    },
    stopped: { type: 'final' },
  },
});
