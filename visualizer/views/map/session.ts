/** One opened map: its camera, what the pointer does, and the frames in which it is drawn. */
import { effect } from '@preact/signals';
import { isFlashing } from '../../../protocol/lamp.ts';
import type { Desk } from '../../desk.ts';
import type { Streets } from '../../picture.ts';
import { type Camera, fitted, panned, type Size, toPane, zoomed } from './camera.ts';
import { draw, measuresOf } from './draw.ts';
import type { Crossing, Vector } from './geometry.ts';
import { Gestures } from './gestures.ts';
import { isOn } from './lamp-shape.ts';
import { type Paint, paintOf } from './paint.ts';
import { sidesOf } from './parting.ts';
import { type Scene, sceneOf } from './scene.ts';
import { edgeOf } from './streets.ts';

const PAN_PX = 60;
/** What is seen around the outermost intersections, in blocks: their arms and names. */
const AROUND = 0.45;

export class MapSession {
  readonly #desk: Desk;
  readonly #canvas: HTMLCanvasElement;
  readonly #stops: (() => void)[] = [];
  #streets: Streets | undefined;
  #scene: Scene = sceneOf({ intersections: [], links: [] });
  #camera: Camera = { at: { x: 0, y: 0 }, scale: 1 };
  #size: Size = { width: 1, height: 1 };
  #paint: Paint;
  /** Until somebody moves it, the map fits what there is. */
  #isFitted = true;
  #isStale = true;
  #wasOn = true;
  #line: readonly [Vector, Vector] | undefined;
  #isLining = false;

  constructor(desk: Desk, canvas: HTMLCanvasElement) {
    this.#desk = desk;
    this.#canvas = canvas;
    this.#paint = paintOf(canvas);
    this.#listen();
    this.#stops.push(
      effect(() => {
        // Reading them subscribes to them.
        void desk.moment.value;
        void desk.selection.value;
        this.#isStale = true;
      }),
    );
    let frame = 0;
    const next = (nowMs: number) => {
      frame = requestAnimationFrame(next);
      this.#draw(nowMs);
    };
    frame = requestAnimationFrame(next);
    this.#stops.push(() => cancelAnimationFrame(frame));
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  zoom(times: number, at: Vector = { x: this.#size.width / 2, y: this.#size.height / 2 }): void {
    this.#move(zoomed(this.#camera, this.#size, at, times));
  }

  fit(): void {
    this.#isFitted = true;
    this.#isStale = true;
  }

  /** The next press draws a line that parts the network. */
  beginLine(): void {
    if (!this.#desk.source.can('partition')) return;
    this.#isLining = true;
    this.#canvas.classList.add('lining');
    const text = 'Draw a line across the streets: it parts the network. Escape leaves it.';
    this.#desk.notice.value = { text, isBad: false };
  }

  #listen(): void {
    const canvas = this.#canvas;
    const gestures = new Gestures(canvas, {
      keys: this.#keys(),
      isLining: () => this.#isLining,
      pan: (dx, dy) => this.#move(panned(this.#camera, dx, dy)),
      zoom: (times, at) => this.zoom(times, at),
      click: (at) => this.#select(this.#crossingAt(at)),
      line: (line, isDone) => this.#drawLine(line, isDone),
    });
    this.#stops.push(() => gestures.close());
    const resized = new ResizeObserver(() => this.#resize());
    resized.observe(canvas);
    const themed = new MutationObserver(() => this.#repaint());
    themed.observe(document.documentElement, { attributes: true });
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const repaint = () => this.#repaint();
    dark.addEventListener('change', repaint);
    this.#stops.push(() => {
      resized.disconnect();
      themed.disconnect();
      dark.removeEventListener('change', repaint);
    });
    this.#resize();
  }

  #keys(): Record<string, () => void> {
    return {
      ArrowLeft: () => this.#move(panned(this.#camera, PAN_PX, 0)),
      ArrowRight: () => this.#move(panned(this.#camera, -PAN_PX, 0)),
      ArrowUp: () => this.#move(panned(this.#camera, 0, PAN_PX)),
      ArrowDown: () => this.#move(panned(this.#camera, 0, -PAN_PX)),
      '+': () => this.zoom(1.4),
      '=': () => this.zoom(1.4),
      '-': () => this.zoom(1 / 1.4),
      '0': () => this.fit(),
      n: () => this.#selectNext(1),
      p: () => this.#selectNext(-1),
      x: () => this.beginLine(),
      Escape: () => this.#endLine(),
    };
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = devicePixelRatio;
    this.#size = { width: Math.max(1, width), height: Math.max(1, height) };
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.#isStale = true;
    // A canvas that was resized is empty until it is drawn.
    this.#draw(performance.now());
  }

