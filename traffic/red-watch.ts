/**
 * Watches for how long who waits at red has waited: of each signal group the longest time on end
 * without green while somebody stood there. Where a sensor cannot tell which group a vehicle waits
 * for, it waits for any of them.
 */
import type { Intersection } from '../protocol/district.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { Reading, Readings } from '../protocol/readings.ts';

/** Slower than that, a vehicle stands. */
const STANDING_MPS = 0.5;

export class RedWatch {
  readonly #since = new Map<string, number>();
  longestS = 0;
  /** Where the longest was. */
  place = '';

  constructor(intersections: readonly Intersection[]) {
    for (const { id, groups } of intersections) {
      for (const group of groups) this.#since.set(`${id} ${group.id}`, 0);
    }
  }

  /** Takes one step: what was shown in it and what sensors said after it. */
  see(readings: Readings, lampsOf: (intersection: string) => Lamps, stepS: number): void {
    const standing = new Set<string>();
    for (const [id, list] of readings) {
      for (const groups of list.flatMap(waitingAt)) {
        const isGoing = groups.some((group) => isGreen(lampsOf(id)[group]));
        if (!isGoing) for (const group of groups) standing.add(`${id} ${group}`);
      }
    }
    for (const [key, before] of this.#since) {
      const waitedS = standing.has(key) ? before + stepS : 0;
      this.#since.set(key, waitedS);
      if (waitedS <= this.longestS) continue;
      this.longestS = waitedS;
      this.place = key;
    }
  }
}

const isGreen = (lamp: Lamps[string] | undefined): boolean =>
  lamp === 'green' || lamp === 'greenPermissive';

/** The groups for which somebody waits, as far as one reading says. */
const waitingAt = (reading: Reading): (readonly string[])[] => {
  switch (reading.kind) {
    case 'vehicle':
      return reading.place === 'approach' && reading.speedMps < STANDING_MPS
        ? [[reading.group]]
        : [];
    case 'lane':
      return reading.queue > 0 && reading.nearM === 0 ? [reading.groups] : [];
    case 'loop':
      return reading.place === 'stopLine' && reading.occupancy === 1 ? [reading.groups] : [];
  }
};
