/**
 * A network inside one process, for simulated cities and the page. It delays, loses, doubles,
 * reorders and cuts as told, and always in the same way for the same seed.
 *
 * Between nodes it behaves as sockets do, because what is found here must hold there: what is for
 * all is a datagram, what is for one goes over a connection. Both pass the same tests. It asks no
 * clock, and ties go by the order in which hosts were first named.
 */
import { assert } from '../protocol/assert.ts';
import { discoveryDefault } from '../protocol/timing.ts';
import { type Faults, HOSTS_MAX, type Host, Links, type MemoryOptions } from './memory-links.ts';
import { MemoryPort } from './memory-port.ts';
import type { Handlers, Port, Transport } from './transport.ts';

export type { Faults, MemoryOptions } from './memory-links.ts';

export class MemoryNetwork {
  /** May be changed at any time; messages on their way keep the fate they drew. */
  readonly faults: Faults;
  readonly #links: Links;
  readonly #hosts: Host[] = [];
  readonly #hostsByName = new Map<string, Host>();
  readonly #hostsByAddress = new Map<string, Host>();
  readonly #ports = new Map<Host, MemoryPort>();

  constructor(options: MemoryOptions) {
    this.#links = new Links(options);
    this.faults = this.#links.faults;
  }

  /** The network as the host `name` sees it. At most one port of a host is open at a time; when
   *  it is closed, another may be opened at the same address: the node was restarted. */
  transport(name: string): Transport {
    const host = this.#host(name);
    return { open: async (handlers) => this.#open(host, handlers) };
  }

  /** Ends the node at `name` as SIGKILL would: it is told nothing more, and its peers are reset
   *  as far as its host can still reach them. Isolate it before, and they hear only silence. */
  crash(name: string): void {
    this.#ports.get(this.#host(name))?.crash();
  }

  /** Drops what `from` sends to `to`, and nothing else, until mended. */
  cut(from: string, to: string): void {
    this.#links.cut(this.#host(from), this.#host(to));
  }

  /** Lets what `from` sends to `to` take so much longer; 0 ends it. Slower than the way back it makes
   *  clocks seem off. */
  delay(from: string, to: string, ms: number): void {
    this.#links.delay(this.#host(from), this.#host(to), ms);
  }

  /** Undoes one `cut`; a delay stays. */
  mend(from: string, to: string): void {
    this.#links.mend(this.#host(from), this.#host(to));
    this.#tellMended();
  }

  /** Cuts `name` off from everybody, those who come later included. */
  isolate(name: string): void {
    const host = this.#host(name);
    host.side = -1 - host.place;
  }

  /** Lets only those of one group reach each other. All who are not named are one more group.
   *  It takes the place of every partition and isolation before; cuts stay. */
  partition(groups: readonly (readonly string[])[]): void {
    for (const host of this.#hosts) host.side = 0;
    for (const [index, names] of groups.entries()) {
      for (const name of names) this.#host(name).side = index + 1;
    }
    this.#tellMended();
  }

  /** Undoes every cut, delay, isolation and partition. */
  heal(): void {
    this.#links.mendAll();
    for (const host of this.#hosts) host.side = 0;
    this.#tellMended();
  }

  #open(host: Host, handlers: Handlers): Port {
    assert(!this.#ports.has(host), `${host.address.host} already has an open port`);
    const port = new MemoryPort({
      links: this.#links,
      host,
      hosts: this.#hosts,
      handlers,
      hostAt: ({ host: address }) => this.#hostsByAddress.get(address),
      closed: () => {
        this.#ports.delete(host);
        for (const other of this.#ports.values()) other.peerClosed(host.address);
      },
    });
    this.#ports.set(host, port);
    return port;
  }

  #tellMended() {
    for (const port of this.#ports.values()) port.mended();
  }

  #host(name: string): Host {
    return this.#hostsByName.get(name) ?? this.#addHost(name);
  }

  #addHost(name: string): Host {
    const place = this.#hosts.length;
    assert(place < HOSTS_MAX, 'too many hosts');
    // Each host runs one node, so the contract's first port is never taken.
    const address = {
      host: `10.0.${place >> 8}.${place & 255}`,
      port: discoveryDefault.tcpPort,
    };
    const host: Host = {
      place,
      address,
      toAll: { via: 'all', host: address.host },
      toOne: { via: 'one', host: address.host },
      side: 0,
      hearer: undefined,
    };
    this.#hosts.push(host);
    this.#hostsByName.set(name, host);
    this.#hostsByAddress.set(address.host, host);
    return host;
  }
}
