/**
 * A disk in memory that outlives the node it belongs to. Writes take time and become durable in
 * their order; a crash loses the last ones that nobody was told of; a wiped disk is another store.
 *
 * What it gives back after a restart is what `bin/level-store.ts` would give back.
 */
import { type Batch, nothingStored, type Store } from '../actors/storage.ts';
import { LOG_END, logKey } from '../machines/log.ts';
import type { Stored } from '../machines/stored.ts';
import type { Entry } from '../protocol/command.ts';
import { nextLife } from '../protocol/life.ts';
import type { VirtualClock } from './clock.ts';
import type { Random } from './random.ts';

const LATENCY_MS_MIN = 0.3;
const LATENCY_MS_MAX = 1.2;
/** Now and then a write takes much longer, as on every shared disk. */
const HICCUP_RATIO = 0.002;
const HICCUP_MS_MAX = 80;

interface Waiting {
  readonly batch: Batch;
  /** The disk is another store from here on, with these alone on it. */
  readonly anew?: (id: string) => Batch['puts'];
  readonly done: () => void;
}

interface DiskOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** What became of a disk while its node was dead. */
export interface Loss {
  /** How many of the last unfinished writes are lost; all of them by default. */
  readonly lost?: number;
  /** Everything is gone: the node comes back with another store. */
  readonly wipe?: boolean;
}

/** What a life goes by beside its disk. */
export interface Circumstances {
  /** What the host takes for the time of day. In milliseconds since 1970. */
  readonly wallMs: number;
  /** A life of the node that others know. */
  readonly known?: number | undefined;
}

export class Disk {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  #content = new Map<string, unknown>();
  #lastKey = '';
  #storeId: string;
  /** The last life that was counted here. */
  #life = 0;
  #waiting: Waiting[] = [];
  /** Writes that a crash left unfinished. */
  #limbo: Waiting[] = [];
  #writing: { batch: readonly Waiting[]; timer: ReturnType<VirtualClock['setTimeout']> } | null =
    null;
  /** How many times slower than usual. */
  slowness = 1;

  constructor({ clock, random }: DiskOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#storeId = this.#mint();
  }

  get storeId(): string {
    return this.#storeId;
  }

  /** What is durable under `key`. */
  read(key: string): unknown {
    return this.#content.get(key);
  }

  /** The last index of the durable log; that of the snapshot when it stands beyond the log. */
  lastIndex(): number {
    const base = this.#content.get('base') as Stored['log']['base'] | undefined;
    const last = this.#lastKey === '' ? 0 : Number(this.#lastKey.slice(logKey(0).indexOf('/') + 1));
    return Math.max(last, base?.index ?? 0);
  }

