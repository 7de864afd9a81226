/**
 * Keywords of JSON Schema that no schema of ours has: the page is built without what checks them. A
 * test sees to it that none has them.
 */
export const UNUSED_KEYWORDS = [
  ...['contains', 'minContains', 'maxContains', 'uniqueItems', 'unevaluatedItems', 'multipleOf'],
  ...['dependencies', 'dependentRequired', 'dependentSchemas', 'propertyNames'],
  ...['allOf', 'exclusiveMaximum', 'format', 'prefixItems', 'refine'],
  ...['unevaluatedProperties', 'if', 'not', 'oneOf', 'ref', 'dynamicRef', 'recursiveRef'],
] as const;
