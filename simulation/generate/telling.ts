/**
 * Tells outcomes as people would write them down: `open; says motor.up; paid = 0`. There is no way
 * back from the words; a test compares them.
 */
import { digestOf } from '../../protocol/digest.ts';
import type { Outcome } from './outcome.ts';

/** Longer values are given by their digest. In characters. */
const LONG = 300;
const WIDTH = 100;
const ROW = '  ';
const PART = '    ';
const GOES_ON = '      ';

/** Words that cannot be taken for anything but text. */
const PLAIN = /^[\w*/.:-]+( [\w*/.:-]+)*$/;
const MEANS_MORE = /^(true|false|null|-?\d+(\.\d+)?)$/;

const textOf = (value: unknown): string => {
  if (typeof value === 'string') {
    return PLAIN.test(value) && !MEANS_MORE.test(value) ? value : JSON.stringify(value);
  }
  if (typeof value !== 'object' || value === null) return String(value ?? null);
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  const { type, ...rest } = value as Readonly<Record<string, unknown>>;
  const [name, shown] = typeof type === 'string' ? [type, rest] : ['', value];
  const fields = Object.entries(shown).flatMap(([key, one]) =>
    one === undefined ? [] : [`${key}: ${textOf(one)}`],
  );
  if (fields.length === 0) return name || '{}';
  return `${name}${name && ' '}{${fields.join(', ')}}`;
};

export const told = (value: unknown): string => {
  const text = textOf(value);
  if (text.length <= LONG) return text;
  const { type } = (value ?? {}) as { readonly type?: unknown };
  const name = typeof type === 'string' ? `${type} of ` : '';
  return `${name}${text.length} characters, digest ${digestOf(text)}`;
};

const partsOf = ({ says, learns, waits, throws }: Outcome): string[] => {
  const known = Object.entries(learns).map(([path, value]) => `${path} = ${told(value)}`);
  const delays = Object.entries(waits).map(([name, ms]) =>
    ms === null ? `no ${name}` : `${name} in ${ms} ms`,
  );
  return [
    ...says.map((event) => `says ${told(event)}`),
    ...[known, delays].flatMap((some) => (some.length > 0 ? [some.join('; ')] : [])),
    ...(throws === undefined ? [] : [`throws ${told(throws)}`]),
  ];
};

/** In lines of 100 columns, where there are spaces. */
const wrapped = (text: string): string => {
  const [head = '', ...words] = text.split(' ');
  const lines = [`${PART}${head}`];
  for (const word of words) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length <= WIDTH) lines[lines.length - 1] = line;
    else lines.push(`${GOES_ON}${word}`);
  }
  return lines.join('\n');
};

/** On one line if there is room, else one line or more for each part. */
const row = (head: string, parts: readonly string[]): string => {
  const line = `${ROW}${[head, ...parts].join('; ')}`;
  if (line.length <= WIDTH) return line;
  return [`${ROW}${head}`, ...parts.map(wrapped)].join('\n');
};

export const statesText = (states: readonly string[]): string => states.join(' & ') || 'the state';

export const startRow = (outcome: Outcome): string =>
  row(`starts in ${statesText(outcome.entered)}`, partsOf(outcome));

export const givenRow = (states: readonly string[]): string => `${ROW}in ${statesText(states)}`;

const ARROW = ' → ';

export const outcomeRow = (when: string, outcome: Outcome): string => {
  const { entered } = outcome;
  const where = entered.length === 0 ? 'stays' : statesText(entered);
  return row(`${when}${ARROW}${where}`, partsOf(outcome));
};

/** The moves of a table, in order. */
export const movesIn = (table: string): string[] =>
  table.split('\n').flatMap((line) => {
    const isRow = line.startsWith(ROW) && line[ROW.length] !== ' ' && line.includes(ARROW);
    return isRow ? [line.slice(ROW.length, line.indexOf(ARROW))] : [];
  });
