/**
 * Applies commands to the state a district agrees on. Apply decides from the log alone, and checks
 * again what was checked before the command was proposed: a bad command changes nothing, on every
 * node alike.
 */
import { pathText } from '../protocol/assert.ts';
import { checkIntersection, checkPlan } from '../protocol/check-district.ts';
import {
  type Command,
  MEMBERS_MAX,
  type Member,
  PREEMPTIONS_MAX,
  type Preemption,
  type State,
  VOTERS_MAX,
  type Voter,
} from '../protocol/command.ts';
import { type Intersection, nodesOf } from '../protocol/district.ts';
import { contractDifferences } from '../protocol/timing.ts';
import { changeContract, contractProblems } from './contract-state.ts';
import { sharing } from './map.ts';
import {
  enter,
  enterProblems,
  grant,
  grantProblems,
  leave,
  open,
  openProblems,
  release,
  releaseProblems,
} from './rights.ts';

/** First states shared by the nodes of one process. */
const FIRST_STATES_MAX = 16;
const firstStates = sharing<State>(FIRST_STATES_MAX);

/** The state before any entry. Equal ones are one object, so that nodes of a city share states. */
export const initialState = (voters: readonly Voter[]): State =>
  firstStates(JSON.stringify(voters), () => ({ voters: [...voters], members: [] }));

export const intersectionsOf = ({ members }: State): Intersection[] => {
  const known = new Map<string, Intersection>();
  for (const { intersection } of members) {
    if (intersection && !known.has(intersection.id)) known.set(intersection.id, intersection);
  }
  return [...known.values()];
};

interface Judgement {
  readonly problems: readonly string[];
  readonly next: State;
}

/**
 * What each command came to in each state. Nobody changes either, and several concerns of a node
 * apply the same commands to the same states, so that each is checked once.
 */
const judgements = new WeakMap<State, WeakMap<Command, Judgement>>();

const judge = (state: State, command: Command): Judgement => {
  const known = judgements.get(state) ?? new WeakMap<Command, Judgement>();
  judgements.set(state, known);
  const before = known.get(command);
  if (before) return before;
  const problems = findProblems(state, command);
  const judgement = { problems, next: problems.length > 0 ? state : change(state, command) };
  known.set(command, judgement);
  return judgement;
};

/** The state after `command`. */
export const apply = (state: State, command: Command): State => judge(state, command).next;

const change = (state: State, command: Command): State => {
  switch (command.kind) {
    case 'term.open':
      return state;
    case 'district.admit': {
      const { kind: _, ...member } = command;
      const others = state.members.filter(({ node }) => node !== member.node);
      return { ...state, members: [...others, member].sort(byNode) };
    }
    case 'district.dismiss': {
      const members = state.members.filter(({ node }) => node !== command.node);
      const served = new Set(intersectionsOf({ ...state, members }).map(({ id }) => id));
      const { plan, preemptions = [], entered, ...others } = state;
      const still = entered && leave(state, command.node);
      const rest = { ...others, ...(still && { entered: still }) };
      const standing = preemptions.filter(({ intersection }) => served.has(intersection));
      const next = withPreemptions({ ...rest, members }, standing);
      if (!plan) return next;
      const intersections = plan.intersections.filter(({ id }) => served.has(id));
      return { ...next, plan: { ...plan, intersections } };
    }
    case 'voters.change':
      return { ...state, voters: [...command.voters].sort(byNode) };
    case 'plan.adopt':
      return { ...state, plan: command.plan };
    case 'timescale.open':
      return open(state, command);
    case 'right.enter':
      return enter(state, command);
    case 'right.grant':
      return grant(state, command);
    case 'right.release':
      return release(state, command);
    case 'preempt.call': {
      const { kind: _, ...call } = command;
      const { preemptions = [] } = state;
      // An input is renewed as long as it stands, and keeps its place.
      const isRenewed = call.isLocal && preemptions.some(({ id }) => id === call.id);
      const standing = isRenewed
        ? preemptions.map((known) => (known.id === call.id ? call : known))
        : [...othersThan(state, call.id), call];
      return withPreemptions(state, standing.slice(-PREEMPTIONS_MAX));
    }
    case 'preempt.clear':
      return withPreemptions(state, othersThan(state, command.id));
    case 'priority.call':
      return state;
    case 'contract.prepare':
    case 'contract.ready':
    case 'contract.switch':
    case 'contract.withdraw':
      return changeContract(state, command);
  }
};

const othersThan = ({ preemptions = [] }: State, call: string) =>
  preemptions.filter(({ id }) => id !== call);

