/**
 * Lays plain values out as TypeScript, as Biome does with the settings of this house, so that files
 * can be written where no formatter is installed.
 */
const WIDTH = 100;
/** After a name of so few letters, colon included, a line is not broken: it would gain nothing. */
const SHORT = 5;
const NAME = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

const quoted = (text: string): string => {
  const json = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  const hasMoreSingles = text.split("'").length > text.split('"').length;
  const quote = hasMoreSingles ? '"' : "'";
  return `${quote}${json.replaceAll(quote, `\\${quote}`)}${quote}`;
};

const keyOf = (key: string): string => (NAME.test(key) ? key : quoted(key));

type Entries = readonly (readonly [string, unknown])[];
const entriesOf = (value: object): Entries =>
  Object.entries(value).filter(([, inner]) => inner !== undefined);

/** A value that has a name in the file. */
export class Reference {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const flat = (value: unknown): string => {
  if (value instanceof Reference) return value.name;
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(flat).join(', ')}]`;
  const entries = entriesOf(value);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, inner]) => field(key, inner)).join(', ')} }`;
};

const field = (key: string, value: unknown): string =>
  value instanceof Reference && value.name === key ? key : `${keyOf(key)}: ${flat(value)}`;

const isMany = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 1
    : typeof value === 'object' &&
      value !== null &&
      (value instanceof Reference || entriesOf(value).length > 1);

/** Lists of several lists or objects stand one to a line, whatever room there is. */
const mustBreak = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || value instanceof Reference) return false;
  if (!Array.isArray(value)) return entriesOf(value).some(([, inner]) => mustBreak(inner));
  const isOfOneKind =
    value.every(Array.isArray) ||
    value.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
  const isTable = value.length > 1 && isOfOneKind && value.every(isMany);
  return isTable || value.some(mustBreak);
};

/** `before` and `after`: columns taken on the first line and on the last by what stands around. */
export const laidOut = (value: unknown, indent: number, before: number, after = 1): string => {
  const line = flat(value);
  if (!mustBreak(value) && indent + before + line.length + after <= WIDTH) return line;
  if (typeof value !== 'object' || value === null || value instanceof Reference) return line;
  const pad = ' '.repeat(indent + 2);
  const end = `\n${' '.repeat(indent)}`;
  if (Array.isArray(value)) {
    if (value.length > 1 && value.every((one) => typeof one === 'number')) {
      return `[${filled(value.map(String), pad)}${end}]`;
    }
    return `[\n${value.map((one) => `${pad}${laidOut(one, indent + 2, 0)},\n`).join('')}${end.slice(1)}]`;
  }
  const lines = entriesOf(value).map(([key, inner]) => {
    if (inner instanceof Reference) return `${pad}${field(key, inner)},\n`;
    const name = `${keyOf(key)}:`;
    const laid = laidOut(inner, indent + 2, name.length + 1);
    const isTooLong =
      typeof inner === 'string' &&
      name.length > SHORT &&
      pad.length + name.length + laid.length + 2 > WIDTH;
    return `${pad}${name}${isTooLong ? `\n${pad}  ` : ' '}${laid},\n`;
  });
  return `{\n${lines.join('')}${end.slice(1)}}`;
};

/** Numbers fill their lines. */
const filled = (words: readonly string[], pad: string): string => {
  let text = '';
  let line = pad;
  words.forEach((word, k) => {
    const piece = k === words.length - 1 ? word : `${word},`;
    if (line.length > pad.length && line.length + 1 + piece.length > WIDTH) {
      text += `\n${line}`;
      line = pad;
    }
    line += line.length > pad.length ? ` ${piece}` : piece;
  });
  return `${text}\n${line},`;
};
