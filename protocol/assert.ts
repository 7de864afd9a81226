/**
 * Assertions that stay on in production: they tell our own mistakes from the network's and the
 * operator's. A failed one ends in fail-safe lamps, because a wrong green is worse than no green.
 */

/** A broken belief of ours. Never thrown because of what a message, a file or a disk said. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Throws `AssertionError` with `message` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** A mistake of the operator, and where it stands: the path from the root of the file to it. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Every mistake of the operator at once. `createNode` throws it before anything starts. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${pathText(path)}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/** `['a', 2, 'b']` → `a[2].b`, the way an operator would write the place. */
export const pathText = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${key}` : key),
    '',
  ) || '(whole file)';
