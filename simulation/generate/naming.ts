/**
 * Finds what a file would say more than once, and gives it a name: a timing, an intersection. So a
 * table of events can be read, and a value that changes is changed in one place.
 */
import { Reference, Variation } from './layout.ts';

/** Shorter values are said as often as they come. In characters. */
const SHORT = 160;

export interface Named {
  /** Values by name, those that others are made of first. */
  readonly constants: readonly (readonly [name: string, value: unknown])[];
  /** The same values, with references in them. */
  readonly values: readonly unknown[];
}

type Walk = (key: string, value: unknown) => unknown;

const within = (value: unknown, walk: Walk, key: string): unknown => {
  if (Array.isArray(value)) return value.map((one) => walk(key, one));
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Variation) {
    const fields = within(value.fields, walk, key) as Variation['fields'];
    return new Variation(value.of, fields);
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(name, one)]));
};

const isNamable = (key: string, value: unknown, text: string): boolean =>
  /^[a-z][A-Za-z]{2,}$/.test(key) &&
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Variation) &&
  text.length > SHORT;

/** `taken`: names that the file has already. */
export const named = (values: readonly unknown[], taken: readonly string[]): Named => {
  const counts = new Map<string, number>();
  const count: Walk = (key, value) => {
    const text = JSON.stringify(value) ?? '';
    const before = counts.get(text) ?? 0;
    if (isNamable(key, value, text)) counts.set(text, before + 1);
    // What stands in something that is named already is said once, there.
    return before > 0 ? value : within(value, count, key);
  };
  for (const value of values) within(value, count, '');
  const names = new Map<string, string>();
  const used = new Set(taken);
  const constants: [string, unknown][] = [];
  const refer: Walk = (key, value) => {
    const text = JSON.stringify(value) ?? '';
    if (!isNamable(key, value, text) || (counts.get(text) ?? 0) < 2) {
      return within(value, refer, key);
    }
    const known = names.get(text);
    if (known !== undefined) return new Reference(known);
    const made = within(value, refer, key);
    const name = freeName(key, used);
    used.add(name);
    names.set(text, name);
    constants.push([name, made]);
    return new Reference(name);
  };
  const referred = values.map((value) => within(value, refer, ''));
  return { constants, values: referred };
};

const freeName = (key: string, used: ReadonlySet<string>): string => {
  if (!used.has(key)) return key;
  let number = 2;
  while (used.has(`${key}${number}`)) number += 1;
  return `${key}${number}`;
};