  /** Begins the next life. `arrive` hands over what is done to the loop of the process. */
  open(
    arrive: (done: () => void) => void,
    closed: () => void,
    { wallMs, known }: Circumstances = { wallMs: 0 },
  ): Store {
    const draw = known === undefined ? 0 : this.#random.next();
    this.#life = nextLife({ stored: this.#life, wallMs, known, draw });
    return {
      id: this.#storeId,
      incarnation: this.#life,
      recovered: this.#recover(),
      write: (batch, done) => {
        this.#waiting.push({ batch, done: () => arrive(done) });
        if (!this.#writing) this.#begin();
      },
      reset: (puts, done) => {
        const batch = { puts: [], removes: [] };
        this.#waiting.push({ batch, anew: puts, done: () => arrive(done) });
        if (!this.#writing) this.#begin();
      },
      close: async () => {
        this.#close();
        closed();
      },
    };
  }

  /** The process died. What it had asked for is neither durable nor lost until `settle`. */
  crash(): void {
    this.#limbo = [...this.#stopWriting(), ...this.#waiting];
    this.#waiting = [];
  }

  /** Decides what became of the unfinished writes: a prefix of them is durable. */
  settle({ lost = Number.POSITIVE_INFINITY, wipe = false }: Loss): void {
    const kept = Math.max(0, this.#limbo.length - lost);
    for (const waiting of this.#limbo.slice(0, kept)) this.#apply(waiting);
    this.#limbo = [];
    if (!wipe) return;
    this.#empty();
    this.#life = 0;
  }

  #empty(): void {
    this.#content = new Map();
    this.#lastKey = '';
    this.#storeId = this.#mint();
  }

  /** Loses durable writes and says nothing, as no disk should: to see the invariants catch it. */
  lie(keys: readonly string[]): void {
    for (const key of keys) this.#content.delete(key);
    this.#lastKey = this.#findLast();
  }

  /** A clean end waits for the write under way and forgets the others. */
  #close(): void {
    for (const waiting of this.#stopWriting()) this.#apply(waiting);
    this.#waiting = [];
  }

  #stopWriting(): readonly Waiting[] {
    if (!this.#writing) return [];
    const { batch, timer } = this.#writing;
    this.#clock.clearTimeout(timer);
    this.#writing = null;
    return batch;
  }

  #mint(): string {
    return Array.from({ length: 3 }, () =>
      this.#random.below(0x10000).toString(16).padStart(4, '0'),
    ).join('');
  }

  /** What is asked for during one write goes into the next. */
  #begin(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    const hiccupMs = this.#random.chance(HICCUP_RATIO) ? this.#random.between(0, HICCUP_MS_MAX) : 0;
    const ms = this.#random.between(LATENCY_MS_MIN, LATENCY_MS_MAX) + hiccupMs;
    const timer = this.#clock.setTimeout(() => this.#finish(batch), ms * this.slowness);
    this.#writing = { batch, timer };
  }

  #finish(batch: readonly Waiting[]): void {
    this.#writing = null;
    for (const waiting of batch) this.#apply(waiting);
    for (const { done } of batch) done();
    if (this.#waiting.length > 0 && !this.#writing) this.#begin();
  }

  #apply({ batch, anew }: Waiting): void {
    if (anew) this.#empty();
    const { removes } = batch;
    const puts = anew ? anew(this.#storeId) : batch.puts;
    for (const { from, until } of removes) {
      if (from > this.#lastKey) continue;
      for (const key of this.#content.keys()) {
        if (key >= from && key < until) this.#content.delete(key);
      }
      if (until > this.#lastKey) this.#lastKey = this.#findLast();
    }
    for (const { key, value } of puts) {
      this.#content.set(key, value);
      if (isOfLog(key) && key > this.#lastKey) this.#lastKey = key;
    }
  }

  #findLast(): string {
    let last = '';
    for (const key of this.#content.keys()) if (isOfLog(key) && key > last) last = key;
    return last;
  }

  #recover(): Stored {
    const keys = [...this.#content.keys()].filter(isOfLog).sort();
    const [first = logKey(1)] = keys;
    const stored: Stored = {
      group: (this.#content.get('group') as Stored['group']) ?? nothingStored.group,
      ballot: (this.#content.get('genesis') as Stored['ballot']) ?? nothingStored.ballot,
      settled: (this.#content.get('settled') as Stored['settled']) ?? nothingStored.settled,
      contract: (this.#content.get('contract') as Stored['contract']) ?? nothingStored.contract,
      vote: (this.#content.get('vote') as Stored['vote']) ?? nothingStored.vote,
      log: {
        base: (this.#content.get('base') as Stored['log']['base']) ?? nothingStored.log.base,
        first: Number(first.slice(first.indexOf('/') + 1)),
        entries: keys.map((key) => this.#content.get(key) as Entry),
      },
    };
    // A disk holds bytes: nothing that a former life still holds is shared with it.
    return JSON.parse(JSON.stringify(stored)) as Stored;
  }
}

const isOfLog = (key: string): boolean => key >= logKey(0) && key < LOG_END;
