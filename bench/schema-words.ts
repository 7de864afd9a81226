/** Says a JSON Schema in a few words, for a table: type, unit and bounds. */

/** What of a JSON Schema is read here. */
export interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema | readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

export interface Field {
  readonly name: string;
  readonly isOptional: boolean;
  readonly schema: Schema;
}

export const fieldsOf = (schema: object): Field[] => {
  const { properties = {}, required = [] } = schema as Schema;
  return Object.entries(properties).map(([name, field]) => ({
    name,
    isOptional: !required.includes(name),
    schema: field,
  }));
};

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/Ms$/, 'ms'],
  [/PpmMax$/, 'ppm'],
  [/S$/, 's'],
];

/** `name`: that of the field, which ends in its unit. */
export const typeOf = (schema: Schema, name = ''): string => {
  if (schema.title) return `*${schema.title}*`;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(' or ');
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(one, name)).join(' or ');
  if (schema.type === 'array') return arrayOf(schema);
  if (schema.type === 'object') return objectOf(schema);
  if (schema.type === 'integer' || schema.type === 'number') return numberOf(schema, name);
  if (schema.type === 'string') return stringOf(schema);
  return schema.type ?? 'any';
};

const arrayOf = ({ items, minItems, maxItems }: Schema): string => {
  if (Array.isArray(items)) return `[${items.map((one) => typeOf(one)).join(', ')}]`;
  const counted = between(minItems, maxItems);
  return `list of ${typeOf((items as Schema | undefined) ?? {})}${counted && `, ${counted}`}`;
};

const objectOf = (schema: Schema): string => {
  const inner = fieldsOf(schema).map(
    ({ name, isOptional, schema: field }) =>
      `\`${name}\`${isOptional ? '?' : ''}: ${typeOf(field, name)}`,
  );
  return `{ ${inner.join('; ')} }`;
};

const numberOf = ({ type, minimum, exclusiveMinimum, maximum }: Schema, name: string): string => {
  const unit = UNITS.find(([end]) => end.test(name))?.[1];
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const least = minimum === -Number.MAX_SAFE_INTEGER ? undefined : minimum;
  const above = exclusiveMinimum === undefined ? '' : `, above ${exclusiveMinimum}`;
  const bounds = between(least, most);
  return `${type}${unit ? ` (${unit})` : ''}${bounds && `, ${bounds}`}${above}`;
};

const stringOf = ({ minLength, maxLength, pattern }: Schema): string => {
  if (pattern && maxLength === undefined) return `text \`${pattern}\``;
  const lengths = between(minLength, maxLength);
  return lengths ? `text, ${lengths} characters` : 'text';
};

const between = (least?: number, most?: number): string => {
  if (least === undefined) return most === undefined ? '' : `at most ${most}`;
  if (most === undefined) return `at least ${least}`;
  return least === most ? `${least}` : `${least} to ${most}`;
};
