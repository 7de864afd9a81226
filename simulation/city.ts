/**
 * A city in one process: nodes made by the real `createNode` on a memory network, with disks, lamp
 * drivers and clocks of their own, all in virtual time and drawn from one seed. The same seed gives
 * the same journal, byte for byte.
 *
 * Nodes open their transports through promises, so `run` waits for those to settle after a start,
 * before any more time passes; nothing else in a node waits for a promise.
 */
import type { Stopwatch } from '../actors/bus.ts';
import { assert } from '../protocol/assert.ts';
import type { District } from '../protocol/check-district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { LampsSeen } from '../protocol/judge.ts';
import type { Read } from '../protocol/readings.ts';
import type { Seal } from '../protocol/seal.ts';
import { nodesOf } from '../protocol/serving.ts';
import { type Faults, MemoryNetwork } from '../transport/memory.ts';
import { VirtualClock } from './clock.ts';
import { type Counts, noCounts } from './counts.ts';
import type { Loss } from './disk.ts';
import { faultWords } from './fault-words.ts';
import { Invariants } from './invariants.ts';
import type { Place } from './place.ts';
import { type Clocks, placesOf } from './places.ts';
import { type Random, random } from './random.ts';
import { town } from './town.ts';

/** What a city is made of. Without faults and clocks its network is perfect and its clocks
 *  agree. */
export interface CityOptions {
  readonly seed: number;
  /** A district, or for how many nodes one is made up. */
  readonly district: District | number;
  readonly network?: Partial<Faults>;
  readonly clocks?: Clocks;
  readonly journal?: (line: JournalLine) => void;
  /** What messages say is in the journal too. */
  readonly hasContents?: boolean;
  /** Times what nodes do with each event of their buses. */
  readonly stopwatch?: Stopwatch | undefined;
  /** With keys, by which all nodes know each other. */
  readonly seal?: Seal | undefined;
  /** Told what an intersection shows, at every change. */
  readonly shown?: (seen: LampsSeen) => void;
}

/** Nodes do not start at one instant. In milliseconds. */
const START_MS_MAX = 300;
/** Lamps that nobody serves for so long are put to flashing red by their own hardware. */
const WATCHDOG_MS = 100;
/** Turns of promises that opening a transport takes, and some more. */
const SETTLE_TURNS = 12;

/** Makes a city; `start` starts its nodes, and `run` lets time pass. It touches nothing of the
 *  host. */
export const createCity = (options: CityOptions): City => new City(options);

/** A district in one process. Instants are virtual milliseconds since the city began; who names
 *  a node or an intersection that is not there has an assertion fail. */
export class City {
  readonly district: District;
  readonly invariants: Invariants;
  readonly network: MemoryNetwork;
  readonly counts: Counts = noCounts();
  readonly #clock = new VirtualClock();
  readonly #seed: number;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #journal: ((line: JournalLine) => void) | undefined;
  /** Hosts that nobody reaches, and sides of the partition. */
  readonly #isolated = new Set<string>();
  #sides: readonly (readonly string[])[] = [];
  #isOpening = false;

