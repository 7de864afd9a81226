/**
 * Decides the fate of every message in a memory network: whether it gets there, and when. All
 * chance is drawn here, from one seeded source, and drawn only for faults that are switched on.
 */
import type { Address, Handlers, Origin } from './transport.ts';

/** What the network does to messages. All but the ratios are milliseconds. */
export interface Faults {
  latencyMsMin: number;
  latencyMsMax: number;
  /** Of messages to all, lost; of messages to one, held up until they are sent again. */
  lossRatio: number;
  /** Of messages to all, heard twice. */
  duplicationRatio: number;
  /** Of messages to all, late by `reorderMs`, so that later ones overtake them. */
  reorderRatio: number;
  reorderMs: number;
  /** How long a lost packet of a connection takes to be sent again. */
  retransmitMs: number;
  /** How long a connection stays silent before its sender gives it up as unreachable. */
  unreachableMs: number;
}

/** A quiet local network. */
const noFaults: Readonly<Faults> = Object.freeze({
  latencyMsMin: 0.2,
  latencyMsMax: 1,
  lossRatio: 0,
  duplicationRatio: 0,
  reorderRatio: 0,
  reorderMs: 20,
  retransmitMs: 200,
  unreachableMs: 3000,
});

export interface MemoryOptions {
  /** At least 0, less than 1; the only source of chance. */
  random(): number;
  /** Calls `fn` once after `ms`, never at once; equal deadlines in the order they were asked. */
  later(fn: () => void, ms: number): unknown;
  readonly faults?: Partial<Faults>;
}

/** The ear of one open port. Its successor on the same host has another. */
export type Hearer = Pick<Handlers, 'heard'>;

/** A machine on the network. It outlives the ports that are opened on it one after another. */
export interface Host {
  /** Its number in the order in which hosts were first named; the tie-break of everything. */
  readonly place: number;
  readonly address: Address;
  /** The origins of what it sends, made once. */
  readonly toAll: Origin;
  readonly toOne: Origin;
  /** Hosts reach each other only on the same side of a partition. */
  side: number;
  /** The port that is open on it now. */
  hearer: Hearer | undefined;
}

/** More would not fit the addresses that hosts are given. */
export const HOSTS_MAX = 65_536;
/** Latencies are drawn from so many steps of the range, so that messages share timers. */
const LATENCY_STEPS = 8;

export class Links {
  readonly faults: Faults;
  readonly later: MemoryOptions['later'];
  readonly #random: () => number;
  /** Cut directions. */
  readonly #cuts = new Set<number>();
  /** By how much a direction is slower than others. */
  readonly #delays = new Map<number, number>();

  constructor({ random, later, faults }: MemoryOptions) {
    this.#random = random;
    this.later = later;
    this.faults = { ...noFaults, ...faults };
  }

  cut(from: Host, to: Host) {
    this.#cuts.add(direction(from, to));
  }

  delay(from: Host, to: Host, ms: number) {
    if (ms > 0) this.#delays.set(direction(from, to), ms);
    else this.#delays.delete(direction(from, to));
  }

  mend(from: Host, to: Host) {
    this.#cuts.delete(direction(from, to));
  }

  mendAll() {
    this.#cuts.clear();
    this.#delays.clear();
  }

  /** Whether what `from` sends gets to `to` as things are. Nobody is cut off from itself. */
  reaches(from: Host, to: Host): boolean {
    if (from === to) return true;
    if (from.side !== to.side) return false;
    return this.#cuts.size === 0 || !this.#cuts.has(direction(from, to));
  }

  /** True as often as `ratio` says. */
  happens(ratio: number): boolean {
    return ratio > 0 && this.#random() < ratio;
  }

  /** The latency of one packet of a connection. */
  latencyMs(): number {
    return this.#latencyMsOf(this.#latencyStep());
  }

  /** By how much what `from` sends to `to` takes longer than usual. */
  delayMs(from: Host, to: Host | undefined): number {
    return (to && this.#delays.get(direction(from, to))) ?? 0;
  }

  /** Takes a datagram to those of `hosts` that `from` reaches now. It is heard by the ports open
   *  when it arrives. A message to five hundred hosts costs a handful of timers. */
  carry(bytes: Uint8Array, from: Host, hosts: readonly Host[]) {
    const { lossRatio, duplicationRatio } = this.faults;
    const batches: (Host[] | undefined)[] = [];
    for (const host of hosts) {
      if (!this.reaches(from, host) || this.happens(lossRatio)) continue;
      this.#put(host, batches);
      if (this.happens(duplicationRatio)) this.#put(host, batches);
    }
    batches.forEach((batch, step) => {
      if (batch) this.#deliver(bytes, from, { batch, afterMs: this.#latencyMsOf(step) });
    });
  }

  #deliver(
    bytes: Uint8Array,
    from: Host,
    { batch, afterMs }: { batch: readonly Host[]; afterMs: number },
  ) {
    const hear = (host: Host) => host.hearer?.heard(bytes, from.toAll);
    const slow = this.#delays.size === 0 ? [] : batch.filter((to) => this.delayMs(from, to) > 0);
    for (const host of slow) this.later(() => hear(host), afterMs + this.delayMs(from, host));
    const rest = slow.length === 0 ? batch : batch.filter((host) => !slow.includes(host));
    if (rest.length > 0) this.later(() => rest.forEach(hear), afterMs);
  }

  /** Steps from `LATENCY_STEPS` on are those of reordered datagrams. */
  #put(host: Host, batches: (Host[] | undefined)[]) {
    const isReordered = this.happens(this.faults.reorderRatio);
    const step = this.#latencyStep() + (isReordered ? LATENCY_STEPS : 0);
    const batch = batches[step];
    if (batch) batch.push(host);
    else batches[step] = [host];
  }

  #latencyStep(): number {
    const { latencyMsMin, latencyMsMax } = this.faults;
    return latencyMsMax > latencyMsMin ? Math.floor(this.#random() * LATENCY_STEPS) : 0;
  }

  #latencyMsOf(step: number): number {
    const { latencyMsMin, latencyMsMax, reorderMs } = this.faults;
    const share = (step % LATENCY_STEPS) / (LATENCY_STEPS - 1);
    const lateMs = step < LATENCY_STEPS ? 0 : reorderMs;
    return latencyMsMin + (latencyMsMax - latencyMsMin) * share + lateMs;
  }
}

/** One number for a direction, because a set of numbers is quicker than one of strings. */
const direction = (from: Host, to: Host): number => from.place * HOSTS_MAX + to.place;
