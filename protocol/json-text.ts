/**
 * Tells whether a text is JSON (RFC 8259), without an exception. The engine says no by one, with a
 * script, a place and a message that nobody reads, and that costs more than hearing a message does:
 * who sends what is no JSON would have us work more for it than for our own words.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const [MINUS, PLUS, POINT] = [0x2d, 0x2b, 0x2e];
const [ZERO, NINE] = [0x30, 0x39];
const [OPEN_LIST, CLOSE_LIST] = [0x5b, 0x5d];
const [OPEN_OBJECT, CLOSE_OBJECT] = [0x7b, 0x7d];
/** What may stand behind a backslash, but for `u`. */
const ESCAPED: ReadonlySet<number> = new Set(Array.from('"\\/bfnrt', (one) => one.charCodeAt(0)));
const LETTER_U = 0x75;
const HEX4 = /[0-9a-fA-F]{4}/y;
const WORDS: ReadonlyMap<number, string> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), word]),
);

/** Nowhere: what was looked for does not stand there. */
const NOT = -1;

/** What is wrong with a text of at most so many levels, at the first place where anything is. */
export const faultOfJson = (
  text: string,
  levelsMax: number,
): 'not JSON' | 'too deep' | undefined => {
  /** Of what is open, outermost first: how it closes. */
  const closings: number[] = [];
  let at = afterSpace(text, 0);
  for (;;) {
    // Here a value begins.
    const code = text.charCodeAt(at);
    const isObject = code === OPEN_OBJECT;
    if (isObject || code === OPEN_LIST) {
      if (closings.length >= levelsMax) return 'too deep';
      const closing = isObject ? CLOSE_OBJECT : CLOSE_LIST;
      at = afterSpace(text, at + 1);
      if (text.charCodeAt(at) !== closing) {
        closings.push(closing);
        if (isObject) at = afterKey(text, at);
        if (at === NOT) return 'not JSON';
        continue;
      }
      at += 1;
    } else {
      at = afterPlain(text, at, code);
      if (at === NOT) return 'not JSON';
    }
    // Here a value has ended, and with it perhaps what it stands in.
    at = afterSpace(text, at);
    while (closings.length > 0 && text.charCodeAt(at) === closings[closings.length - 1]) {
      closings.pop();
      at = afterSpace(text, at + 1);
    }
    if (closings.length === 0) return at === text.length ? undefined : 'not JSON';
    if (text.charCodeAt(at) !== COMMA) return 'not JSON';
    at = afterSpace(text, at + 1);
    if (closings[closings.length - 1] === CLOSE_OBJECT) at = afterKey(text, at);
    if (at === NOT) return 'not JSON';
  }
};

const afterSpace = (text: string, from: number): number => {
  let at = from;
  for (let code = text.charCodeAt(at); code <= 0x20; code = text.charCodeAt(++at)) {
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return at;
};

/** Where the value of a key begins. */
const afterKey = (text: string, from: number): number => {
  if (text.charCodeAt(from) !== QUOTE) return NOT;
  const end = afterString(text, from);
  if (end === NOT) return NOT;
  const at = afterSpace(text, end);
  return text.charCodeAt(at) === COLON ? afterSpace(text, at + 1) : NOT;
};

const afterPlain = (text: string, from: number, code: number): number => {
  if (code === QUOTE) return afterString(text, from);
  if (code === MINUS || isDigit(code)) return afterNumber(text, from);
  const word = WORDS.get(code);
  return word !== undefined && text.startsWith(word, from) ? from + word.length : NOT;
};

const afterString = (text: string, from: number): number => {
  for (let at = from + 1; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) {
      at = afterEscape(text, at + 1) - 1;
      if (at < from) return NOT;
    } else if (!(code >= 0x20)) return NOT; // Nothing more is there, or what no string may have.
  }
};

const afterEscape = (text: string, from: number): number => {
  const code = text.charCodeAt(from);
  if (ESCAPED.has(code)) return from + 1;
  HEX4.lastIndex = from + 1;
  return code === LETTER_U && HEX4.test(text) ? from + 5 : NOT;
};

const afterNumber = (text: string, from: number): number => {
  let at = text.charCodeAt(from) === MINUS ? from + 1 : from;
  at = text.charCodeAt(at) === ZERO ? at + 1 : afterDigits(text, at);
  if (at !== NOT && text.charCodeAt(at) === POINT) at = afterDigits(text, at + 1);
  // An `e`, large or small.
  if (at === NOT || (text.charCodeAt(at) | 0x20) !== 0x65) return at;
  const sign = text.charCodeAt(at + 1);
  return afterDigits(text, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
};

/** At least one digit. */
const afterDigits = (text: string, from: number): number => {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at > from ? at : NOT;
};

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;
