/** Reads texts out of source code: what stands in quotes, with … for what is filled in. */

/** The arguments of a call whose first begins at `start`, as source text. */
export const argumentsAt = (code: string, start: number): string => {
  let depth = 1;
  let at = start;
  while (at < code.length && depth > 0) {
    const sign = code[at] as string;
    if (sign === '`' || sign === "'") at = endOfText(code, at);
    else if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    at += 1;
  }
  return code.slice(start, at - 1);
};

/** All texts in a piece of code; those that are joined by + are one. */
export const textsIn = (code: string): string[] => {
  const texts: string[] = [];
  let isJoined = false;
  for (let at = 0; at < code.length; at += 1) {
    const sign = code[at] as string;
    if (sign === '`' || sign === "'") {
      const end = endOfText(code, at);
      const text = filledIn(code.slice(at + 1, end));
      if (isJoined && texts.length > 0) texts.push(`${texts.pop()}${text}`);
      else texts.push(text);
      isJoined = false;
      at = end;
    } else if (sign === '+') isJoined = true;
    else if (!/\s/.test(sign)) isJoined = false;
  }
  return texts;
};

/** Where the text that opens at `start` closes. */
const endOfText = (code: string, start: number): number => {
  const quote = code[start];
  for (let at = start + 1; at < code.length; at += 1) {
    if (code[at] === '\\') at += 1;
    else if (code[at] === quote) return at;
    else if (quote === '`' && code.startsWith('${', at)) at = endOfFilling(code, at + 2);
  }
  return code.length;
};

/** Where what is filled in at `start` ends: at its closing brace. */
const endOfFilling = (code: string, start: number): number => {
  let depth = 1;
  for (let at = start; at < code.length; at += 1) {
    const sign = code[at] as string;
    if (sign === '`' || sign === "'") at = endOfText(code, at);
    else if (sign === '{') depth += 1;
    else if (sign === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return code.length;
};

const filledIn = (text: string): string => {
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text.startsWith('${', at)) {
      out += '…';
      at = endOfFilling(text, at + 2);
    } else if (text[at] === '\\') {
      at += 1;
      out += text[at];
    } else out += text[at];
  }
  return out;
};
