/**
 * A machine as it is drawn: what its own definition says, as plain JSON. A state is named by its path
 * from the machine, `follower.voting`; the machine itself by the empty path.
 */

export interface ChartState {
  readonly path: string;
  readonly name: string;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** The path of the state that is entered first. */
  readonly initial?: string;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invokes: readonly string[];
  readonly states: readonly ChartState[];
}

/** `always`: as soon as its guard holds; `done`: when what is inside is final. */
export type TriggerKind = 'event' | 'after' | 'always' | 'done';

export interface ChartTransition {
  readonly from: string;
  /** Absent: it does something and changes no state. */
  readonly to?: string;
  readonly kind: TriggerKind;
  /** The event, or the delay. */
  readonly trigger: string;
  readonly guard?: string;
  readonly actions: readonly string[];
  /** The state is left and entered again, which begins its delays anew. */
  readonly isReentry: boolean;
}

export interface Chart {
  readonly name: string;
  readonly root: ChartState;
  readonly transitions: readonly ChartTransition[];
}

/** A state and all that are inside it. */
export const statesIn = (state: ChartState): ChartState[] => [
  state,
  ...state.states.flatMap(statesIn),
];

/** Whether a path is another, or inside it. */
export const isWithin = (path: string, other: string): boolean =>
  other === '' || path === other || path.startsWith(`${other}.`);

/** The events by which it can be changed, or does something. */
export const eventsOf = ({ transitions }: Chart): string[] =>
  [
    ...new Set(transitions.flatMap(({ kind, trigger }) => (kind === 'event' ? [trigger] : []))),
  ].sort();

export const triggerText = ({
  kind,
  trigger,
}: Pick<ChartTransition, 'kind' | 'trigger'>): string =>
  kind === 'after' ? `after ${trigger}` : trigger;
