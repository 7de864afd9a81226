/**
 * The shape of a value: what it is made of, without how much. Numbers have a sign, lists a length up
 * to a few; instants are past, present or to come; short texts are names, which matter as they are.
 */
const DEPTH_MAX = 3;
const LENGTH_MAX = 3;
const NAME_MAX = 24;

/** Fields that say when something is, or was. */
const INSTANT = /(At|Ms)$/;

export const shapeOf = (value: unknown, nowMs: number, depth = 0): string => {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'number') return String(Math.sign(value));
  if (typeof value === 'string') return value.length <= NAME_MAX ? value : 'text';
  if (typeof value !== 'object') return String(value);
  if (depth === DEPTH_MAX) return '…';
  if (Array.isArray(value)) {
    const some = value.slice(0, LENGTH_MAX).map((one) => shapeOf(one, nowMs, depth + 1));
    return `[${some}]${value.length > LENGTH_MAX ? '+' : ''}`;
  }
  const fields = Object.entries(value).filter(([key]) => depth > 0 || key !== 'timing');
  const shapes = fields.map(([key, one]) => {
    const instant = typeof one === 'number' && INSTANT.test(key) ? one - nowMs : one;
    return `${key}:${shapeOf(instant, nowMs, depth + 1)}`;
  });
  return `{${shapes}}`;
};
