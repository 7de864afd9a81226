/**
 * Two kinds of schemas, written out. TypeBox can make them too, but brings an evaluator of types
 * along for that, which would be a tenth of what a page loads to run a city.
 */
import Type, { type Static, type TObject, type TSchema, type TUnsafe } from 'typebox';

interface Options {
  readonly description?: string;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

/** An object of any keys, whose values are all of one kind. */
export const recordOf = <V extends TSchema>(
  value: V,
  options: Options = {},
): TUnsafe<Record<string, Static<V>>> =>
  Type.Unsafe<Record<string, Static<V>>>({
    type: 'object',
    ...options,
    patternProperties: { '^.*$': value },
  });

/** Some of the fields of an object, and no others. */
export const partOf = <O extends TObject>(schema: O): TUnsafe<Partial<Static<O>>> => {
  const fields = Object.entries(schema.properties).map(([name, field]) => [
    name,
    Type.Optional(field),
  ]);
  return Type.Unsafe<Partial<Static<O>>>(
    Type.Object(Object.fromEntries(fields), { additionalProperties: false }),
  );
};
