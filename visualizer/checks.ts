/**
 * Stands in a page for `typebox/compile`: a page's policy forbids code that is made of text, so it
 * checks by the schemas themselves, and what would make such code is left out.
 */
import type { TSchema } from 'typebox';
import { CheckContext, CheckSchema, Errors, Stack } from 'typebox/schema';

export const Compile = (schema: TSchema) => {
  const stack = Stack({}, schema);
  const context = new CheckContext();
  return {
    Check: (value: unknown): boolean => CheckSchema(stack, context, schema, value),
    Errors: (value: unknown) => Errors(schema, value)[1],
  };
};