/** A state without any is the same as one that never had any. */
const withPreemptions = (state: State, standing: readonly Preemption[]): State => {
  const { preemptions: _, ...rest } = state;
  return standing.length > 0 ? { ...rest, preemptions: [...standing] } : rest;
};

const byNode = (a: { node: string }, b: { node: string }) => (a.node < b.node ? -1 : 1);

/** Why `command` must not be applied to `state`; empty when it may. */
export const problemsOf = (state: State, command: Command): readonly string[] =>
  judge(state, command).problems;

const findProblems = (state: State, command: Command): string[] => {
  switch (command.kind) {
    case 'term.open':
      return [];
    case 'district.admit':
      return admitProblems(state, command);
    case 'district.dismiss':
      return state.members.some(({ node }) => node === command.node)
        ? []
        : [`${command.node} is not a member`];
    case 'voters.change':
      return voterProblems(state, command.voters);
    case 'plan.adopt':
      return checkPlan(command.plan, intersectionsOf(state)).map(
        ({ path, message }) => `${pathText(path)}: ${message}`,
      );
    case 'timescale.open':
      return openProblems(state, command);
    case 'right.enter':
      return enterProblems(state, command);
    case 'right.grant':
      return grantProblems(state, command);
    case 'right.release':
      return releaseProblems(state, command);
    case 'preempt.call':
    case 'priority.call':
      return placeProblems(state, command);
    case 'preempt.clear':
      return state.preemptions?.some(({ id }) => id === command.id)
        ? []
        : [`no preemption ${command.id} stands`];
    case 'contract.prepare':
    case 'contract.ready':
    case 'contract.switch':
    case 'contract.withdraw':
      return contractProblems(state, command);
  }
};

/** Whether there is such an intersection with such a group, and if not, what there is. */
const placeProblems = (
  state: State,
  { intersection, group }: Pick<Preemption, 'intersection' | 'group'>,
): string[] => {
  const known = intersectionsOf(state);
  const found = known.find(({ id }) => id === intersection);
  if (!found) {
    const there = known.map(({ id }) => id).sort();
    return [`no intersection ${intersection} in this district; it has ${there.join(', ')}`];
  }
  const groups = found.groups.map(({ id }) => id);
  return groups.includes(group)
    ? []
    : [`no group ${group} at ${intersection}; it has ${groups.join(', ')}`];
};

const admitProblems = (state: State, { node, intersection }: Member): string[] => {
  const problems: string[] = [];
  const former = state.members.find((member) => member.node === node);
  if (!former && state.members.length >= MEMBERS_MAX) problems.push('the district is full');
  if (!intersection) return problems;
  if (!nodesOf(intersection).includes(node)) {
    problems.push(`${intersection.id} is not served by ${node}`);
  }
  if (former?.intersection && former.intersection.id !== intersection.id) {
    problems.push(
      `${node} serves ${former.intersection.id} in this district, not ${intersection.id}`,
    );
  }
  const agreed = intersectionsOf(state).find(({ id }) => id === intersection.id);
  if (agreed && !nodesOf(agreed).includes(node)) {
    problems.push(`${intersection.id} is served by ${nodesOf(agreed).join(', ')} in this district`);
  } else if (agreed) {
    problems.push(
      ...contractDifferences(agreed, intersection).map(
        (difference) => `${intersection.id} is described otherwise: ${difference}`,
      ),
    );
  }
  for (const { path, message } of checkIntersection(intersection)) {
    problems.push(`${intersection.id}.${pathText(path)}: ${message}`);
  }
  return problems;
};

const voterProblems = ({ voters, members }: State, next: readonly Voter[]): string[] => {
  const key = ({ node, store }: Voter) => `${node} ${store}`;
  const before = new Set(voters.map(key));
  const after = new Set(next.map(key));
  const added = next.filter((voter) => !before.has(key(voter)));
  const removed = voters.filter((voter) => !after.has(key(voter)));
  const problems: string[] = [];
  if (added.length + removed.length !== 1) problems.push('voters must change by exactly one');
  if (next.length === 0) problems.push('there must be a voter');
  if (after.size < next.length) problems.push('a voter is named twice');
  if (next.length > VOTERS_MAX + 1) problems.push(`at most ${VOTERS_MAX} voters`);
  for (const voter of added) {
    if (!members.some(({ node, store }) => node === voter.node && store === voter.store)) {
      problems.push(`${voter.node} with store ${voter.store} is not a member`);
    }
  }
  return problems;
};
