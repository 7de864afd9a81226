/**
 * A city in the page: the real nodes in a worker, in virtual time that the page's frames let pass.
 * While the page is hidden no frame comes, and the city rests.
 */
import type { Deed } from '../deed.ts';
import { cityQuery } from './city-link.ts';
import type { CityPlan, Done, FromCity, ToCity } from './city-words.ts';
import { districtNames } from './district-names.ts';
import type { Pump, Sink, Source } from './source.ts';

/** What one frame may make up for; beyond, the city is slower than it was asked to be. */
const FRAME_MS_MAX = 100;

export class CitySource implements Source {
  readonly kind = 'city';
  readonly title: string;
  readonly readOnly = undefined;
  readonly pump: Pump;
  readonly #plan: CityPlan;
  readonly #worker = new Worker(new URL('./city-worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting = new Map<number, (answer: Acted) => void>();
  readonly #looking = new Map<number, (context: unknown) => void>();
  readonly #done: Done[];
  #sink: Sink | undefined;
  #speed = 1;
  #tickets = 0;
  #isReady = false;
  #isClosed = false;
  #frameMs: number | undefined;

  constructor(plan: CityPlan) {
    this.#plan = plan;
    this.#done = [...plan.done];
    this.title = `${districtNames[plan.district]}, seed ${plan.seed}`;
    this.pump = {
      setSpeed: (times) => {
        this.#speed = times;
      },
      step: (ms) => this.#tell({ kind: 'run', ms }),
    };
  }

  open(sink: Sink): void {
    this.#sink = sink;
    sink.link({ state: 'connecting' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromCity>) =>
      this.#hear(data),
    );
    this.#worker.addEventListener('error', ({ message }) => {
      sink.link({ state: 'lost', why: `the city failed: ${message}` });
    });
    this.#tell({ kind: 'begin', plan: this.#plan });
    requestAnimationFrame(this.#frame);
  }

  close(): void {
    this.#isClosed = true;
    this.#worker.terminate();
  }

  can(): boolean {
    return true;
  }

  act(deed: Deed): Promise<void> {
    const ticket = ++this.#tickets;
    this.#tell({ kind: 'act', ticket, deed });
    return new Promise((resolve, reject) => {
      this.#waiting.set(ticket, ({ atMs, problem }) => {
        if (problem !== undefined) return reject(new Error(problem));
        this.#done.push({ atMs, deed });
        resolve();
      });
    });
  }

  contextOf(node: string, machine: string): Promise<unknown> {
    const ticket = ++this.#tickets;
    this.#tell({ kind: 'look', ticket, node, machine });
    return new Promise((resolve) => this.#looking.set(ticket, resolve));
  }

  contentsOf(key: string): Promise<object | undefined> {
    const ticket = ++this.#tickets;
    this.#tell({ kind: 'read', ticket, key });
    return new Promise((resolve) =>
      this.#looking.set(ticket, (found) => resolve(found as object | undefined)),
    );
  }

  allContents(): Promise<ReadonlyMap<string, object>> {
    const ticket = ++this.#tickets;
    this.#tell({ kind: 'readAll', ticket });
    return new Promise((resolve) =>
      this.#looking.set(ticket, (found) => resolve(new Map(found as [string, object][]))),
    );
  }

  linkTo(atMs: number): string {
    const url = new URL(location.href);
    const done = this.#done.filter((one) => one.atMs <= atMs);
    url.search = cityQuery({ ...this.#plan, untilMs: atMs, done });
    url.hash = '';
    return url.href;
  }

  #tell(word: ToCity): void {
    this.#worker.postMessage(word);
  }

  #hear(word: FromCity): void {
    const sink = this.#sink;
    if (!sink) return;
    if (word.kind === 'began') {
      sink.began(word.opening);
      sink.link({ state: 'open' });
    } else if (word.kind === 'ran') {
      this.#isReady = true;
      sink.lines(word.lines);
      sink.reached(word.nowMs);
      if (word.violation === undefined) return;
      sink.link({ state: 'lost', why: `the city stands still: ${word.violation}` });
      this.close();
    } else if (word.kind === 'looked') {
      this.#looking.get(word.ticket)?.(word.context);
      this.#looking.delete(word.ticket);
    } else {
      this.#waiting.get(word.ticket)?.(word);
      this.#waiting.delete(word.ticket);
    }
  }

  /** Asks for as much time as passed since the last frame, once what was asked for is there. */
  #frame = (atMs: number): void => {
    if (this.#isClosed) return;
    requestAnimationFrame(this.#frame);
    const passedMs = Math.min(FRAME_MS_MAX, atMs - (this.#frameMs ?? atMs));
    if (!this.#isReady && this.#frameMs !== undefined) return;
    this.#frameMs = atMs;
    if (!this.#isReady || this.#speed === 0 || passedMs <= 0) return;
    this.#isReady = false;
    this.#tell({ kind: 'run', ms: passedMs * this.#speed });
  };
}

type Acted = Extract<FromCity, { kind: 'acted' }>;
