/** Reads a chart off a machine: nothing is written down a second time. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { Chart, ChartState, ChartTransition, TriggerKind } from './chart.ts';
import { actionName, guardName, isDelayKeeping } from './implementation-names.ts';

/** What XState's lists of transitions have in common. */
interface Defined {
  readonly target?: readonly AnyStateNode[] | undefined;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly reenter: boolean;
}

export const chartOf = (name: string, { root }: AnyStateMachine): Chart => ({
  name,
  root: stateOf(root, name),
  transitions: transitionsIn(root),
});

const pathOf = ({ path }: AnyStateNode): string => path.join('.');

const stateOf = (node: AnyStateNode, name = node.key): ChartState => {
  const [first] = node.type === 'compound' ? (node.initial.target ?? []) : [];
  return {
    path: pathOf(node),
    name,
    kind: node.type,
    ...(first && { initial: pathOf(first) }),
    entry: namesOf(node.entry),
    exit: namesOf(node.exit),
    invokes: node.invoke.map(({ src, systemId }) => systemId ?? String(src)),
    states: Object.values(node.states).map((child) => stateOf(child)),
  };
};

const namesOf = (actions: readonly unknown[]): string[] =>
  actions.filter((action) => !isDelayKeeping(action)).map(actionName);

const transitionsIn = (node: AnyStateNode): ChartTransition[] => {
  const read = (kind: TriggerKind, trigger: string, one: Defined): ChartTransition => {
    const [target] = one.target ?? [];
    return {
      from: pathOf(node),
      ...(target && { to: pathOf(target) }),
      kind,
      trigger,
      ...(one.guard !== undefined && { guard: guardName(one.guard) }),
      actions: one.actions.map(actionName),
      isReentry: one.reenter,
    };
  };
  const told = [...node.transitions].flatMap(([type, ones]) => {
    // Delays and `always` have lists of their own.
    if (type === '' || type.startsWith('xstate.after.')) return [];
    const isDone = type.startsWith('xstate.done.');
    return ones.map((one) => read(isDone ? 'done' : 'event', isDone ? 'done' : type, one));
  });
  return [
    ...(node.always ?? []).map((one) => read('always', 'always', one)),
    ...node.after.map((one) => read('after', delayText(one.delay), one)),
    ...told,
    ...Object.values(node.states).flatMap(transitionsIn),
  ];
};

const delayText = (delay: unknown): string =>
  typeof delay === 'number' ? `${delay} ms` : String(delay);
