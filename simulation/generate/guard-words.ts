/**
 * Names of guards as a reader of a chart wants them. Those written inline have no name: XState leaves
 * on the functions that it makes itself what they are made of.
 */
interface Made {
  readonly name: string;
  readonly guards?: readonly unknown[];
  readonly stateValue?: unknown;
}

/** `isOther and (hasClaim or not isVoter)`. */
export const guardWords = (guard: unknown): string => {
  if (typeof guard === 'string') return guard;
  if (typeof guard !== 'function') return (guard as { readonly type: string }).type;
  const { name, guards, stateValue } = guard as unknown as Made;
  if (stateValue !== undefined) return `in ${JSON.stringify(stateValue)}`;
  if (!guards) return 'inline';
  if (name === 'not') return `not ${inner(guards[0])}`;
  return guards.map(inner).join(` ${name} `);
};

/** Several in a row need brackets around them. */
const inner = (guard: unknown): string => {
  const isRow = typeof guard === 'function' && ((guard as unknown as Made).guards?.length ?? 0) > 1;
  return isRow ? `(${guardWords(guard)})` : guardWords(guard);
};
