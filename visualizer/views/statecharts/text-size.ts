/**
 * How large text will be, before there is a page to ask. Charts are written in a monospaced face,
 * of which each letter is about as wide: 0.6 of its size, in all that browsers have (0.55 to 0.61).
 */

export const FONT_PX = 11;
export const LINE_PX = 15;
const LETTER = 0.61;

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Extent {
  readonly x: number;
  readonly y: number;
}

export const extentOf = (lines: readonly string[]): Extent => ({
  width: Math.ceil(Math.max(0, ...lines.map(({ length }) => length)) * FONT_PX * LETTER),
  height: lines.length * LINE_PX,
});

/** Breaks a text at spaces into lines of at most so many letters, where words allow it. */
export const wrapped = (text: string, lettersMax: number, indent = ''): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line.trim() === '' || longer.length <= lettersMax) line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
};