  #repaint(): void {
    this.#paint = paintOf(this.#canvas);
    this.#isStale = true;
  }

  #draw(nowMs: number): void {
    const moment = this.#desk.moment.value;
    const context = this.#canvas.getContext('2d');
    if (!moment || !context) return;
    const { picture } = moment;
    const flashes = () =>
      picture.intersections
        .values()
        .some(({ lamps }) => lamps !== undefined && Object.values(lamps).some(isFlashing));
    const isTurned = isOn(nowMs) !== this.#wasOn;
    if (!this.#isStale && !(isTurned && flashes())) return;
    this.#isStale = false;
    this.#wasOn = isOn(nowMs);
    if (picture.streets !== this.#streets) {
      this.#streets = picture.streets;
      this.#scene = sceneOf(picture.streets);
    }
    if (this.#isFitted) {
      this.#camera = fitted(
        this.#scene.crossings.map(({ at }) => at),
        this.#size,
        this.#scene.blockM * AROUND + edgeOf(picture.traffic?.roads ?? []),
      );
    }
    const ratio = this.#canvas.width / this.#size.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context, {
      scene: this.#scene,
      moment,
      camera: this.#camera,
      size: this.#size,
      paint: this.#paint,
      selection: this.#desk.selection.value,
      line: this.#line,
      nowMs,
    });
  }

  #move(camera: Camera): void {
    this.#camera = camera;
    this.#isFitted = false;
    this.#isStale = true;
  }

  #drawLine(line: readonly [Vector, Vector], isDone: boolean): void {
    this.#line = line;
    this.#isStale = true;
    if (!isDone) return;
    this.#endLine();
    const sides = sidesOf(this.#scene, { camera: this.#camera, size: this.#size }, line);
    if (sides.every((side) => side.length > 0)) {
      void this.#desk.act({ kind: 'partition', sides }, 'The network is parted.');
    } else {
      const text = 'All nodes are on one side of this line. Nothing is parted.';
      this.#desk.notice.value = { text, isBad: true };
    }
  }

  #endLine(): void {
    this.#line = undefined;
    this.#isLining = false;
    this.#canvas.classList.remove('lining');
    this.#isStale = true;
  }

  #crossingAt(pixel: Vector): Crossing | undefined {
    const reach = Math.max(16, measuresOf({ scene: this.#scene, camera: this.#camera }).radius * 2);
    const distance = ({ at }: Crossing) => {
      const { x, y } = toPane(this.#camera, this.#size, at);
      return Math.hypot(x - pixel.x, y - pixel.y);
    };
    const [nearest] = [...this.#scene.crossings].sort((a, b) => distance(a) - distance(b));
    return nearest && distance(nearest) <= reach ? nearest : undefined;
  }

  /** Once more the same: the next of the nodes that share it. */
  #select(crossing: Crossing | undefined): void {
    const nodes = (crossing && this.#scene.nodes.get(crossing.id)) ?? [];
    const { node: known = '' } = this.#desk.selection.value;
    const node = nodes[(nodes.indexOf(known) + 1) % nodes.length];
    this.#desk.selection.value = {
      ...(crossing && { intersection: crossing.id }),
      ...(node !== undefined && { node }),
    };
  }

  #selectNext(step: number): void {
    const { crossings } = this.#scene;
    const { intersection } = this.#desk.selection.value;
    const place = crossings.findIndex(({ id }) => id === intersection);
    const next = place < 0 ? (step > 0 ? 0 : -1) : place + step;
    this.#select(crossings.at(next % Math.max(1, crossings.length)));
  }
}
