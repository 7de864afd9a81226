/** Figures of a run, from the files that SUMO writes when it ends. */
import { expect, test } from 'vitest';
import { readStatistics, readTrips } from '../../traffic/sumo-trips.ts';

const trip = (values: Record<string, number>, co2Mg?: number) => {
  const text = Object.entries(values)
    .map(([name, value]) => `${name}="${value}"`)
    .join(' ');
  return `<tripinfo ${text}>${co2Mg === undefined ? '' : `<emissions CO2_abs="${co2Mg}"/>`}</tripinfo>`;
};
const arrived = { depart: 10, departDelay: 4, arrival: 60, duration: 50, timeLoss: 16 };
const driving = { depart: 20, departDelay: 0, arrival: -1, duration: 30, timeLoss: 10 };
const outside = { depart: -1, departDelay: 30, arrival: -1, duration: 0, timeLoss: 0 };

test('delay counts who is under way and who could not begin; CO2 is the sum of all', () => {
  const trips = [
    trip({ ...arrived, waitingTime: 8, waitingCount: 2 }, 250_000),
    trip({ ...driving, waitingTime: 2, waitingCount: 1 }, 750_000),
    trip(outside),
  ];
  expect(readTrips(`<tripinfos>${trips.join('')}</tripinfos>`)).toEqual({
    ...{ vehicles: 3, arrived: 1, waitingOutside: 1, meanDelayS: 20 },
    ...{ meanTripS: 40, meanWaitingS: 5, meanStops: 1.5, co2Kg: 1 },
  });
});

test('a run without vehicles has figures too', () => {
  expect(readTrips('<tripinfos/>')).toMatchObject({ vehicles: 0, meanDelayS: 0, co2Kg: 0 });
});

test('what went wrong on the road is read from the statistics', () => {
  const text = `<statistics><teleports total="2" jam="2"/>
    <safety collisions="1" emergencyStops="3" emergencyBraking="0"/></statistics>`;
  expect(readStatistics(text)).toEqual({ teleports: 2, collisions: 1, emergencyStops: 3 });
});
