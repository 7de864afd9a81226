/**
 * Counts of what was done to a city, for the summary of a run.
 */

export interface Counts {
  /** Timers that fired. */
  events: number;
  starts: number;
  crashes: number;
  wipes: number;
  stops: number;
  /** Nodes that left their group for another. */
  yields: number;
  /** Lives that others knew to be outlived, and that began anew above. */
  outbids: number;
  partitions: number;
  cuts: number;
  stalls: number;
  /** Hosts that slept, clock and all. */
  suspensions: number;
}

export const noCounts = (): Counts => ({
  events: 0,
  starts: 0,
  crashes: 0,
  wipes: 0,
  stops: 0,
  yields: 0,
  outbids: 0,
  partitions: 0,
  cuts: 0,
  stalls: 0,
  suspensions: 0,
});
