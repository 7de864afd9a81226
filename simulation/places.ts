/**
 * Lays out the places of a city: for each intersection a host with a clock of its own and a cabinet,
 * for each of its nodes a disk and a transport.
 */
import type { District } from '../protocol/check-district.ts';
import { type Intersection, nodesOf } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
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
  readonly journal: (line: JournalLine) => void;
  readonly yielded: (id: string) => void;
  /** Virtual milliseconds, whole. */
  readonly wall: () => number;
  readonly clocks?: Clocks;
}

/** The places by the ids of their nodes, in the order of the district. */
export const placesOf = (options: PlacesOptions): Map<string, Place> => {
  const places = new Map<string, Place>();
  const { offsetMsMax, driftPpmMax } = options.clocks ?? { offsetMsMax: 0, driftPpmMax: 0 };
  const draw = random(options.seed, 'clocks');
  for (const intersection of options.district.intersections) {
    const clock = new HostClock(options.virtual, {
      offsetMs: draw.between(0, offsetMsMax),
      driftPpm: draw.between(-driftPpmMax, driftPpmMax),
    });
    const cabinet = cabinetOf(options, intersection, clock);
    for (const id of nodesOf(intersection)) {
      if (!places.has(id)) places.set(id, placeOf(options, id, { clock, cabinet }));
    }
  }
  return places;
};

const cabinetOf = (
  { journal, wall, invariants }: PlacesOptions,
  intersection: Intersection,
  clock: HostClock,
): Cabinet => {
  const { id, node = id } = intersection;
  return new Cabinet({
    intersection,
    clock,
    shown: (lamps) => {
      const t = wall();
      journal({ t, node, kind: 'lamps', intersection: id, lamps });
      invariants.lamps({ t, intersection: id, lamps }, node);
    },
    report: (message) => journal({ t: wall(), node: id, kind: 'error', message }),
  });
};

const placeOf = (
  { seed, virtual, network, district, invariants, journal, wall, yielded }: PlacesOptions,
  id: string,
  { clock, cabinet }: { clock: HostClock; cabinet: Cabinet },
): Place =>
  new Place({
    id,
    district,
    clock,
    disk: new Disk({ clock: virtual, random: random(seed, `disk ${id}`) }),
    cabinet,
    transport: network.transport(id),
    wall,
    journal,
    heard: (node, event) => invariants.heard(node, event),
    yielded: () => yielded(id),
    failed: (reason) => invariants.violate('nodes do not fail', id, reason),
  });
