/**
 * A district of real processes, each node on a host of its own with its lamp driver beside it. The
 * clocks of the hosts are minutes and days apart, always, because nothing may rest on them.
 */
import { EventEmitter, once } from 'node:events';
import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeKeys } from '../../bin/key.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import { Process } from '../e2e/processes.ts';
import type { Kind } from './districts.ts';
import { preferred } from './means.ts';
import { type Clocks, Network } from './network.ts';
import { Pipe } from './pipe.ts';
import { LampRecord, machineMs } from './record.ts';
import { Watch } from './watch.ts';

const wallClock = fileURLToPath(new URL('./wall-clock.mjs', import.meta.url));
/** Generous, because test machines are busy; every wait ends as soon as its event comes. */
const WAIT_MS = 90_000;
/** What the recorder is told of all that is agreed on. */
const TOLD_OF = ['timescale.open', 'right.grant', 'right.release'];
/** A host that takes no part, and watches. */
const OBSERVER = 'observer';

/** By how much a time of day is set back when a disk is lost. */
const SET_BACK_MS = 600_000;
/** From minutes behind to minutes ahead. */
const wallAheadOf = (place: number): number => (place - 2) * 157_000;

/** A process that serves a node, and what it says of itself. */
type Life = Pick<Place, 'process' | 'watch' | 'data'>;

/** One host with what runs on it. */
interface Place {
  readonly node: string;
  clocks: Clocks;
  driver: Process;
  driverLives: number;
  pipe: Pipe;
  process: Process | undefined;
  watch: Watch;
  data: string;
  copies: number;
  /** When its driver last lit a green, on the machine's clock. */
  greenMs: number;
}

export class Town {
  readonly kind: Kind;
  readonly folder: string;
  readonly network: Network;
  readonly record: LampRecord;
  readonly #places = new Map<string, Place>();
  readonly #news = new EventEmitter();
  /** Which district file nodes are started with. */
  #file: string;
  /** On hosts of their own nodes need one. */
  readonly #keyFile: string;

  static async open(kind: Kind, seed: number): Promise<Town> {
    const folder = mkdtempSync(join(tmpdir(), 'greenwave-network-'));
    const network = await Network.open([...kind.nodes, OBSERVER], folder, seed);
    const town = new Town(kind, folder, network);
    try {
      await town.#build();
    } catch (error) {
      await network.close();
      throw error;
    }
    return town;
  }

