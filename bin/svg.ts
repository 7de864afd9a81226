/**
 * SVG as text: elements, and a sheet with the page's colours, legible on light and on dark paper. A
 * sheet is a file of its own that needs no script, no font and nothing from elsewhere.
 */

type Attributes = Readonly<Record<string, string | number | undefined>>;

const SPECIAL: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' },
};

const escaped = (words: string): string => words.replace(/[&<>"]/g, (sign) => SPECIAL[sign] ?? '');

/** Tenths of a pixel are enough. */
const attributeText = (value: string | number): string =>
  typeof value === 'number' ? `${Math.round(value * 10) / 10}` : escaped(value);

/** An element; `children` are elements as this function gives them. */
export const element = (
  name: string,
  attributes: Attributes,
  children: readonly string[] = [],
): string => {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${attributeText(value)}"`],
  );
  const inside = children.join('');
  return inside ? `<${name}${given.join('')}>${inside}</${name}>` : `<${name}${given.join('')}/>`;
};

export const group = (attributes: Attributes, children: readonly string[]): string =>
  children.length > 0 ? element('g', attributes, ['\n', ...children.map((one) => `${one}\n`)]) : '';

export const words = (text: string, attributes: Attributes): string =>
  element('text', attributes, [escaped(text)]);

/** A name of which there is room for so many characters; whoever points at it is told all of it. */
export const shortName = (name: string, charactersMax: number, attributes: Attributes): string => {
  if (name.length <= charactersMax) return words(name, attributes);
  const half = Math.floor((charactersMax - 1) / 2);
  const short = `${name.slice(0, half)}…${name.slice(-half)}`;
  return element('text', attributes, [escaped(short), element('title', {}, [escaped(name)])]);
};

export const line = (
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  kind: string,
): string => element('line', { x1, y1, x2, y2, class: kind });

/** A rectangle by its corners. */
export const box = (
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  kind: string,
): string => element('rect', { x: x1, y: y1, width: x2 - x1, height: y2 - y1, class: kind });

/** A path through points. */
export const pathOf = (points: readonly (readonly [number, number])[]): string =>
  points
    .map(([x, y], k) => `${k === 0 ? 'M' : 'L'}${attributeText(x)} ${attributeText(y)}`)
    .join('');

const STYLE = `
svg { --paper: #ffffff; --line: #dbe1df; --text: #17211e; --faint: #5b6965;
  --up: #0b6e8f; --down: #8a3f9e; --green: #12a558; --amber: #e08e00; --red: #c9372c; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #171d1b; --line: #2c3633; --text: #e4ebe8; --faint: #93a19c;
    --up: #5cc4e4; --down: #d79cf0; --green: #2fd27a; --amber: #ffb020; --red: #ff6f64; }
}
text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: var(--text); }
.title { font-size: 17px; font-weight: 600; }
.small, .tick { fill: var(--faint); font-size: 11px; }
.strong { font-weight: 600; }
.paper { fill: var(--paper); }
.grid { stroke: var(--line); }
.axis { stroke: var(--faint); }
.up { fill: var(--up); stroke: var(--up); }
.down { fill: var(--down); stroke: var(--down); }
text.up, text.down { stroke: none; }
path.up, path.down { fill: none; stroke-width: 0.9; opacity: 0.75; }
.up.band, .down.band { stroke: none; opacity: 0.16; }
path.up.band { fill: var(--up); }
path.down.band { fill: var(--down); }
.green { fill: var(--green); }
.greenPermissive { fill: var(--paper); stroke: var(--green); }
.amber, .redAmber { fill: var(--amber); }
.red { fill: var(--red); }
.flashingRed, .flashingAmber { stroke: var(--amber); stroke-width: 3; stroke-dasharray: 3 3; }
.start { fill: none; stroke: var(--green); stroke-width: 1.6; }
.end { fill: none; stroke: var(--red); stroke-width: 1.6; }
.dot { fill: var(--text); opacity: 0.75; }
.time { fill: var(--green); opacity: 0.13; }
`;

export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** One line, below the title. */
  readonly subtitle: string;
}

/** A whole file. The first 60 pixels are the title’s. */
export const sheetOf = (
  { width, height, title, subtitle }: Sheet,
  children: readonly string[],
): string =>
  `${element(
    'svg',
    {
      ...{ xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}` },
      ...{ width, height, role: 'img' },
    },
    [
      ...['\n', element('title', {}, [escaped(`${title}. ${subtitle}`)])],
      element('style', {}, [STYLE]),
      ...[box([0, 0], [width, height], 'paper'), '\n'],
      words(title, { x: 20, y: 30, class: 'title' }),
      words(subtitle, { x: 20, y: 50, class: 'small' }),
      ...['\n', ...children.map((one) => `${one}\n`)],
    ],
  )}\n`;
