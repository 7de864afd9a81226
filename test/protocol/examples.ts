/**
 * Draws values that a JSON Schema accepts, and bytes and values that it should not: what fuzzing of
 * the borders is made of. Knows the words of JSON Schema that the protocol uses.
 */
import type { Schema } from '../../simulation/generate/examples.ts';

export type Random = () => number;

const LETTERS = ['a', 'é', '\n', '"', '\\', '信', '\u2028', '\ud83d\ude80', ' ', '7', '_'];

const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;

const text = (random: Random, { minLength = 0, maxLength = 40, pattern }: Schema): string => {
  if (pattern?.includes('[0-9a-f]{16}')) return '0123456789abcdef';
  if (pattern?.includes('{22}')) return 'abcdefghijklmnopqrstuv';
  if (pattern?.includes('22[4-9]')) return '239.255.255.250';
  if (pattern !== undefined) return `x${Math.floor(random() * 1e6)}`;
  const length = minLength + Math.floor(random() * (Math.min(maxLength, 12) - minLength + 1));
  return Array.from({ length }, () => pick(random, LETTERS))
    .join('')
    .slice(0, maxLength);
};

const number = (random: Random, schema: Schema): number => {
  const low = schema.minimum ?? schema.exclusiveMinimum ?? -1e9;
  const high = schema.maximum ?? 1e9;
  const drawn = low + random() * (high - low);
  if (schema.type === 'integer') return Math.max(Math.ceil(low), Math.floor(drawn));
  return schema.exclusiveMinimum === drawn ? (low + high) / 2 : drawn;
};

/** A value that `schema` accepts. */
export const example = (random: Random, given: unknown): unknown => {
  const schema = given as Schema;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return pick(random, schema.enum);
  if (schema.anyOf) return example(random, pick(random, schema.anyOf));
  if (schema.type === 'string') return text(random, schema);
  if (schema.type === 'number' || schema.type === 'integer') return number(random, schema);
  if (schema.type === 'boolean') return random() < 0.5;
  if (schema.type === 'array') return list(random, schema);
  if (schema.type === 'object') return record(random, schema);
  return null;
};

const list = (random: Random, schema: Schema): unknown[] => {
  const { items, prefixItems, minItems = 0, maxItems = 3 } = schema;
  const places = prefixItems ?? (Array.isArray(items) ? (items as readonly Schema[]) : undefined);
  if (places) return places.map((place) => example(random, place));
  const length = Math.max(minItems, Math.min(maxItems, Math.floor(random() * 4)));
  return Array.from({ length }, () => example(random, items));
};

const record = (random: Random, schema: Schema): Record<string, unknown> => {
  const { properties = {}, required = [], patternProperties = {}, minProperties = 0 } = schema;
  const known = Object.entries(properties).filter(
    ([key]) => required.includes(key) || random() < 0.7,
  );
  const [any] = Object.values(patternProperties);
  const count = any ? Math.max(minProperties, Math.floor(random() * 3)) : 0;
  const free = Array.from({ length: count }, (_, k) => [`k${k}`, example(random, any)] as const);
  return Object.fromEntries([...known.map(([key, one]) => [key, example(random, one)]), ...free]);
};

/** Values that have no business where they are put. */
const ODD: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => -1,
  () => 1.5,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER + 2,
  () => '',
  () => 'x'.repeat(3000),
  () => '\ud800',
  () => true,
  () => [],
  () => ({}),
  () => [[[[[[]]]]]],
  () => 'xstate.stop',
  () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": null}'),
  (random) => random() * 1e12,
];

/** The same value with one place in it changed, taken out, or put in. */
export const mutated = (random: Random, value: unknown): unknown => {
  if (value === null || typeof value !== 'object' || random() < 0.1)
    return pick(random, ODD)(random);
  if (Array.isArray(value)) {
    const copy = [...value];
    const place = Math.floor(random() * (copy.length + 1));
    if (random() < 0.2) copy.splice(place, 1);
    else copy[place] = mutated(random, copy[place]);
    return copy;
  }
  const entries = Object.entries(value);
  const place = Math.floor(random() * entries.length);
  if (random() < 0.15) return Object.fromEntries(entries.filter((_, k) => k !== place));
  if (random() < 0.1) {
    const key = pick(random, ['__proto__', 'constructor', 'at', 'from', 'type', 'extra']);
    return Object.fromEntries([...entries, [key, pick(random, ODD)(random)]]);
  }
  return Object.fromEntries(
    entries.map(([key, inner], k) => [key, k === place ? mutated(random, inner) : inner]),
  );
};
