/**
 * What a page does to the network of a live district, and to the clocks of its hosts: kept here, told
 * to each node process over the channel that only `greenwave up` has to it, and done there, in its
 * transport (`supervised.ts`). It is done to the nodes of the district alone: who else listens or
 * speaks, such as an operator's command, is cut off from nobody.
 */
import type { ChildProcess } from 'node:child_process';
import type { JournalLine } from '../protocol/journal.ts';
import { faultWords } from '../simulation/fault-words.ts';
import type { Address } from '../transport/transport.ts';
import type { Deed, DeedKind } from '../visualizer/deed.ts';
import type { HurtWord } from './hurt-word.ts';

export const NETWORK_DEEDS = [
  ...(['partition', 'cut', 'slow', 'mend', 'heal', 'weather', 'drift'] as const),
] satisfies readonly DeedKind[];
type NetworkDeed = Extract<Deed, { kind: (typeof NETWORK_DEEDS)[number] }>;

export const isOfNetwork = (deed: Deed): deed is NetworkDeed =>
  (NETWORK_DEEDS as readonly DeedKind[]).includes(deed.kind);

export interface LiveNetworkOptions {
  /** The ids of all nodes, whether they run or not. */
  readonly nodes: readonly string[];
  readonly running: (node: string) => ChildProcess | undefined;
  /** Takes what the journal is to tell of it. */
  readonly tell: (line: JournalLine) => void;
}

/** A link is the same both ways. */
const linkOf = (a: string, b: string): string => JSON.stringify([a, b].sort());

export class LiveNetwork {
  readonly #options: LiveNetworkOptions;
  readonly #addresses = new Map<string, Address>();
  readonly #cuts = new Set<string>();
  /** By how many milliseconds. */
  readonly #slow = new Map<string, number>();
  readonly #drifts = new Map<string, number>();
  #sides: readonly (readonly string[])[] = [];
  #weather = { lossRatio: 0, latencyMsMax: 0 };

  constructor(options: LiveNetworkOptions) {
    this.#options = options;
  }

  /** A node's process was started: it is told at once, before it opens its sockets. */
  started(node: string): void {
    this.#addresses.delete(node);
    this.#send(node);
  }

  /** Where a node listens, its journal tells; a next life may listen elsewhere. */
  hear(line: JournalLine): void {
    if (line.kind !== 'fact' || line.event.type !== 'wire.opened') return;
    const { host, port } = line.event;
    this.#addresses.set(line.node, { host, port });
    this.#sendAll();
  }

  /** Does it, or throws an error that says why not. */
  act(deed: NetworkDeed): void {
    this.#demandNodes(deed);
    for (const message of this.#do(deed)) {
      this.#options.tell({ t: Date.now(), node: 'city', kind: 'error', message });
    }
    this.#sendAll();
  }

  /** Gives what is to be told of it. */
  #do(deed: NetworkDeed): string[] {
    switch (deed.kind) {
      case 'cut':
        this.#cuts.add(linkOf(deed.from, deed.to));
        return bothWays(deed, faultWords.cut);
      case 'slow':
        this.#slow.set(linkOf(deed.from, deed.to), deed.byMs);
        return bothWays(deed, (from, to) => faultWords.slow(from, to, deed.byMs));
      case 'mend':
        this.#cuts.delete(linkOf(deed.from, deed.to));
        this.#slow.delete(linkOf(deed.from, deed.to));
        return [
          ...bothWays(deed, faultWords.mend),
          ...bothWays(deed, (from, to) => faultWords.slow(from, to, 0)),
        ];
      case 'partition':
        this.#sides = deed.sides;
        return [faultWords.partition(deed.sides)];
      case 'heal':
        this.#sides = [];
        this.#cuts.clear();
        this.#slow.clear();
        return [faultWords.heal()];
      case 'weather': {
        const { lossRatio, latencyMsMax } = deed;
        // Of one millisecond, real networks have as much.
        this.#weather = { lossRatio, latencyMsMax: latencyMsMax > 1 ? latencyMsMax : 0 };
        return [faultWords.weather({ lossRatio, latencyMsMax })];
      }
      case 'drift':
        this.#drifts.set(deed.node, deed.ppm);
        return [faultWords.drift(deed.node, deed.ppm)];
    }
  }

  #demandNodes(deed: NetworkDeed): void {
    const named = [
      ...('node' in deed ? [deed.node] : []),
      ...('from' in deed ? [deed.from, deed.to] : []),
      ...('sides' in deed ? deed.sides.flat() : []),
    ];
    const strange = named.filter((node) => !this.#options.nodes.includes(node));
    if (strange.length > 0) throw new Error(`no node ${strange.join(', ')} was started here`);
    if ('from' in deed && deed.from === deed.to) throw new Error('a link needs two nodes');
    if (new Set(named).size < named.length) throw new Error('a node is on one side only');
  }

  #sendAll(): void {
    for (const node of this.#options.nodes) this.#send(node);
  }

  #send(node: string): void {
    const child = this.#options.running(node);
    // Who has just ended is told when it is started again.
    if (child?.connected) child.send(this.#wordFor(node), () => {});
  }

  #wordFor(node: string): HurtWord {
    const peers = this.#options.nodes.flatMap((peer) => {
      const link = linkOf(node, peer);
      const isCut = this.#cuts.has(link) || this.#sideOf(node) !== this.#sideOf(peer);
      const slowMs = this.#slow.get(link) ?? 0;
      const address = this.#addresses.get(peer);
      if (peer === node || (!isCut && slowMs === 0)) return [];
      return [{ node: peer, ...(address && { address }), isCut, slowMs }];
    });
    return { peers, ...this.#weather, driftPpm: this.#drifts.get(node) ?? 0 };
  }

  #sideOf(node: string): number {
    return this.#sides.findIndex((side) => side.includes(node));
  }
}

const bothWays = (
  { from, to }: { from: string; to: string },
  say: (from: string, to: string) => string,
): string[] => [say(from, to), say(to, from)];
