/**
 * Example values of a JSON Schema: not at random, but those at which something could change. The
 * first of a list is the ordinary one; the others stand at the bounds, or say something else.
 */

/** The words of JSON Schema that the protocol uses. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema | readonly Schema[];
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Values that a field may have here, the ordinary one first. `undefined`: it may be left out. */
export type Choose = (field: string, sofar: Fields) => readonly unknown[] | undefined;

/** Of so many combinations of fields, all are given; of more, one field at a time is varied. */
const COMBINATIONS_MAX = 12;

/** Patterns that the protocol knows, and what fits each. */
const FITTING: readonly (readonly [RegExp, string])[] = [
  [/\[0-9a-f\]\{16\}/, '0123456789abcdef'],
  [/\{22\}/, 'abcdefghijklmnopqrstuv'],
  [/22\[4-9\]/, '239.255.255.250'],
];

const fittingText = ({ pattern = '' }: Schema): string =>
  FITTING.find(([known]) => known.test(pattern))?.[1] ?? 'x';

export const valuesOf = (schema: Schema, choose: Choose): readonly unknown[] => {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum) return schema.enum;
  if (schema.anyOf) return schema.anyOf.flatMap((one) => valuesOf(one, choose));
  const least = schema.minimum ?? schema.exclusiveMinimum;
  switch (schema.type) {
    case 'boolean':
      return [true, false];
    case 'integer':
      return least !== undefined && least > 0 ? [least, least + 1] : [1, 0, 2];
    case 'number':
      return least !== undefined && least >= 0 ? [least + 1] : [0, 1];
    case 'array':
      return listsOf(schema, choose);
    case 'object':
      return objectsOf(schema, choose);
    default:
      return [fittingText(schema)];
  }
};

/** One of something, two that differ, and none. */
const listsOf = ({ items, prefixItems, minItems = 0 }: Schema, choose: Choose): unknown[] => {
  const places = prefixItems ?? (Array.isArray(items) ? (items as readonly Schema[]) : undefined);
  if (places) return [places.map((place) => valuesOf(place, choose)[0])];
  const values = valuesOf((items ?? {}) as Schema, choose);
  const full = Array.from({ length: Math.max(1, minItems) }, () => values[0]);
  return minItems === 0 ? [full, []] : [full];
};

type Lists = readonly (readonly [field: string, values: readonly unknown[]])[];

/** An example, and in which fields it is other than ordinary. */
export interface Example {
  readonly object: Fields;
  readonly varies: readonly string[];
}

const objectsOf = (schema: Schema, choose: Choose): Fields[] =>
  examplesOf(schema, choose).map(({ object }) => object);

export const examplesOf = (schema: Schema, choose: Choose): Example[] => {
  const { properties = {}, required = [] } = schema;
  const valuesFor = (field: string, one: Schema, sofar: Fields): readonly unknown[] => {
    const chosen = choose(field, sofar);
    if (chosen) return chosen;
    const values = valuesOf(one, choose);
    return required.includes(field) ? values : [...values, undefined];
  };
  /** Fields in order, each ordinary in the light of those before it, but for those that are fixed. */
  const built = (fixed: Fields): { object: Fields; lists: Lists } => {
    const object: Record<string, unknown> = {};
    const lists: [string, readonly unknown[]][] = [];
    for (const [field, one] of Object.entries(properties)) {
      const values = valuesFor(field, one, object);
      lists.push([field, values]);
      const value = Object.hasOwn(fixed, field) ? fixed[field] : values[0];
      if (value !== undefined) object[field] = value;
    }
    return { object, lists };
  };
  const ordinary = built({});
  const others = variationsOf(ordinary.lists).map((fixed) => ({
    object: built(fixed).object,
    varies: Object.keys(fixed),
  }));
  return [{ object: ordinary.object, varies: [] }, ...others];
};

/** Which fields are other than ordinary, and how. */
const variationsOf = (lists: Lists): Fields[] => {
  const count = lists.reduce((product, [, { length }]) => product * length, 1);
  if (count > COMBINATIONS_MAX) {
    return lists.flatMap(([field, values]) => values.slice(1).map((value) => ({ [field]: value })));
  }
  const all = lists.reduce<Fields[]>(
    (sofar, [field, values]) =>
      sofar.flatMap((one) =>
        values.map((value, k) => (k === 0 ? one : { ...one, [field]: value })),
      ),
    [{}],
  );
  return all.filter((one) => Object.keys(one).length > 0);
};
