/**
 * Writes a district file the way a person would: what fits a line stands on one line, so that a
 * table of conflicts reads as a table and a difference between two versions shows what changed.
 */
const LINE_MAX = 100;

/** JSON, indented by two, ending in a line feed. */
export const districtText = (value: unknown): string => `${lines(value, '', 0)}\n`;

/** `taken` is what already stands on the first line, its indentation aside. */
const lines = (value: unknown, indent: string, taken: number): string => {
  const flat = flatText(value);
  if (value === null || typeof value !== 'object') return flat;
  if (indent.length + taken + flat.length < LINE_MAX) return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${lines(item, inner, 0)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const entries = present(value).map(([key, item]) => {
    const label = `${JSON.stringify(key)}: `;
    return `${inner}${label}${lines(item, inner, label.length)}`;
  });
  return `{\n${entries.join(',\n')}\n${indent}}`;
};

const flatText = (value: unknown): string => {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(flatText).join(', ')}]`;
  const entries = present(value).map(([key, item]) => `${JSON.stringify(key)}: ${flatText(item)}`);
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
};

const present = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, item]) => item !== undefined);
