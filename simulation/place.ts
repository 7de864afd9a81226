/**
 * One place of a city: a host with its clock and disk, the node that lives there one life after
 * another, and what reaches it. Everything that arrives goes through the loop of the process,
 * because a loop that stalls hears nothing.
 */
import type { Stopwatch } from '../actors/bus.ts';
import { createNode, type GreenwaveNode } from '../actors/node.ts';
import type { HearSensors } from '../actors/sensors.ts';
import type { Replica } from '../machines/replication.ts';
import type { District } from '../protocol/check-district.ts';
import type { Command } from '../protocol/command.ts';
import type { Emitted } from '../protocol/event.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { Read } from '../protocol/readings.ts';
import type { Seal } from '../protocol/seal.ts';
import type { Transport } from '../transport/transport.ts';
import type { Cabinet } from './cabinet.ts';
import type { Disk, Loss } from './disk.ts';
import { type HostClock, Loop } from './host.ts';
import type { Observed } from './invariants.ts';
import { decodeOnce } from './shared-decoder.ts';

export interface PlaceOptions {
  readonly id: string;
  readonly district: District;
  readonly clock: HostClock;
  readonly disk: Disk;
  readonly cabinet: Cabinet | undefined;
  readonly transport: Transport;
  /** Virtual milliseconds, for the journal. */
  readonly wall: () => number;
  readonly journal?: ((line: JournalLine) => void) | undefined;
  /** What messages say is in the journal too. */
  readonly hasContents: boolean;
  readonly stopwatch?: Stopwatch | undefined;
  readonly seal?: Seal | undefined;
  readonly heard: (node: Observed, event: Emitted) => void;
  readonly failed: (reason: string) => void;
  readonly spins: (message: string) => void;
  /** The node has left its group for another, and is to start anew. */
  readonly yielded: () => void;
  /** Others know the life `by` of the node, which is to start anew in a later one. */
  readonly outlived: (by: number) => void;
}

/** The time of day when a city begins. In milliseconds since 1970. */
const FOUNDED_MS = 1_000_000_000_000;

export type Standing = 'running' | 'stopping' | 'down';

/** A place of a city, as `City.place` gives it. */
export class Place {
  readonly id: string;
  readonly disk: Disk;
  readonly clock: HostClock;
  readonly #options: PlaceOptions;
  #standing: Standing = 'down';
  #loop: Loop | undefined;
  #node: GreenwaveNode | undefined;
  /** The sensors' line to the present life. */
  #sensed: HearSensors | undefined;
  observed: Observed;
  /** By how much its host's time of day is wrong; nothing may rest on it. In milliseconds. */
  wallAheadMs = 0;
  /** How often its process has begun anew above a life that others knew. */
  #outbids = 0;
  /** Until when its host sleeps, when it does. In virtual milliseconds. */
  wakesMs = 0;

  constructor(options: PlaceOptions) {
    this.id = options.id;
    this.disk = options.disk;
    this.clock = options.clock;
    this.#options = options;
    this.observed = this.#observe(0);
  }

  get standing(): Standing {
    return this.#standing;
  }

  stateOf: GreenwaveNode['stateOf'] = (concern) => this.#node?.stateOf(concern);

  /** Starts the next life, above one that others know if so. Its transport opens when promises have
   *  settled. */
  start(loss: Loss = {}, known?: number): void {
    if (this.#standing !== 'down') return;
    const { id, district, cabinet, wall, journal, hasContents, disk } = this.#options;
    const { heard, failed, yielded, outlived } = this.#options;
    disk.settle(loss);
    this.#outbids = known === undefined ? 0 : this.#outbids + 1;
    const loop = new Loop(this.clock, this.#options.spins);
    const wallMs = FOUNDED_MS + wall() + this.wallAheadMs;
    const store = disk.open(loop.arrive, () => this.#ended(loop), { wallMs, known });
    const observed = this.#observe(store.incarnation);
    this.observed = observed;
    const node = createNode({
      id,
      district,
      store,
      transport: this.#through(loop),
      lamps: cabinet ? cabinet.openFor(loop.arrive) : nothingLit,
      sensors: (_, hear) => {
        this.#sensed = hear;
        return {
          close: () => {
            if (this.#sensed === hear) this.#sensed = undefined;
          },
        };
      },
      clock: loop,
      suspension: (jumped) => this.clock.watch(loop, jumped),
      wall,
      minute: () => Math.floor(wall() / 60_000) % 1440,
      decode: decodeOnce,
      seal: this.#options.seal,
      stopwatch: this.#options.stopwatch,
      ...(journal && { journal, hasContents }),
      failed,
      yielded,
      outlived,
      outbids: this.#outbids,
    });
    node.watch((event) => heard(observed, event));
    this.#standing = 'running';
    this.#loop = loop;
    this.#node = node;
    node.start();
  }

  /** Ends the process as SIGKILL does. The network must have been told before. */
  kill(): void {
    if (this.#standing === 'down') return;
    this.#loop?.end();
    this.disk.crash();
    this.#node?.kill();
    this.#standing = 'down';
  }

  /** Asks the node to stop cleanly. It may take a while. */
  stop(): void {
    if (this.#standing !== 'running') return;
    this.#standing = 'stopping';
    this.#loop?.arrive(() => void this.#node?.stop());
  }

  /** Stops the loop of the process; gives what ends the stall of this process, and of no other. */
  stall(): () => void {
    const loop = this.#loop;
    loop?.stall();
    return () => loop?.resume();
  }

  /** Hands the node what the sensors of its intersection say. */
  sense(read: Read): void {
    this.#loop?.arrive(() => this.#sensed?.(read));
  }

  /** The cabinet of its intersection. */
  get cabinet(): Cabinet | undefined {
    return this.#options.cabinet;
  }

  /** The host sleeps: its clock, the node and the lamp driver stand still. */
  suspend(untilMs: number): void {
    this.wakesMs = untilMs;
    this.clock.suspend();
  }

  /** Nobody has served the lamps for a while: their hardware flashes by itself. */
  flash(): void {
    if (this.clock.isSuspended) this.#options.cabinet?.flash();
  }

  /** The host runs again. */
  wake(): void {
    this.clock.resume((byMs) => this.#options.cabinet?.wake(byMs));
  }

  /** Asks the node to have a command agreed on. Nobody waits for the answer. */
  propose(command: Command): void {
    if (this.#standing !== 'running') return;
    this.#loop?.arrive(() => void this.#node?.propose(command));
  }

  /** Asks the node to read what is agreed. Nobody waits for the answer. */
  read(): void {
    if (this.#standing !== 'running') return;
    this.#loop?.arrive(() => void this.#node?.read());
  }

  #ended(loop: Loop): void {
    loop.end();
    if (this.#loop === loop) this.#standing = 'down';
  }

  #through(loop: Loop): Transport {
    return {
      open: (handlers) => {
        return this.#options.transport.open({
          heard: (bytes, origin) => loop.arrive(() => handlers.heard(bytes, origin)),
          lost: (to, why) => loop.arrive(() => handlers.lost(to, why)),
          troubled: (message) => loop.arrive(() => handlers.troubled(message)),
        });
      },
    };
  }

  #observe(incarnation: number): Observed {
    const { id, disk } = this;
    return {
      id,
      store: disk.storeId,
      incarnation,
      disk,
      now: this.clock.now,
      replica: () => this.stateOf('replica')?.context as Replica | undefined,
    };
  }
}

const nothingLit = () => ({ show: () => {}, leave: () => {}, close: () => {} });
