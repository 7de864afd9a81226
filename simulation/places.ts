/**
 * Lays out the places of a city: for each intersection a host with a clock of its own and a cabinet,
 * for each of its nodes a disk and a transport.
 */
import type { Stopwatch } from '../actors/bus.ts';
import type { District } from '../protocol/check-district.ts';
import { type Intersection, nodesOf } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { LampsSeen } from '../protocol/judge.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { Seal } from '../protocol/seal.ts';
import type { MemoryNetwork } from '../transport/memory.ts';
import { Cabinet } from './cabinet.ts';
import type { VirtualClock } from './clock.ts';
import { Disk } from './disk.ts';
import { HostClock } from './host.ts';
import type { Invariants } from './invariants.ts';
import { Place } from './place.ts';
import { random } from './random.ts';

/** How far the clocks of hosts are apart at most, and how many microseconds a second they gain. */
export interface Clocks {
  readonly offsetMsMax: number;
  readonly driftPpmMax: number;
}

export interface PlacesOptions {
  readonly seed: number;
  readonly virtual: VirtualClock;
  readonly network: MemoryNetwork;
  readonly district: District;
  readonly invariants: Invariants;
  readonly journal?: ((line: JournalLine) => void) | undefined;
  readonly hasContents: boolean;
  readonly stopwatch?: Stopwatch | undefined;
  readonly seal?: Seal | undefined;
  readonly yielded: (id: string) => void;
  readonly outlived: (id: string, by: number) => void;
  /** Virtual milliseconds, whole. */
  readonly wall: () => number;
  readonly clocks?: Clocks;
  readonly shown?: (seen: LampsSeen) => void;
}

/**
 * The places by the ids of their nodes, in the order of the district. The nodes of a shared
 * intersection have hosts and cabinets of their own, which see nothing of each other.
 */
export const placesOf = (options: PlacesOptions): Map<string, Place> => {
  const places = new Map<string, Place>();
  const { offsetMsMax, driftPpmMax } = options.clocks ?? { offsetMsMax: 0, driftPpmMax: 0 };
  const draw = random(options.seed, 'clocks');
  for (const intersection of options.district.intersections) {
    const street = new Street(options, intersection);
    for (const id of nodesOf(intersection)) {
      if (places.has(id)) continue;
      const clock = new HostClock(options.virtual, {
        offsetMs: draw.between(0, offsetMsMax),
        driftPpm: draw.between(-driftPpmMax, driftPpmMax),
      });
      places.set(id, placeOf(options, id, { clock, cabinet: street.cabinet(id, clock) }));
    }
  }
  return places;
};

/** What an intersection shows as a whole: of each group, what its own cabinet shows. */
class Street {
  readonly #options: PlacesOptions;
  readonly #intersection: Intersection;
  readonly #lamps: Lamps;

  constructor(options: PlacesOptions, intersection: Intersection) {
    this.#options = options;
    this.#intersection = intersection;
    this.#lamps = Object.fromEntries(intersection.groups.map(({ id }) => [id, 'flashingRed']));
  }

  cabinet(node: string, clock: HostClock): Cabinet {
    const { journal, wall } = this.#options;
    return new Cabinet({
      intersection: this.#intersection,
      clock,
      shown: (lamps, byHardware) => this.#shown(node, lamps, byHardware),
      report: (message) => journal?.({ t: wall(), node, kind: 'error', message }),
    });
  }

  #shown(node: string, lamps: Lamps, byHardware: boolean): void {
    const { journal, wall, invariants, shown } = this.#options;
    const { id, nodes } = this.#intersection;
    for (const [group, lamp] of Object.entries(lamps)) {
      if (!nodes || nodes[group] === node) this.#lamps[group] = lamp;
    }
    const line = { t: wall(), intersection: id, lamps: { ...this.#lamps } };
    journal?.({ ...line, node, kind: 'lamps' });
    shown?.(line);
    invariants.lamps(line, node, byHardware);
  }
}

const placeOf = (
  options: PlacesOptions,
  id: string,
  { clock, cabinet }: { clock: HostClock; cabinet: Cabinet },
): Place => {
  const { seed, virtual, network, district, invariants, journal, hasContents, wall } = options;
  return new Place({
    id,
    district,
    clock,
    disk: new Disk({ clock: virtual, random: random(seed, `disk ${id}`) }),
    cabinet,
    transport: network.transport(id),
    wall,
    journal,
    hasContents,
    seal: options.seal,
    stopwatch: options.stopwatch,
    heard: (node, event) => invariants.heard(node, event),
    yielded: () => options.yielded(id),
    outlived: (by) => options.outlived(id, by),
    failed: (reason) => invariants.violate('nodes do not fail', id, reason),
    spins: (message) => invariants.violate('nodes come to rest', id, message),
  });
};
