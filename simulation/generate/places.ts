/**
 * Names every place of a chart at which something can be covered: its states, its transitions and
 * the guards on them. A place keeps its name as long as the chart keeps its shape around it.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

export type TriggerKind = 'event' | 'after' | 'always' | 'done';

/** One transition: a branch of what a state does at one event, one delay, or at once. */
export interface TransitionPlace {
  /** From which state, by what, and which branch of several: `leader: detector.beat #2`. */
  readonly name: string;
  readonly from: string;
  readonly to?: string;
  readonly kind: TriggerKind;
  readonly trigger: string;
  /** Counted from 0, among those of the same state and trigger. */
  readonly branch: number;
  readonly definition: AnyTransitionDefinition;
}

export const pathOf = ({ path }: AnyStateNode): string => path.join('.');

/** The state of a snapshot as paths, one for each region: `follower.voting`. */
export const pathsIn = (value: unknown, above = ''): string[] => {
  const under = (name: string) => (above === '' ? name : `${above}.${name}`);
  if (typeof value === 'string') return [under(value)];
  const inside = Object.entries(value as object);
  return inside.length === 0
    ? [above].filter((path) => path !== '')
    : inside.flatMap(([name, deeper]) => pathsIn(deeper, under(name)));
};

/** Every state below this one, itself included, in the order of the chart. */
export const nodesIn = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesIn),
];

const delayWords = (delay: unknown): string =>
  typeof delay === 'number' ? `${delay} ms` : String(delay);

/** The name of a transition, by the state that it leaves and by what; counted from 0 there. */
export const transitionName = (
  { from, kind, trigger }: Pick<TransitionPlace, 'from' | 'kind' | 'trigger'>,
  branch: number,
): string => {
  const which = branch === 0 ? '' : ` #${branch + 1}`;
  const by = kind === 'after' ? `after ${trigger}` : trigger;
  return `${from === '' ? 'any state' : from}: ${by}${which}`;
};

const isListedApart = (type: string) => type === '' || type.startsWith('xstate.after.');

export const transitionsOf = ({ root }: AnyStateMachine): TransitionPlace[] =>
  nodesIn(root).flatMap((node) => {
    const place = (
      kind: TriggerKind,
      trigger: string,
      definition: AnyTransitionDefinition,
      branch: number,
    ): TransitionPlace => {
      const [target] = definition.target ?? [];
      const from = pathOf(node);
      return {
        name: transitionName({ from, kind, trigger }, branch),
        ...{ from, kind, trigger, branch, definition },
        ...(target && { to: pathOf(target) }),
      };
    };
    const delays = new Map<string, number>();
    const delayed = node.after.map((definition) => {
      const trigger = delayWords(definition.delay);
      const branch = delays.get(trigger) ?? 0;
      delays.set(trigger, branch + 1);
      return place('after', trigger, definition as AnyTransitionDefinition, branch);
    });
    const told = [...node.transitions].flatMap(([type, definitions]) => {
      if (isListedApart(type)) return [];
      const kind = type.startsWith('xstate.done.') ? ('done' as const) : ('event' as const);
      return definitions.map((definition, k) => place(kind, type, definition, k));
    });
    const atOnce = (node.always ?? []).map((one, k) => place('always', 'always', one, k));
    return [...atOnce, ...delayed, ...told];
  });
