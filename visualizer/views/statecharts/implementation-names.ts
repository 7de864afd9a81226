/**
 * Names of guards and actions, as somebody who reads a chart wants them. Those written inline have no
 * name: of them it is said what they do, as far as XState knows.
 */

/** What XState leaves on the functions that it makes. */
interface Made {
  readonly name: string;
  readonly type?: string;
  readonly guards?: readonly unknown[];
  readonly stateValue?: unknown;
  readonly assignment?: unknown;
  readonly event?: unknown;
}
interface Named {
  readonly type: string;
  readonly params?: unknown;
}

/** `isOther and (hasClaim or not isVoter)`. */
export const guardName = (guard: unknown): string => {
  if (typeof guard === 'string') return guard;
  if (typeof guard !== 'function') return withParams(guard as Named);
  const { name, guards, stateValue } = guard as Made;
  if (stateValue !== undefined) return `in ${valueText(stateValue)}`;
  if (!guards) return 'if …';
  if (name === 'not') return `not ${inner(guards[0])}`;
  return guards.map(inner).join(` ${name} `);
};

/** Several in a row need brackets around them. */
const inner = (guard: unknown): string => {
  const isRow = typeof guard === 'function' && ((guard as Made).guards?.length ?? 0) > 1;
  return isRow ? `(${guardName(guard)})` : guardName(guard);
};

export const actionName = (action: unknown): string => {
  if (typeof action === 'string') return action;
  if (typeof action !== 'function') return withParams(action as Named);
  const { type = '', assignment, event } = action as Made;
  const kind = type.replace(/^xstate\./, '');
  if (kind === 'assign') return ['assign', ...keysOf(assignment)].join(' ');
  if (kind === 'emit' || kind === 'raise') return [kind, ...typeOf(event)].join(' ');
  return kind === '' ? '…' : kind.replace('enqueueActions', '…');
};

/** Delays are raised on entry and cancelled on exit: that is said by the transition. */
export const isDelayKeeping = (action: unknown): boolean => {
  if (typeof action !== 'function') return false;
  const { type, event, sendId } = action as Made & { sendId?: unknown };
  const about = type === 'xstate.raise' ? typeOf(event)[0] : type === 'xstate.cancel' && sendId;
  return typeof about === 'string' && about.startsWith('xstate.after.');
};

/** `shared.driver.dark`, of a state's value; regions stand side by side: `shared(driver.dark words)`. */
export const valueText = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  const inside = Object.entries(value).map(([name, deeper]) => {
    const text = valueText(deeper);
    return text === '' || text.startsWith('(') ? name + text : `${name}.${text}`;
  });
  return inside.length > 1 ? `(${inside.join(' ')})` : inside.join('');
};

const withParams = ({ type, params }: Named): string => {
  const told = typeof params === 'object' && params !== null ? Object.entries(params) : [];
  return [type, ...told.map(([name, value]) => `${name}: ${JSON.stringify(value)}`)].join(' ');
};

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? [Object.keys(value).join(', ')] : [];

const typeOf = (event: unknown): string[] =>
  typeof event === 'object' && event !== null && 'type' in event ? [String(event.type)] : [];
