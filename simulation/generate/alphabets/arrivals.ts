/** What the expectation of traffic is tried with: sensors that speak and fall silent. */
import type { Alphabet } from '../alphabet.ts';
import { own } from './place.ts';

const vehicle = {
  kind: 'vehicle',
  vehicle: 'v',
  lane: 'l',
  group: 'q',
  distanceM: 20,
  speedMps: 0,
};

export const arrivals: Alphabet = {
  starts: {
    'a node': { id: 'b', intersection: own },
    'a node without lamps': { id: 'b', intersection: null },
  },
  values: {
    'lamps.shown lamps': [
      { p: 'green', q: 'red' },
      { p: 'red', q: 'red' },
    ],
    'sensors.read sensing': ['vehicles'],
    'sensors.read stepS': [1],
    'sensors.read readings': [
      [],
      [{ ...vehicle, place: 'approach' }],
      [{ ...vehicle, place: 'inside' }],
    ],
  },
};
