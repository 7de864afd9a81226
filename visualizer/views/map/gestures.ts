/** What pointers, fingers, wheel and keys mean on the map, and on a chart. */
import type { Vector } from './geometry.ts';

export interface Meanings {
  readonly keys: Readonly<Record<string, () => void>>;
  /** The next press draws a line. */
  readonly isLining?: () => boolean;
  readonly pan: (dx: number, dy: number) => void;
  readonly zoom: (times: number, at: Vector) => void;
  readonly click: (at: Vector) => void;
  /** A line is drawn, and at last done. */
  readonly line?: (line: readonly [Vector, Vector], isDone: boolean) => void;
}

/** A press that moved less than this was a click; a line is longer. In pixels. */
const CLICK_PX = 5;
const LINE_PX = 20;
/** Wheel units that make things e times as large. */
const WHEEL = 400;
/** Fingers that are closer tell nothing of how far apart they were. In pixels. */
const APART_PX_MIN = 20;

export class Gestures {
  readonly #pane: HTMLElement;
  readonly #meanings: Meanings;
  readonly #heard = new AbortController();
  readonly #fingers = new Map<number, Vector>();
  #travelled = 0;
  #lineFrom: Vector | undefined;

  constructor(pane: HTMLElement, meanings: Meanings) {
    this.#pane = pane;
    this.#meanings = meanings;
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      hear: (event: HTMLElementEventMap[K]) => void,
    ) => pane.addEventListener(type, hear, { passive: false, signal: this.#heard.signal });
    on('pointerdown', (event) => this.#press(event));
    on('pointermove', (event) => this.#drag(event));
    on('pointerup', (event) => this.#release(event));
    on('pointercancel', (event) => this.#fingers.delete(event.pointerId));
    on('wheel', (event) => {
      event.preventDefault();
      meanings.zoom(Math.exp(-event.deltaY / WHEEL), placeOf(event));
    });
    on('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      // With Shift, arrows are the page's.
      if (event.shiftKey && event.key.startsWith('Arrow')) return;
      const act = meanings.keys[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
  }

  close(): void {
    this.#heard.abort();
  }

  #press(event: PointerEvent): void {
    this.#pane.setPointerCapture(event.pointerId);
    this.#pane.focus();
    const at = placeOf(event);
    this.#fingers.set(event.pointerId, at);
    this.#travelled = 0;
    this.#lineFrom = this.#meanings.isLining?.() ? at : undefined;
  }

  #drag(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const at = placeOf(event);
    const [dx, dy] = [at.x - before.x, at.y - before.y];
    this.#travelled += Math.hypot(dx, dy);
    if (this.#lineFrom) this.#meanings.line?.([this.#lineFrom, at], false);
    else if (this.#fingers.size === 2) this.#pinch(event.pointerId, before, at);
    else if (this.#travelled > CLICK_PX) this.#meanings.pan(dx, dy);
    this.#fingers.set(event.pointerId, at);
  }

  #pinch(id: number, before: Vector, at: Vector): void {
    const other = [...this.#fingers].find(([finger]) => finger !== id)?.[1];
    if (!other) return;
    const apart = (point: Vector) =>
      Math.max(APART_PX_MIN, Math.hypot(point.x - other.x, point.y - other.y));
    const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
    this.#meanings.zoom(apart(at) / apart(before), middle);
  }

  #release(event: PointerEvent): void {
    if (!this.#fingers.delete(event.pointerId)) return;
    const at = placeOf(event);
    const from = this.#lineFrom;
    this.#lineFrom = undefined;
    if (from) {
      if (this.#travelled > LINE_PX) this.#meanings.line?.([from, at], true);
    } else if (this.#travelled <= CLICK_PX) this.#meanings.click(at);
  }
}

const placeOf = (event: MouseEvent): Vector => ({ x: event.offsetX, y: event.offsetY });
