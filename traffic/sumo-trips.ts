/**
 * Reads what SUMO says of a run when it ends: its trips (`--tripinfo-output`) and its statistics
 * (`--statistic-output`). Mean delay is defined as in RESCO (Ault and Sharon 2021): what a vehicle lost
 * on its way and what it had to wait before it could begin, over all vehicles, with those that are
 * still on their way, and those that never began.
 */
import { SumoError } from './sumo-error.ts';
import { xmlReader } from './sumo-xml.ts';

/** What SUMO must be told for these files to hold all that is read here. */
export const outputArguments = (trips: string, statistics: string): string[] => [
  ...['--tripinfo-output', trips, '--statistic-output', statistics],
  ...['--tripinfo-output.write-unfinished', 'true', '--tripinfo-output.write-undeparted', 'true'],
  ...['--duration-log.statistics', 'true'],
  // Each vehicle's emissions, by SUMO's own model of its class (HBEFA3).
  ...['--device.emissions.probability', '1'],
];

export interface Trips {
  /** All that were to drive. */
  readonly vehicles: number;
  readonly arrived: number;
  /** Those that could not begin. */
  readonly waitingOutside: number;
  readonly meanDelayS: number;
  /** Of those that began. */
  readonly meanTripS: number;
  readonly meanWaitingS: number;
  readonly meanStops: number;
  /** What all of them emitted together, until the end of the run. */
  readonly co2Kg: number;
}

export interface Statistics {
  readonly teleports: number;
  readonly collisions: number;
  readonly emergencyStops: number;
}

type Attributes = Record<string, string | undefined>;

const reading = (text: string, elements: (name: string, attributes: Attributes) => void): void => {
  const fail = (message: string): never => {
    throw new SumoError(message);
  };
  const reader = xmlReader({ open: elements, fail });
  reader.write(text);
  reader.end();
};

const numberOf = (attributes: Attributes, name: string): number => {
  const value = Number(attributes[name]);
  return Number.isFinite(value) ? value : 0;
};

/** The means over the trips of a run. */
export const readTrips = (text: string): Trips => {
  const sums = { vehicles: 0, arrived: 0, began: 0, delayS: 0, tripS: 0, waitingS: 0, stops: 0 };
  let co2Mg = 0;
  reading(text, (name, attributes) => {
    const of = (key: string) => numberOf(attributes, key);
    if (name === 'emissions') co2Mg += of('CO2_abs');
    if (name !== 'tripinfo') return;
    sums.vehicles += 1;
    sums.delayS += Math.max(0, of('departDelay'));
    if (of('depart') < 0) return;
    sums.began += 1;
    sums.delayS += of('timeLoss');
    sums.tripS += of('duration');
    sums.waitingS += of('waitingTime');
    sums.stops += of('waitingCount');
    if (of('arrival') >= 0) sums.arrived += 1;
  });
  const mean = (sum: number, count: number) => (count > 0 ? sum / count : 0);
  return {
    vehicles: sums.vehicles,
    arrived: sums.arrived,
    waitingOutside: sums.vehicles - sums.began,
    meanDelayS: mean(sums.delayS, sums.vehicles),
    meanTripS: mean(sums.tripS, sums.began),
    meanWaitingS: mean(sums.waitingS, sums.began),
    meanStops: mean(sums.stops, sums.began),
    co2Kg: co2Mg / 1e6,
  };
};

/** What went wrong on the road. */
export const readStatistics = (text: string): Statistics => {
  let [teleports, collisions, emergencyStops] = [0, 0, 0];
  reading(text, (name, attributes) => {
    if (name === 'teleports') teleports = numberOf(attributes, 'total');
    if (name !== 'safety') return;
    collisions = numberOf(attributes, 'collisions');
    emergencyStops = numberOf(attributes, 'emergencyStops');
  });
  return { teleports, collisions, emergencyStops };
};
