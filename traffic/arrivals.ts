/**
 * Arrivals: when each vehicle would come to its stop line if nothing held it up, as a detector
 * ahead of the line has it that knows the speed limit (Day et al. 2014, "Performance measures for traffic
 * signal systems", Purdue: setback detection). Whether that is during green tells how well the
 * lamps fit the traffic that comes, whatever queue is there. Pure.
 */

import type { Sighting } from './sumo-sightings.ts';

/** Where vehicles are noticed; where they begin nearer, there. From the stop line, in metres. */
const SETBACK_M = 120;

export interface Arrival {
  readonly intersection: string;
  readonly group: string;
  /** In seconds of whoever tells the sightings. */
  readonly atS: number;
}

export class Arrivals {
  readonly all: Arrival[] = [];
  readonly #speedOf: (intersection: string, group: string) => number;
  /** Where each vehicle was noticed last. */
  #noticed = new Map<string, string>();

  /** `speedOf`: the speed limit of those who come to a group, in metres a second. */
  constructor(speedOf: (intersection: string, group: string) => number) {
    this.#speedOf = speedOf;
  }

  /** Takes all that are under way at an instant. */
  see(timeS: number, sightings: readonly Sighting[]): void {
    const noticed = new Map<string, string>();
    for (const { vehicle, intersection, group, distanceM } of sightings) {
      if (distanceM > SETBACK_M) continue;
      noticed.set(vehicle, intersection);
      if (this.#noticed.get(vehicle) === intersection) continue;
      const atS = timeS + distanceM / this.#speedOf(intersection, group);
      this.all.push({ intersection, group, atS });
    }
    this.#noticed = noticed;
  }
}
