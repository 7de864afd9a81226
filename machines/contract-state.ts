/**
 * Decides about changes of the contract, from the replicated state alone: pure neighbour of
 * `district-state.ts`.
 */
import { pathText } from '../protocol/assert.ts';
import type { Command, State } from '../protocol/command.ts';
import {
  type ContractState,
  changeProblems,
  changesBetween,
  FORMER_MAX,
  longer,
} from '../protocol/contract.ts';
import { digestOf } from '../protocol/digest.ts';
import type { Timing } from '../protocol/timing.ts';

type Contractual = Prepare | Ready | Switch | Withdraw;
type Prepare = Extract<Command, { kind: 'contract.prepare' }>;
type Ready = Extract<Command, { kind: 'contract.ready' }>;
type Switch = Extract<Command, { kind: 'contract.switch' }>;
type Withdraw = Extract<Command, { kind: 'contract.withdraw' }>;

/** Why `command` must not be applied to `state`; empty when it may. */
export const contractProblems = (state: State, command: Contractual): string[] => {
  switch (command.kind) {
    case 'contract.prepare':
      return prepareProblems(state, command);
    case 'contract.ready':
      return readyProblems(state, command);
    case 'contract.switch':
      return switchProblems(state, command);
    case 'contract.withdraw':
      return nextProblems(state, command.next);
  }
};

/** The state after `command`. */
export const changeContract = (state: State, command: Contractual): State => {
  switch (command.kind) {
    case 'contract.prepare':
      return prepare(state, command);
    case 'contract.ready':
      return ready(state, command);
    case 'contract.switch':
      return switchOver(state);
    case 'contract.withdraw':
      return withdraw(state);
  }
};

const isSame = (a: Timing, b: Timing): boolean => digestOf(a) === digestOf(b);

/** Why what is said to be in force is not, in the words of whoever refuses it. */
export const notInForce = (inForce: Timing, from: Timing): string[] =>
  isSame(inForce, from)
    ? []
    : [`the district runs by another contract: ${changesBetween(from, inForce).join(', ')}`];

const prepareProblems = ({ contract }: State, { from, to }: Prepare): string[] => {
  const problems = changeProblems(from, to).map(
    ({ path, message }) => `${pathText(path)}: ${message}`,
  );
  if (!contract) return problems;
  const { timing, next } = contract;
  problems.push(...notInForce(timing, from));
  if (next && !isSame(next.timing, to)) {
    const changes = changesBetween(timing, next.timing).join(', ');
    problems.push(`another change is half-way: ${changes}`);
  }
  return problems;
};

/** Said twice it is the same change, with those who are ready for it. */
const prepare = (state: State, { from, to }: Prepare): State => {
  const { version = 0, former = [], longest = from, next } = state.contract ?? {};
  if (next) return state;
  const contract: ContractState = {
    version: version + 1,
    timing: from,
    former,
    longest: longer(longer(longest, from), to),
    next: { timing: to, ready: [] },
  };
  return { ...state, contract };
};

const nextProblems = ({ contract }: State, next: string): string[] =>
  contract?.next && digestOf(contract.next.timing) === next
    ? []
    : ['no such change of the contract is half-way'];

/** The members that have not said of this store that they are ready. */
export const unreadyOf = ({ members, contract }: State): string[] =>
  members
    .filter(
      ({ node, store }) =>
        !contract?.next?.ready.some((one) => one.node === node && one.store === store),
    )
    .map(({ node }) => node);

const readyProblems = (state: State, { next, node, store }: Ready): string[] => {
  const isMember = state.members.some((member) => member.node === node && member.store === store);
  const strange = isMember ? [] : [`${node} with store ${store} is not a member`];
  return [...nextProblems(state, next), ...strange];
};

const ready = (state: State, { node, store }: Ready): State => {
  const { contract } = state;
  if (!contract?.next) return state;
  const others = contract.next.ready.filter((one) => one.node !== node);
  const all = [...others, { node, store }].sort((a, b) => (a.node < b.node ? -1 : 1));
  return { ...state, contract: { ...contract, next: { ...contract.next, ready: all } } };
};

/** Nobody is passed over without being named. */
const switchProblems = (state: State, { next, absent }: Switch): string[] => {
  const problems = nextProblems(state, next);
  if (problems.length > 0) return problems;
  const passedOver = unreadyOf(state).filter((node) => !absent.includes(node));
  return passedOver.map((node) => `${node} is not known to be ready`);
};

const switchOver = (state: State): State => {
  const { contract } = state;
  if (!contract?.next) return state;
  const { version, timing, former, longest, next } = contract;
  const before = [...former, timing].filter((known) => !isSame(known, next.timing));
  return {
    ...state,
    contract: {
      version: version + 1,
      timing: next.timing,
      former: before.slice(-FORMER_MAX),
      longest,
    },
  };
};

const withdraw = (state: State): State => {
  const { contract } = state;
  if (!contract) return state;
  const { next: _, ...kept } = contract;
  return { ...state, contract: { ...kept, version: kept.version + 1 } };
};