  constructor({ seed, district, network = {}, clocks, journal, ...rest }: CityOptions) {
    this.#seed = seed;
    this.#journal = journal;
    this.district = typeof district === 'number' ? town(district) : district;
    this.network = new MemoryNetwork({
      random: this.random('network').next,
      later: this.#clock.setTimeout,
      faults: network,
    });
    this.invariants = new Invariants(this.district.intersections, this.now);
    this.#places = placesOf({
      seed,
      virtual: this.#clock,
      network: this.network,
      district: this.district,
      invariants: this.invariants,
      journal,
      hasContents: rest.hasContents ?? false,
      seal: rest.seal,
      stopwatch: rest.stopwatch,
      wall: this.#wall,
      yielded: (id) => this.#beginAnew(id),
      outlived: (id, by) => this.#beginAnew(id, by),
      ...(clocks && { clocks }),
      ...(rest.shown && { shown: rest.shown }),
    });
  }

  /** Virtual milliseconds since the city began. */
  now = (): number => this.#clock.now();

  /** Ids of all nodes, in order. */
  get ids(): readonly string[] {
    return [...this.#places.keys()];
  }

  get violations() {
    return this.invariants.violations;
  }

  /** A stream of chance of this city's seed. */
  random(name: string): Random {
    return random(this.#seed, name);
  }

  place(id: string): Place {
    const place = this.#places.get(id);
    assert(place, `no node ${id} in this city`);
    return place;
  }

  /** Ids of the nodes that run. */
  running(): string[] {
    return this.ids.filter((id) => this.place(id).standing === 'running');
  }

  /** Calls `act` at a virtual instant. */
  at(atMs: number, act: () => void): void {
    this.#clock.setTimeout(act, atMs - this.now());
  }

  /** Starts these nodes, all by default, within a moment. */
  start(ids = this.ids): void {
    const draw = this.random('start');
    for (const id of ids) {
      this.at(this.now() + draw.between(0, START_MS_MAX), () => this.restart(id));
    }
  }

  /** Lets virtual time pass until an instant, or until the first violation. */
  async run(untilMs: number): Promise<void> {
    await this.#settle();
    while (this.violations.length === 0 && this.#clock.step(untilMs)) {
      this.counts.events += 1;
      if (this.#isOpening) await this.#settle();
    }
  }

  /** Hands the nodes of an intersection what its sensors say. */
  sense(intersection: string, read: Read): void {
    const served = this.district.intersections.find(({ id }) => id === intersection);
    assert(served, `no intersection ${intersection} in this city`);
    for (const id of nodesOf(served)) this.place(id).sense(read);
  }

  /** Ends a node as SIGKILL does; `silent`: with its host, so that nobody is told. */
  kill(id: string, { silent = false } = {}): void {
    const place = this.place(id);
    if (place.standing === 'down') return;
    this.counts.crashes += 1;
    this.#note(`kill ${id}${silent ? ', host and all' : ''}`);
    if (silent) {
      this.#isolated.add(id);
      this.#divide();
    }
    this.network.crash(id);
    place.kill();
  }

  /** Calls `act` when the host of a node is awake: nothing is started on one that sleeps. */
  whenAwake(id: string, act: () => void): void {
    const { clock, wakesMs } = this.place(id);
    if (clock.isSuspended) this.at(wakesMs, () => this.whenAwake(id, act));
    else act();
  }

  /** Starts a node that is down. */
  restart(id: string, loss: Loss = {}, known?: number): void {
    const place = this.place(id);
    if (place.standing !== 'down') return;
    if (place.clock.isSuspended) {
      this.whenAwake(id, () => this.restart(id, loss, known));
      return;
    }
    this.counts.starts += 1;
    if (loss.wipe) this.counts.wipes += 1;
    this.#note(`start ${id}${loss.wipe ? ' with an empty disk' : ''}`);
    if (this.#isolated.delete(id)) this.#divide();
    this.invariants.started({ id });
    this.#isOpening = true;
    place.start(loss, known);
  }

  /** Asks a node to stop cleanly. */
  stop(id: string): void {
    this.counts.stops += 1;
    this.#note(`stop ${id}`);
    this.place(id).stop();
  }

  cut(from: string, to: string): void {
    this.counts.cuts += 1;
    this.#note(faultWords.cut(from, to));
    this.network.cut(from, to);
  }

  mend(from: string, to: string): void {
    this.#note(faultWords.mend(from, to));
    this.network.mend(from, to);
  }

  /** Lets what is sent one way take so much longer; 0 ends it. */
  delay(from: string, to: string, ms: number): void {
    this.#note(faultWords.slow(from, to, ms));
    this.network.delay(from, to, ms);
  }

  /** Lets only those of one side reach each other; who is not named is on one more side. */
  partition(sides: readonly (readonly string[])[]): void {
    this.counts.partitions += 1;
    this.#note(faultWords.partition(sides));
    this.#sides = sides;
    this.#divide();
  }

  /** Ends this partition, unless another has taken its place. */
  reunite(sides: readonly (readonly string[])[]): void {
    if (this.#sides !== sides) return;
    this.#note('reunite');
    this.#sides = [];
    this.#divide();
  }

  /** Undoes every cut, delay and partition. */
  heal(): void {
    this.#note(faultWords.heal());
    this.network.heal();
    this.#sides = [];
    this.#divide();
  }

  stall(id: string, ms: number): void {
    const place = this.place(id);
    if (place.standing === 'down') return;
    this.counts.stalls += 1;
    this.#note(`stall ${id} for ${ms} ms`);
    this.at(this.now() + ms, place.stall());
  }

  /** The host of a node sleeps, and whatever runs on it; its clock stands still. */
  suspend(id: string, ms: number): void {
    const place = this.place(id);
    if (place.clock.isSuspended) return;
    this.counts.suspensions += 1;
    this.#note(`suspend the host of ${id} for ${ms} ms`);
    place.suspend(this.now() + ms);
    this.at(this.now() + WATCHDOG_MS, () => place.flash());
    this.at(place.wakesMs, () => place.wake());
  }

  /** The clock of a node's host gains so many microseconds a second. */
  drift(id: string, ppm: number): void {
    this.#note(faultWords.drift(id, ppm));
    this.place(id).clock.drift(ppm);
  }

  /** The time of day of a node's host is wrong by so much. */
  setWall(id: string, aheadMs: number): void {
    this.#note(`time of day of ${id} is ${aheadMs} ms ahead`);
    this.place(id).wallAheadMs = aheadMs;
  }

  /** The disk of a node is so many times slower than usual. */
  slow(id: string, times: number): void {
    this.#note(`disk of ${id} is ${times} × as slow`);
    this.place(id).disk.slowness = times;
  }

  /** Changes what the network does to every message. */
  weather(faults: Partial<Faults>): void {
    this.#note(faultWords.weather(faults));
    Object.assign(this.network.faults, faults);
  }

  /** A node has left its group, or others know a later life of it: it starts anew on its disk. */
  #beginAnew(id: string, known?: number): void {
    if (known === undefined) this.counts.yields += 1;
    else this.counts.outbids += 1;
    this.network.crash(id);
    this.place(id).kill();
    this.restart(id, {}, known);
  }

  async #settle(): Promise<void> {
    this.#isOpening = false;
    for (let turn = 0; turn < SETTLE_TURNS; turn += 1) await undefined;
  }

  #divide(): void {
    this.network.partition([...this.#sides, ...[...this.#isolated].map((id) => [id])]);
  }

  #wall = (): number => Math.floor(this.now());

  /** What is done to the city stands in its journal too. */
  #note(message: string): void {
    this.#journal?.({ t: this.#wall(), node: 'city', kind: 'error', message });
  }
}