  private constructor(kind: Kind, folder: string, network: Network) {
    this.kind = kind;
    this.folder = folder;
    this.network = network;
    this.#news.setMaxListeners(0);
    this.#file = join(folder, 'district.json');
    [this.#keyFile = ''] = makeKeys(join(folder, 'district.key'), true).files;
    this.record = new LampRecord(folder, this.#file);
    writeFileSync(this.#file, JSON.stringify(kind.district));
  }

  get nodes(): readonly string[] {
    return this.kind.nodes;
  }

  /** Starts a node on the disk it had. */
  start(node: string): Process {
    const place = this.#place(node);
    const watch = new Watch();
    place.watch = watch;
    const address = ['--interface', this.network.addressOf(node), '--key-file', this.#keyFile];
    const files = ['--data', this.dataOf(node), '--lamps', join(this.folder, `${node}.sock`)];
    place.process = this.#launch(
      place,
      ['node', this.#file, node, ...address, ...files],
      (line) => {
        watch.hear(line);
        if (line.kind !== 'fact' || line.event.type !== 'replica.committed') return;
        const { command } = line.event;
        if (TOLD_OF.includes(command.kind)) this.record.agree(watch.group, command);
      },
    );
    return place.process;
  }

  /** Starts a second copy of a node, on a disk of its own, as who takes the first one for dead. */
  startBeside(node: string): { former: Process; copy: Process; left: () => void } {
    const place = this.#place(node);
    const before: Life = { ...place };
    const former = this.leaveStopped(node);
    place.copies += 1;
    place.data = `${before.data}-copy-${place.copies}`;
    this.#rightWall(node);
    const copy = this.start(node);
    /** Whoever is left serves the node. */
    const left = () => {
      if (copy.code !== undefined) Object.assign(place, before);
    };
    return { former, copy, left };
  }

  /** Gives up a node's process without an end to it: another is to be started beside it. */
  leaveStopped(node: string): Process {
    const place = this.#place(node);
    const { process } = place;
    if (!process) throw new Error(`${node} does not run`);
    place.process = undefined;
    return process;
  }

  /** Sends a signal to the node alone: its lamp driver goes on. */
  signal(node: string, name: NodeJS.Signals): void {
    this.#place(node).process?.signal(name);
  }

  /** Ends nodes, by default as if their hosts had no time for a last word. */
  async end(nodes: readonly string[], name: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    for (const node of nodes) {
      this.signal(node, name);
      if (name === 'SIGKILL') this.record.death(node);
    }
    for (const node of nodes) {
      const place = this.#place(node);
      await place.process?.ended();
      place.process = undefined;
    }
  }

  /** Takes the power from every host, and gives it back to all cabinets. */
  async cutPower(): Promise<void> {
    for (const node of this.nodes) {
      const place = this.#place(node);
      place.driver.signal('SIGKILL');
      // From here on it lights nothing, however late its end is heard of.
      this.#recordDriver(place, machineMs());
    }
    await this.end(this.nodes);
    const restarted = this.nodes.map(async (node) => {
      const place = this.#place(node);
      await place.driver.ended();
      await this.#startDriver(place);
    });
    await Promise.all(restarted);
  }

  dataOf(node: string): string {
    return this.#place(node).data;
  }

  /**
   * Gives the node an empty disk, and sets its time of day back, so that nothing on its host tells
   * it of its former lives.
   */
  loseDisk(node: string): void {
    rmSync(this.dataOf(node), { recursive: true, force: true });
    this.setWall(node, this.#place(node).clocks.wallAheadMs - SET_BACK_MS);
  }

  /** All disks are lost, and from now on nodes found their group with whom they meet. */
  forget(): void {
    for (const node of this.nodes) this.loseDisk(node);
    const { expect: _, ...rest } = this.kind.district;
    this.#file = join(this.folder, 'unexpected.json');
    writeFileSync(this.#file, JSON.stringify(rest));
  }

  watch(node: string): Watch {
    return this.#place(node).watch;
  }

  isUp(node: string): boolean {
    return this.#place(node).process !== undefined;
  }

  pipe(node: string): Pipe {
    return this.#place(node).pipe;
  }

  setWall(node: string, wallAheadMs: number): void {
    const place = this.#place(node);
    place.clocks = { ...place.clocks, wallAheadMs };
  }

  /** Without a disk it is by the time of day alone that a node's lives are told apart. */
  #rightWall(node: string): void {
    this.setWall(node, wallAheadOf(this.nodes.indexOf(node)));
  }

  driverLines(node: string): readonly JournalLine[] {
    return this.#place(node).driver.lines;
  }

  nodeLines(node: string): readonly JournalLine[] {
    return this.#place(node).process?.lines ?? [];
  }

  /** Waits until each of the nodes' drivers has lit a green after `sinceMs`. */
  green(nodes: readonly string[], sinceMs: number): Promise<void> {
    const isGreen = (node: string) => this.#place(node).greenMs > sinceMs;
    return this.until(
      () => nodes.every(isGreen),
      () => `greens at ${nodes.filter((node) => !isGreen(node)).join(', ')}`,
    );
  }

  /** Waits until `holds`, looking whenever a process has said something. */
  async until(holds: () => boolean, sought: () => string, limitMs = WAIT_MS): Promise<void> {
    const deadline = AbortSignal.timeout(limitMs);
    while (!holds()) {
      try {
        await once(this.#news, 'news', { signal: deadline });
      } catch {
        throw new Error(`waited ${limitMs} ms in vain for: ${sought()}`);
      }
    }
  }

  /** What a bystander on a host of its own hears the nodes say of themselves. */
  async status(): Promise<unknown> {
    const clocks = { monotonicAheadS: 0 };
    const address = ['--interface', this.network.addressOf(OBSERVER)];
    const keys = ['--key-file', this.#keyFile];
    const args = ['status', this.#file, ...address, ...keys, '--for', '1', '--json'];
    const process = new Process(args, this.folder, { via: this.network.enter(OBSERVER, clocks) });
    await process.ended();
    return JSON.parse(process.stdout);
  }

  /** Keeps all files for whoever looks into a failure; gives where. */
  keep(): string {
    for (const { node, process } of this.#places.values()) {
      if (process) writeFileSync(join(this.folder, `journal-${node}.jsonl`), process.stdout);
    }
    const kept = `${this.folder}-kept`;
    cpSync(this.folder, kept, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    return kept;
  }

  /** Removes everything. */
  async close(): Promise<void> {
    for (const { pipe } of this.#places.values()) await pipe.close();
    await this.network.close();
  }

  async #build(): Promise<void> {
    const started = this.nodes.map(async (node, k) => {
      const clocks = { wallAheadMs: wallAheadOf(k), monotonicAheadS: k * 86_400 };
      const path = join(this.folder, `${node}.driver.sock`);
      const pipe = await Pipe.open(join(this.folder, `${node}.sock`), path);
      const fresh = {
        driverLives: 0,
        process: undefined,
        watch: new Watch(),
        greenMs: 0,
        copies: 0,
      };
      const data = join(this.folder, `data-${node}`);
      const place = { node, clocks, pipe, data, driver: undefined as unknown as Process, ...fresh };
      this.#places.set(node, place);
      await this.#startDriver(place);
    });
    await Promise.all(started);
  }

  async #startDriver(place: Place): Promise<void> {
    const { node } = place;
    place.driverLives += 1;
    const file = this.#recordDriver(place);
    const intersection = this.kind.district.intersections.find(
      (one) => one.node === node || Object.values(one.nodes ?? {}).includes(node),
    );
    const socket = join(this.folder, `${node}.driver.sock`);
    const district = join(this.folder, 'district.json');
    const args = ['lamps', district, intersection?.id ?? '', '--socket', socket];
    const heard = (line: JournalLine, text: string) => {
      appendFileSync(file, `${text}\n`);
      if (line.kind !== 'lamps') return;
      if (Object.values(line.lamps).includes('green')) place.greenMs = machineMs();
    };
    place.driver = this.#launch(place, args, heard, preferred);
    await this.until(
      () => existsSync(socket) && place.driver.lines.length > 0,
      () => `the lamps of ${node}`,
    );
  }

  #recordDriver({ node, clocks, driverLives }: Place, endedMs?: number): string {
    const file = join(this.folder, `lamps-${node}-${driverLives}.jsonl`);
    const clockMs = clocks.monotonicAheadS * 1000;
    this.record.driver({ node, file, clockMs, ...(endedMs !== undefined && { endedMs }) });
    return file;
  }

  #launch(
    { node, clocks }: Place,
    args: readonly string[],
    heard: (line: JournalLine, text: string) => void,
    by: readonly string[] = [],
  ): Process {
    return new Process([...args, '--json'], this.folder, {
      via: [...this.network.enter(node, clocks), ...by],
      flags: ['--import', `file://${wallClock}?aheadMs=${clocks.wallAheadMs}`],
      heard: (line, text) => {
        heard(line, text);
        this.#news.emit('news');
      },
    });
  }

  #place(node: string): Place {
    const place = this.#places.get(node);
    if (!place) throw new Error(`no node ${node}`);
    return place;
  }
}
