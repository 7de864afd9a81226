/**
 * Lays plain values out as TypeScript, in as few lines of 100 columns as can be read: what does not
 * fit on one fills several, and only what is longer still gets lines of its own.
 */
const WIDTH = 100;
const STEP = 2;
const NAME = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

const quoted = (text: string): string => {
  const json = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return `'${json.replaceAll("'", "\\'")}'`;
};

const keyOf = (key: string): string => (NAME.test(key) ? key : quoted(key));

/** A value that has a name in the file. */
export class Reference {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An object that is like another that has a name, but for some fields. */
export class Variation {
  readonly of: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(of: string, fields: Readonly<Record<string, unknown>>) {
    this.of = of;
    this.fields = fields;
  }
}

/** What a list or an object is made of: each with what stands before it. */
type Pieces = readonly (readonly [before: string, value: unknown])[];

const piecesOf = (value: unknown): Pieces | undefined => {
  if (typeof value !== 'object' || value === null || value instanceof Reference) return undefined;
  if (Array.isArray(value)) return value.map((one) => ['', one]);
  if (value instanceof Variation) {
    return [[`...${value.of}`, new Reference('')], ...(piecesOf(value.fields) ?? [])];
  }
  return Object.entries(value).flatMap(([key, one]) => {
    if (one === undefined) return [];
    const isShort = one instanceof Reference && one.name === key;
    return [[isShort ? '' : `${keyOf(key)}: `, one] as const];
  });
};

const flat = (value: unknown): string => {
  if (value instanceof Reference) return value.name;
  if (typeof value === 'string') return quoted(value);
  const pieces = piecesOf(value);
  if (!pieces) return String(value);
  const text = pieces.map(([before, one]) => before + flat(one)).join(', ');
  if (Array.isArray(value)) return `[${text}]`;
  return text === '' ? '{}' : `{ ${text} }`;
};

/** `taken`: columns that what stands around takes of the first line. */
export const laidOut = (value: unknown, indent: number, taken: number): string => {
  const line = flat(value);
  const pieces = piecesOf(value);
  if (!pieces || indent + taken + line.length < WIDTH) return line;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const inside = filled(pieces, indent + STEP);
  return `${open}\n${inside.join('\n')}\n${' '.repeat(indent)}${close}`;
};

const filled = (pieces: Pieces, indent: number): string[] => {
  const lines: string[] = [];
  let isOpen = false;
  for (const [before, value] of pieces) {
    const text = `${before}${laidOut(value, indent, before.length)},`;
    const longer = `${lines.at(-1)} ${text}`;
    const joins = isOpen && !text.includes('\n') && longer.length <= WIDTH;
    if (joins) lines[lines.length - 1] = longer;
    else lines.push(' '.repeat(indent) + text);
    // What takes several lines stands by itself.
    isOpen = !text.includes('\n');
  }
  return lines;
};

/** A table of named values, one to a line or more; `first`: what stands before them. */
export const listed = (values: Readonly<Record<string, unknown>>, first?: string): string => {
  const lines = Object.entries(values).map(([key, value]) => {
    const isShort = value instanceof Reference && value.name === key;
    const before = isShort ? '' : `${keyOf(key)}: `;
    return `  ${before}${laidOut(value, STEP, before.length)},\n`;
  });
  const all = [...(first === undefined ? [] : [`  ${first},\n`]), ...lines];
  return all.length === 0 ? '{}' : `{\n${all.join('')}}`;
};

/** As a template: a text of many lines. */
export const templated = (text: string): string =>
  `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``;
