/** The colours of a canvas, read from the style sheet, so that dark and light are said once. */

export interface Paint {
  readonly ground: string;
  readonly street: string;
  readonly kerb: string;
  readonly text: string;
  readonly faint: string;
  readonly panel: string;
  readonly line: string;
  readonly accent: string;
  readonly accentText: string;
  readonly bad: string;
  readonly warn: string;
  readonly green: string;
  readonly amber: string;
  readonly red: string;
  readonly head: string;
  readonly unlit: string;
}

const NAMES: readonly (keyof Paint)[] = [
  ...(['ground', 'street', 'kerb', 'text', 'faint', 'panel', 'line', 'accent'] as const),
  ...(['accentText', 'bad', 'warn', 'green', 'amber', 'red', 'head', 'unlit'] as const),
];

/** `--accent-text` of the style sheet is `accentText` here. */
export const paintOf = (element: Element): Paint => {
  const style = getComputedStyle(element);
  const found = NAMES.map((name) => {
    const property = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return [name, style.getPropertyValue(property).trim()];
  });
  return Object.fromEntries(found) as Record<keyof Paint, string>;
};

/** Letters of all canvases. */
export const font = (pixels: number, weight = 500): string =>
  `${weight} ${pixels}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;
